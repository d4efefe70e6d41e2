// What lengths of v W_O need of a checkpoint: the output matrix of each head times itself, read when it is asked for.

import type { Source } from "../checkpoint/index.ts";
import { type FloatTensor, floatTensor } from "../tensor/index.ts";
import type { BlockName, ReadMatrix } from "../trace/index.ts";
import type { Attention, ModelDescription } from "./description.ts";
import { InputError } from "./errors.ts";
import { Reader } from "./readout.ts";
import type { WeightBook } from "./weight-book.ts";

/** W W^T of the output matrix of each head of a layer, [heads, size, size]. */
export async function readHeadOutputs(
  description: ModelDescription,
  book: WeightBook,
  source: Source,
  { block, layer }: { readonly block: BlockName; readonly layer: number },
  signal?: AbortSignal,
): Promise<FloatTensor> {
  if (description.picture) {
    throw new InputError("This checkpoint holds two models; open one alone to weigh its values by W_O.");
  }
  const { heads, out } = attentionAt(description, block, layer);
  return products(await new Reader(book, source, signal).matrix(out), heads);
}

function attentionAt({ stacks }: ModelDescription, block: BlockName, layer: number): Attention {
  const stack = block === "cross" ? stacks.at(-1)! : stacks.find((one) => one.block === block);
  const found = stack?.layers[layer];
  const branch = block === "cross" ? found?.cross : found?.attention;
  if (branch) return branch.body;
  const known = stacks.map((one) => `${one.block} (${one.layers.length} layers)`).join(", ");
  throw new InputError(`This model has no layer ${layer} of ${block}; it has ${known}.`);
}

function products({ in: width, out, weight }: ReadMatrix, heads: number): FloatTensor {
  const size = width / heads;
  const data = new Float32Array(width * size);
  for (let row = 0; row < width; row++) {
    const first = row - (row % size);
    for (let column = first; column <= row; column++) {
      const dot = dotOf(weight, row * out, column * out, out);
      data[row * size + (column - first)] = dot;
      data[column * size + (row - first)] = dot;
    }
  }
  return floatTensor([heads, size, size], data);
}

function dotOf(values: Float32Array, a: number, b: number, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += values[a + i]! * values[b + i]!;
  return sum;
}
