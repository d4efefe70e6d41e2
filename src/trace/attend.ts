// One row of attention from q and k: Vig 2019, equation 1, with what later models added
// (grouped keys, windows, soft caps, score biases, learned sinks). Plain loops in float64.

import { roundToBfloat } from "../tensor/index.ts";
import type { Alibi, Recipe } from "./types.ts";

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

/** First and one-past-last key in reach of a query at `position`. */
function reach({ causal, window }: Recipe, position: number, keys: number): [number, number] {
  const last = causal ? position : window ? position + window[1] : keys - 1;
  const end = Math.min(keys, (window ? Math.min(last, position + window[1]) : last) + 1);
  return [Math.min(end, Math.max(0, window ? position - window[0] : 0)), Math.max(0, end)];
}

/** Scores of row `query` into `out` [keys]: scaled, capped, biased; -Infinity where masked. Gives the keys in reach. */
export function scoreRow(head: HeadInputs, query: number, out: Float64Array): readonly [number, number] {
  const { recipe, keys, bias, visible } = head;
  const [from, to] = reach(recipe, query + (head.queryOffset ?? 0), keys);
  out.fill(Number.NEGATIVE_INFINITY, 0, from);
  out.fill(Number.NEGATIVE_INFINITY, to, keys);
  dots(head, query, from, to, out);
  const cap = recipe.softcap;
  for (let key = from; key < to; key++) {
    let score = out[key]! * recipe.scale;
    if (cap !== null) score = cap * Math.tanh(score / cap);
    if (bias) score += bias(query, key);
    out[key] = visible && !visible(query, key) ? Number.NEGATIVE_INFINITY : score;
  }
  return [from, to];
}

/** q·k of one query with keys `from` to `to`, four keys at a time: four sums in flight are twice as fast as one. */
function dots(
  { q, k, headSize }: HeadInputs,
  query: number,
  from: number,
  to: number,
  out: Float64Array,
): void {
  const first = query * headSize;
  let key = from;
  for (; key + 4 <= to; key += 4) {
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let i = 0, at = key * headSize; i < headSize; i++, at++) {
      const x = q[first + i]!;
      a += x * k[at]!;
      b += x * k[at + headSize]!;
      c += x * k[at + 2 * headSize]!;
      d += x * k[at + 3 * headSize]!;
    }
    out[key] = a;
    out[key + 1] = b;
    out[key + 2] = c;
    out[key + 3] = d;
  }
  for (; key < to; key++) {
    let sum = 0;
    for (let i = 0, at = key * headSize; i < headSize; i++) sum += q[first + i]! * k[at + i]!;
    out[key] = sum;
  }
}

/**
 * Softmax of `scores` from `from` to `to` into `out` at `offset`; a sink takes its share of the mass and has no column.
 * Uses `scores` as scratch. Where no key is visible nothing is written.
 */
function softmaxRow(
  scores: Float64Array,
  [from, to]: readonly [number, number],
  sink: number | undefined,
  out: Float32Array,
  offset: number,
): void {
  const none = Number.NEGATIVE_INFINITY;
  let top = sink ?? none;
  for (let i = from; i < to; i++) if (scores[i]! > top) top = scores[i]!;
  let sum = sink === undefined ? 0 : Math.exp(sink - top);
  for (let i = from; i < to; i++) {
    const score = scores[i]!;
    scores[i] = score === none ? 0 : Math.exp(score - top);
    sum += scores[i]!;
  }
  const factor = sum > 0 ? 1 / sum : 0;
  for (let i = from; i < to; i++) out[offset + i] = scores[i]! * factor;
}

/** Attention of rows `from` to `to` (exclusive), [to - from, keys]; a row without a visible key is all zero. */
export function attend(head: HeadInputs, from: number, to: number): Float32Array {
  const out = new Float32Array((to - from) * head.keys);
  const scores = new Float64Array(head.keys);
  for (let row = from; row < to; row++) {
    const reached = scoreRow(head, row, scores);
    softmaxRow(scores, reached, head.sink, out, (row - from) * head.keys);
  }
  return out;
}

/** What ALiBi adds to the score of `key` among `keys`, for one head. */
export function alibiBias(
  { alibi, from, rounding, times = 1 }: Alibi,
  head: number,
  key: number,
  keys: number,
) {
  const slope = alibi[head] ?? 0;
  const place = from === "last" ? key - (keys - 1) : key;
  if (!rounding) return slope * place * times;
  return roundToBfloat(slope * roundToBfloat(place)) * times;
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
  const log = Math.fround(Math.log(Math.fround(distance / exact)));
  const scaled = Math.fround(Math.fround(log / Math.log(maxDistance / exact)) * (half - exact));
  return offset + Math.min(half - 1, exact + Math.floor(scaled));
}
