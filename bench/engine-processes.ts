// Both sides of the engine's comparison as processes, and the models that they run.

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { MEMORY } from "../src/cli/native/engines.ts";
import { type Child, startChild } from "./child.ts";
import type { Setup } from "./types.ts";

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Threads on each side. */
export const THREADS = 2;

/** A model to measure. */
export interface BenchModel {
  readonly key: "gpt2" | "smollm2";
  readonly name: string;
  readonly path: string;
  readonly positions: number;
}

/** A model's folder with random weights, made once; undefined where there is none and no Python to make it. */
export async function madeModel(
  { cache, python, say }: Setup,
  shape: keyof typeof SHAPES,
): Promise<string | undefined> {
  const { folder, name, megabytes } = SHAPES[shape];
  const path = join(cache, folder);
  const weights = join(path, "model.safetensors");
  if (!existsSync(weights) && python !== undefined) {
    say(`Making a random model of ${name}: ${megabytes} MB, once.`);
    await promisify(execFile)(python, [here("make_model.py"), shape, path]);
  }
  if (existsSync(weights)) return path;
  say(`There is no model of ${name}, and without Python none can be made.`);
  return undefined;
}

const SHAPES = {
  gpt2: { folder: "gpt2-small-shape", name: "GPT-2 small's shape", megabytes: 498 },
  "llama-1b": { folder: "llama-1b-shape", name: "Llama-3.2-1B's shape", megabytes: 2472 },
} as const;

/** GPT-2 small's shape with random weights, made once; and the real SmolLM2 where it is at hand. */
export async function benchModels(setup: Setup): Promise<BenchModel[]> {
  const { say } = setup;
  const models: BenchModel[] = [];
  const path = await madeModel(setup, "gpt2");
  if (path) models.push({ key: "gpt2", name: GPT2, path, positions: 1024 });
  const real = process.env.HEADSCOPE_REAL_MODELS;
  const smol = real === undefined ? undefined : join(real, "smollm2-135m-instruct");
  if (smol !== undefined && existsSync(smol))
    models.push({ key: "smollm2", name: SMOLLM2, path: smol, positions: 2048 });
  else say("SmolLM2 is left out: set HEADSCOPE_REAL_MODELS to the folder that holds smollm2-135m-instruct.");
  return models;
}

const GPT2 = "GPT-2 small's shape (12 x 12 heads, float32, random weights)";
const SMOLLM2 = "SmolLM2-135M (30 x 9 heads, 3 key/value heads, bfloat16 file)";

/** A process that runs headscope's engine as built, with the memory that `headscope open` gives its engines. */
export function startOurs(): Child {
  return startChild(process.execPath, [here("headscope-child.mjs")], MEMORY);
}

/** A process that runs Transformers. */
export function startTheirs(python: string): Child {
  const threads = String(THREADS);
  return startChild(python, [here("reference.py")], { OMP_NUM_THREADS: threads, MKL_NUM_THREADS: threads });
}
