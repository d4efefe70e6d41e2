// Numbers nested in lists, as JSON has them, into tensors. Lists of a generation (steps of layers) are stitched.

import { type FloatTensor, floatTensor, shown, sizeOf } from "../tensor/index.ts";
import { ImportError } from "./found.ts";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Most numbers read from one file: 1 GiB of float32. */
const MOST = 2 ** 28;

/** Most axes of one tensor; attention has at most six, with steps and a batch. */
const MOST_AXES = 16;

/** Depth of a list of lists of numbers, following the first entry that is not null; 0 for anything else. */
export function depthOf(value: Json): number {
  let level: Json | undefined = value;
  for (let depth = 1; Array.isArray(level); depth++) {
    level = level.find((entry) => entry !== null);
    if (typeof level === "number") return depth;
  }
  return 0;
}

/** A tensor of nested lists; ragged ones are refused with the place where they differ. */
export function tensorOf(value: Json, where: string): FloatTensor {
  const shape: number[] = [];
  for (let level: Json | undefined = value; Array.isArray(level); level = level[0]) shape.push(level.length);
  if (shape.length > MOST_AXES)
    throw new ImportError(`${where} is nested ${shape.length} deep; at most ${MOST_AXES} axes are read.`);
  if (sizeOf(shape) > MOST)
    throw new ImportError(`${where} has ${sizeOf(shape)} numbers; at most ${MOST} are read.`);
  const data = new Float32Array(sizeOf(shape));
  let next = 0;
  const fail = (found: string, at: readonly number[]): never => {
    const place = at.map((i) => `[${i}]`).join("");
    throw new ImportError(`${where}${place} ${found}`);
  };
  const fill = (level: Json, depth: number, at: readonly number[]): void => {
    const list = Array.isArray(level)
      ? (level as readonly Json[])
      : fail(`is ${short(level)}; a list is expected.`, at);
    if (list.length !== shape[depth])
      fail(`has ${list.length} entries, and the lists before it ${shape[depth]}.`, at);
    for (const [i, entry] of list.entries()) {
      if (depth + 1 < shape.length) fill(entry, depth + 1, [...at, i]);
      else if (typeof entry === "number") data[next++] = entry;
      else fail(`is ${short(entry)}; a number is expected.`, [...at, i]);
    }
  };
  fill(value, 0, []);
  return floatTensor(shape, data);
}

function short(value: Json): string {
  return Array.isArray(value) ? "a list" : shown(value, 40);
}

/** Layers of a list; null entries are layers that were not recorded. */
export function layersOf(value: readonly Json[], where: string): (FloatTensor | null)[] {
  return value.map((layer, i) => (layer === null ? null : tensorOf(layer, `${where}[${i}]`)));
}

/** True for the steps of a generation: layers whose numbers of keys grow from step to step. */
export function isSteps(value: Json): value is readonly (readonly Json[])[] {
  if (!Array.isArray(value) || value.length < 2) return false;
  const keys = (step: Json): number => {
    let level: Json | undefined = step;
    for (let depth = depthOf(step); depth > 1 && Array.isArray(level); depth--) level = level[0];
    return Array.isArray(level) ? level.length : -1;
  };
  const [first, second] = [keys(value[0]!), keys(value[1]!)];
  return first > 0 && second === first + 1 && depthOf(value[0]!) >= 4;
}

/**
 * Layers of a generation's steps, each step [layers][(1,) heads, queries, keys]: the first step has the prompt's rows,
 * every later one the row of one new token. The result is square per layer, [heads, tokens, tokens]; the token
 * that was written last has no row of its own.
 */
export function stitched(
  steps: readonly (readonly (FloatTensor | null)[])[],
  where: string,
): (FloatTensor | null)[] {
  return steps[0]!.map((first, layer) => {
    const parts = steps.map((step, i) => {
      const tensor = step[layer];
      if (!tensor) throw new ImportError(`${where}: step ${i} has no layer ${layer}.`);
      return withoutBatch(tensor, `${where}, step ${i}, layer ${layer}`);
    });
    if (!first) return null;
    const keys = parts.at(-1)!.shape[2]!;
    const rows = parts.reduce((sum, part) => sum + part.shape[1]!, 0);
    if (rows !== keys)
      throw new ImportError(
        `${where}, layer ${layer}: the steps have ${rows} rows in all, and the last one ${keys} keys.`,
      );
    return joinRows(parts, rows, keys);
  });
}

function withoutBatch(tensor: FloatTensor, where: string): FloatTensor {
  if (tensor.shape.length === 3) return tensor;
  if (tensor.shape.length === 4 && tensor.shape[0] === 1)
    return floatTensor(tensor.shape.slice(1), tensor.data);
  throw new ImportError(
    `${where} is ${tensor.shape.join(" × ")}; one text of the batch is expected, [heads, queries, keys].`,
  );
}

function joinRows(parts: readonly FloatTensor[], rows: number, keys: number): FloatTensor {
  const heads = parts[0]!.shape[0]!;
  const data = new Float32Array(heads * rows * keys);
  let first = 0;
  for (const { shape, data: part } of parts) {
    const [, count = 0, width = 0] = shape;
    for (let head = 0; head < heads; head++) {
      for (let row = 0; row < count; row++) {
        const from = (head * count + row) * width;
        data.set(part.subarray(from, from + width), (head * rows + first + row) * keys);
      }
    }
    first += count;
  }
  return floatTensor([heads, rows, keys], data);
}
