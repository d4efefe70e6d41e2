// One row of attention from q and k: Vig 2019, equation 1, with what later models added
// (grouped keys, windows, soft caps, score biases, learned sinks). Plain loops in float64.

import type { Recipe } from "./types.ts";

/** What a row needs besides its query: everything is for one head of one layer. */
export interface HeadInputs {
  /** [queries, headSize] */
  readonly q: Float32Array;
  /** [keys, headSize] */
  readonly k: Float32Array;
  readonly headSize: number;
  readonly keys: number;
  readonly recipe: Recipe;
  /** Additive bias for (query, key), or undefined. */
  readonly bias?: ((query: number, key: number) => number) | undefined;
  /** False where a key is masked for a query beyond causality and window. */
  readonly visible?: ((query: number, key: number) => boolean) | undefined;
  /** This head's sink logit, or undefined. */
  readonly sink?: number | undefined;
  /** Position of query row 0 among the keys: more than 0 only when the keys begin before the queries. */
  readonly queryOffset?: number;
}

/** True if `key` may be seen from `query` under the recipe's causality and window. */
export function inReach(recipe: Recipe, query: number, key: number): boolean {
  if (recipe.causal && key > query) return false;
  const window = recipe.window;
  return window === null || (query - key <= window[0] && key - query <= window[1]);
}

/** Scores of row `query` into `out` [keys]: scaled, capped, biased; -Infinity where masked. */
export function scoreRow(head: HeadInputs, query: number, out: Float64Array): void {
  const { q, k, headSize, keys, recipe, bias, visible } = head;
  const position = query + (head.queryOffset ?? 0);
  const cap = recipe.softcap;
  for (let key = 0; key < keys; key++) {
    if (!inReach(recipe, position, key) || (visible && !visible(query, key))) {
      out[key] = Number.NEGATIVE_INFINITY;
      continue;
    }
    let dot = 0;
    for (let i = 0, a = query * headSize, b = key * headSize; i < headSize; i++) dot += q[a + i]! * k[b + i]!;
    let score = dot * recipe.scale;
    if (cap !== null) score = cap * Math.tanh(score / cap);
    out[key] = bias ? score + bias(query, key) : score;
  }
}

/** Softmax of `scores` into `out` at `offset`; a sink takes its share of the mass and has no column. */
export function softmaxRow(
  scores: Float64Array,
  sink: number | undefined,
  out: Float32Array,
  offset: number,
): void {
  let top = sink ?? Number.NEGATIVE_INFINITY;
  for (const score of scores) if (score > top) top = score;
  if (top === Number.NEGATIVE_INFINITY) {
    out.fill(0, offset, offset + scores.length);
    return;
  }
  let sum = sink === undefined ? 0 : Math.exp(sink - top);
  for (const score of scores) sum += Math.exp(score - top);
  for (let i = 0; i < scores.length; i++) out[offset + i] = Math.exp(scores[i]! - top) / sum;
}

/** Attention of rows `from` to `to` (exclusive), [to - from, keys]. */
export function attend(head: HeadInputs, from: number, to: number): Float32Array {
  const out = new Float32Array((to - from) * head.keys);
  const scores = new Float64Array(head.keys);
  for (let row = from; row < to; row++) {
    scoreRow(head, row, scores);
    softmaxRow(scores, head.sink, out, (row - from) * head.keys);
  }
  return out;
}

/** T5's bucket of a relative position key - query (Raffel et al. 2020, section 2.1). */
export function t5Bucket(
  relative: number,
  buckets: number,
  maxDistance: number,
  bidirectional: boolean,
): number {
  const half = bidirectional ? buckets / 2 : buckets;
  const offset = bidirectional && relative > 0 ? half : 0;
  const distance = bidirectional ? Math.abs(relative) : Math.max(0, -relative);
  const exact = Math.floor(half / 2);
  if (distance < exact) return offset + distance;
  const log = Math.fround(Math.log(Math.fround(distance / exact))) / Math.log(maxDistance / exact);
  return offset + Math.min(half - 1, exact + Math.floor(log * (half - exact)));
}
