// 2,000 hostile strings and what Python's tokenizers made of them, as hashes (scripts/record-tokenizers.py).

import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { Tokenizer } from "../src/checkpoint/index.ts";

const FIXTURES = new URL("./fixtures/tokenizers/", import.meta.url);

/** A gzipped JSON file. */
export function readGz(file: URL): unknown {
  return JSON.parse(gunzipSync(readFileSync(file)).toString());
}

/** The contents of a golden checkpoint's tokenizer.json. */
export function goldenTokenizer(name: string): Record<string, unknown> {
  return readGz(new URL(`golden-${name}.json.gz`, FIXTURES)) as Record<string, unknown>;
}

/** The strings, by index. */
export const strings = readGz(new URL("strings.json.gz", FIXTURES)) as string[];

/** Hashes of what Python's tokenizer gave, string by string. */
export interface Recorded {
  readonly ids: readonly number[];
  /** Left out where Python's tokenizer gives none. */
  readonly offsets?: readonly number[];
}

/** Changes to a golden tokenizer, and what Python made of the first strings with it. */
export interface Variant extends Recorded {
  readonly golden: string;
  readonly keys: Readonly<Record<string, unknown>>;
}

/** Variants of golden tokenizers by name. */
export const variants = readGz(new URL("variants.json.gz", FIXTURES)) as Record<string, Variant>;

/** What was recorded for a tokenizer. */
export function recorded(name: string): Recorded {
  return readGz(new URL(`${name}.hashes.json.gz`, FIXTURES)) as Recorded;
}

/** Indices of the strings for which a tokenizer gives other ids, and of those with other offsets, than Python. */
export function differences(
  expected: Recorded,
  tokenizer: Pick<Tokenizer, "encode">,
): { ids: number[]; offsets: number[] } {
  const found = { ids: [] as number[], offsets: [] as number[] };
  strings.slice(0, expected.ids.length).forEach((text, i) => {
    const tokens = encoded(tokenizer, text);
    if (hashOf(tokens?.map((t) => t.id)) !== expected.ids[i]) found.ids.push(i);
    const places = tokens?.flatMap((t) => [t.start ?? 0, t.end ?? 0]);
    if (expected.offsets && hashOf(places) !== expected.offsets[i]) found.offsets.push(i);
  });
  return found;
}

/** Tokens, or undefined where the text holds what the tokenizer has no token for. */
function encoded(tokenizer: Pick<Tokenizer, "encode">, text: string) {
  try {
    return tokenizer.encode(text);
  } catch (error) {
    if (/has no token for/.test((error as Error).message)) return undefined;
    throw error;
  }
}

/** -1 stands for an error, in Python too. */
function hashOf(numbers: readonly number[] | undefined): number {
  return numbers ? hash(numbers) : -1;
}

/** FNV-1a over 32-bit numbers, folded to 16 bits. */
function hash(numbers: readonly number[]): number {
  let h = 0x811c9dc5;
  for (const n of numbers) {
    for (const shift of [0, 8, 16, 24]) h = Math.imul(h ^ ((n >> shift) & 255), 0x01000193);
  }
  return (h >>> 16) ^ (h & 0xffff);
}
