// One pass over the bytes of a safetensors header before it is parsed: what a parser would spend seconds and gigabytes
// on is refused, and so is what JavaScript reads otherwise than the reference implementation.

import { SafetensorsError } from "./safetensors-error.ts";

/** Nesting that the reference implementation accepts. */
const MAX_DEPTH = 128;
/** Brackets and commas; a tensor has about ten, and the largest checkpoints have some 100,000 tensors in all. */
const MAX_ITEMS = 3_000_000;

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [LIST, LIST_END, OBJECT, OBJECT_END] = [0x5b, 0x5d, 0x7b, 0x7d];
/** "-", ".", "E" and "e": parts of a number that is no count, which JavaScript may take for one (-0, 2.0, 1e3). */
const NO_COUNT = [0x2d, 0x2e, 0x45, 0x65];

/** Number of keys that the header spells out, those that are there twice included. */
export function scanHeader(json: Uint8Array): number {
  const lists: boolean[] = [false];
  let [depth, keys, items] = [0, 0, 0];
  for (let i = 0; i < json.length; i++) {
    const byte = json[i]!;
    if (byte === QUOTE) i = stringEnd(json, i);
    else if (byte === COMMA) items++;
    else if (byte === COLON) keys++;
    else if (byte === LIST || byte === OBJECT) {
      items++;
      lists[++depth] = byte === LIST;
      if (depth > MAX_DEPTH) throw new SafetensorsError(`The header is nested more than ${MAX_DEPTH} deep.`);
    } else if (byte === LIST_END || byte === OBJECT_END) depth = Math.max(0, depth - 1);
    else if (lists[depth] && NO_COUNT.includes(byte)) throw notWhole(json, i);
    if (items > MAX_ITEMS) {
      throw new SafetensorsError(
        `The header has more than ${MAX_ITEMS} values; the largest checkpoints have fewer. Is it damaged?`,
      );
    }
  }
  return keys;
}

function stringEnd(json: Uint8Array, from: number): number {
  let at = from + 1;
  while (at < json.length && json[at] !== QUOTE) at += json[at] === BACKSLASH ? 2 : 1;
  return at;
}

function notWhole(json: Uint8Array, at: number): SafetensorsError {
  const near = new TextDecoder().decode(json.subarray(Math.max(0, at - 20), at + 10));
  return new SafetensorsError(
    `The header lists a number that is not written as a whole one, near ${JSON.stringify(near)}.`,
  );
}

/** Number of keys of all objects in a parsed header. */
export function countKeys(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  let count = Array.isArray(value) ? 0 : Object.keys(value).length;
  for (const inner of Object.values(value)) if (typeof inner === "object") count += countKeys(inner);
  return count;
}
