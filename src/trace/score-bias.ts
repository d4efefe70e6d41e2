// What is added to the scores of one head before the softmax, as its recipe says.

import type { FloatTensor } from "../tensor/index.ts";
import { alibiBias, type HeadInputs, t5Bucket } from "./attend.ts";
import { type Bias, type BlockName, type T5Buckets, TraceError } from "./types.ts";

/** Where a bias may be stored: a matrix of this head, [queries, keys], or one table for all layers, [buckets, heads]. */
export interface StoredBias {
  readonly matrix: FloatTensor | undefined;
  readonly table: FloatTensor | undefined;
}

/** One head of a layer: one of `heads` heads over `keys` keys. */
export interface HeadPlace {
  readonly block: BlockName;
  readonly layer: number;
  readonly head: number;
  readonly heads: number;
  readonly keys: number;
}

export function scoreBias(bias: Bias, place: HeadPlace, stored: StoredBias): HeadInputs["bias"] {
  if (bias === null) return undefined;
  if (bias === "tensor" || "tensor" in bias) return matrixBias(stored.matrix, place);
  if ("alibi" in bias) return (_, key) => alibiBias(bias, place.head, key, place.keys);
  return tableBias(bias.t5, stored.table, place);
}

function matrixBias(matrix: FloatTensor | undefined, { block, layer, keys }: HeadPlace): HeadInputs["bias"] {
  if (!matrix) {
    throw new TraceError(`The recipe of ${block} layer ${layer} asks for a bias tensor that is not stored.`);
  }
  return (query, key) => matrix.data[query * keys + key]!;
}

function tableBias(
  { buckets, maxDistance, bidirectional }: T5Buckets,
  table: FloatTensor | undefined,
  { block, head, heads }: HeadPlace,
): HeadInputs["bias"] {
  if (!table) {
    throw new TraceError(`The recipe of ${block} asks for ${block}.bias_table, which is not stored.`);
  }
  return (query, key) =>
    table.data[t5Bucket(key - query, buckets, maxDistance, bidirectional) * heads + head]!;
}
