// Made-up attention, written once as trace files: the same numbers for both tools.

import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Trace, writeTrace } from "../src/trace/index.ts";
import { syntheticTrace } from "../test/synthetic.ts";

/** A size of model and text. */
export interface Shape {
  readonly layers: number;
  readonly heads: number;
  readonly tokens: number;
  readonly headSize: number;
}

/** GPT-2 small's 12 x 12 heads of 64 units. */
export const small = (tokens: number): Shape => ({ layers: 12, heads: 12, tokens, headSize: 64 });

/** The trace file of a shape in `folder`, made if it is not there: queries and keys in half precision. */
export async function traceFile(folder: string, shape: Shape): Promise<string> {
  const { layers, heads, tokens, headSize } = shape;
  const name = `${layers}x${heads}x${headSize}-${tokens}.safetensors`;
  const path = join(folder, name);
  if (existsSync(path)) return name;
  await mkdir(folder, { recursive: true });
  const made = syntheticTrace({ layers, heads, tokens, headSize, store: "qk", causal: true, seed: 1 });
  const names = made.names.filter((tensor) => /\.[qk]$/.test(tensor));
  const kept = new Map(names.map((tensor) => [tensor, made.raw(tensor)!]));
  await writeFile(path, writeTrace(new Trace(made.manifest, kept), { precision: "f16" }));
  return name;
}
