// What the neuron view shows for one query of one head, as numbers: from keys (how its attention is made)
// or from values (what it reads), in one shape for both. A sentence instead where something is missing.

import {
  type NeuronGroup,
  neuronDims,
  neuronGroups,
  rowNeurons,
  writtenValues,
} from "../../analysis/index.ts";
import type { Trace } from "../../trace/index.ts";
import type { Selection } from "../view.ts";
import { largestOf, rangeOf } from "./layout.ts";

/** Keys: q, k, their products, scores. Values: v, weight × v, their sum. */
export type Vectors = "keys" | "values";

/** One row of attention as the neuron view draws it. */
export interface NeuronPicture {
  readonly kind: Vectors;
  readonly query: number;
  /** Visible keys, ascending. */
  readonly keys: readonly number[];
  /** Neurons per vector, and their order from left to right. */
  readonly size: number;
  readonly order: readonly number[];
  /** Keys or values, and products with q or with the weight, [keys, size]. */
  readonly vectors: Float32Array;
  readonly products: Float32Array;
  /** The query, or the head's output, [size]. */
  readonly top: Float32Array;
  /** Scores before softmax, or lengths of weight × v, [keys]. */
  readonly amounts: Float32Array;
  /** Attention, [keys]. */
  readonly weights: Float32Array;
  /** Neurons or rotary pairs with their shares; empty for values. */
  readonly groups: readonly NeuronGroup[];
  readonly rotary: boolean;
  /** In a rotary model the dimensions one by one, by number; empty otherwise. */
  readonly singles: readonly NeuronGroup[];
  /** Values that are drawn in full colour. */
  readonly ranges: { readonly vectors: number; readonly products: number; readonly top: number };
  /** Learned sink: its logit and the mass it takes; null where there is none. */
  readonly sink: { readonly logit: number; readonly weight: number } | null;
}

/** Why the neuron view is empty. */
export const NO_PIN = "Click a word on the left to see how its attention is made.";
export const NO_KEYS = "This recorded run has no queries and keys.";
export const NO_VALUES = "This recorded run has no values.";

/** The query that the neuron view follows: the word pinned last on the left, or null. */
export function pinnedQuery({ pins, side }: Selection): number | null {
  return side === "query" ? (pins.at(-1) ?? null) : null;
}

/** True if value vectors of the selected layer were recorded. */
export function hasValues(trace: Trace, { block, layer, focus }: Selection): boolean {
  return trace.hasValues(block, layer, focus) && trace.hasAttention(block, layer, focus);
}

/** The picture for a selection, or the sentence to show in its place. */
export function neuronPicture(trace: Trace, selection: Selection, kind: Vectors): NeuronPicture | string {
  const { block, layer, focus } = selection;
  if (kind === "keys" && !trace.hasQueriesAndKeys(block, layer, focus)) return NO_KEYS;
  if (kind === "values" && !hasValues(trace, selection)) return NO_VALUES;
  const query = pinnedQuery(selection);
  if (query === null) return NO_PIN;
  return kind === "keys" ? keysPicture(trace, selection, query) : valuesPicture(trace, selection, query);
}

function keysPicture(trace: Trace, { block, layer, focus }: Selection, query: number): NeuronPicture {
  const row = rowNeurons(trace, block, layer, focus, query);
  return {
    kind: "keys",
    query,
    keys: row.keys,
    size: row.headSize,
    order: neuronDims(row.headSize, trace.block(block).rotary).flat(),
    vectors: row.k,
    products: row.products,
    top: row.q,
    amounts: row.scores,
    weights: row.weights,
    groups: row.groups,
    rotary: row.rotary,
    singles: row.rotary
      ? neuronGroups(row, neuronDims(row.headSize, undefined), trace.recipe(block, layer).causal)
      : [],
    ranges: { vectors: largestOf(row.k), products: rangeOf(row.products), top: largestOf(row.q) },
    sink: sinkOf(trace, block, layer, focus, row.weights),
  };
}

function valuesPicture(
  trace: Trace,
  { block, layer, focus }: Selection,
  query: number,
): NeuronPicture | string {
  const written = writtenValues(trace, block, layer, focus, query);
  if (!written) return NO_VALUES;
  const row = trace.attention(block, layer, focus, query, query + 1);
  const weights = Float32Array.from(written.keys, (key) => row[key]!);
  const range = largestOf(written.sum);
  return {
    kind: "values",
    query,
    keys: written.keys,
    size: written.size,
    order: Array.from({ length: written.size }, (_, dim) => dim),
    vectors: written.values,
    products: written.weighted,
    top: written.sum,
    amounts: written.lengths,
    weights,
    groups: [],
    rotary: false,
    singles: [],
    ranges: { vectors: largestOf(written.values), products: range, top: range },
    sink: sinkOf(trace, block, layer, focus, weights),
  };
}

function sinkOf(
  trace: Trace,
  block: Selection["block"],
  layer: number,
  head: number,
  weights: Float32Array,
): NeuronPicture["sink"] {
  if (!trace.recipe(block, layer).sinks) return null;
  const logit = trace.part(block, layer, "sinks")?.data[head];
  const weight = Math.max(0, 1 - weights.reduce((sum, part) => sum + part, 0));
  return { logit: logit ?? Number.NaN, weight };
}

/** Keys by how much they write into the head's output, strongest first; shares add to 1. */
export function strongestWriters(picture: NeuronPicture): { readonly key: number; readonly share: number }[] {
  const total = picture.amounts.reduce((sum, length) => sum + length, 0) || 1;
  return picture.keys
    .map((key, place) => ({ key, share: picture.amounts[place]! / total }))
    .sort((a, b) => b.share - a.share);
}

/** Place of the group that a dimension belongs to; its own place where there are no groups. */
export function placeOf({ groups, order }: NeuronPicture, dim: number): number {
  return groups.length > 0 ? groups.findIndex(({ dims }) => dims.includes(dim)) : order.indexOf(dim);
}

/** Dimensions of the group at a place; the one dimension there where there are no groups. */
export function groupDims({ groups, order }: NeuronPicture, place: number): readonly number[] {
  return groups[place]?.dims ?? [order[place]!];
}
