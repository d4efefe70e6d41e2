// One row of attention from q and k: Vig 2019, equation 1, with what later models added
// (grouped keys, windows, soft caps, score biases, learned sinks). Plain loops in float64.

import { roundToBfloat } from "../tensor/index.ts";
import { dots, type HeadVectors, pairDots } from "./dots/pair-dots.ts";
import type { Alibi, Recipe } from "./types.ts";

/** What a row needs besides its query: everything is for one head of one layer. */
export interface HeadInputs extends HeadVectors {
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

/** Scores of row `query` into `out` [keys]: scaled, capped, biased; -Infinity where masked. */
export function scoreRow(head: HeadInputs, query: number, out: Float64Array): void {
  const span = spanOf(head, query);
  out.fill(Number.NEGATIVE_INFINITY, 0, span[0]);
  out.fill(Number.NEGATIVE_INFINITY, span[1], head.keys);
  dots(head, query, ...span, out);
  toScores(head, query, span, out);
}

/** Keys in reach: the first, and one past the last. */
type Span = readonly [number, number];

function spanOf({ recipe, keys, queryOffset = 0 }: HeadInputs, query: number): Span {
  return reach(recipe, query + queryOffset, keys);
}

/** Products become scores in place. */
function toScores({ recipe, bias, visible }: HeadInputs, query: number, [from, to]: Span, out: Float64Array) {
  const { scale, softcap } = recipe;
  for (let key = from; key < to; key++) {
    let score = out[key]! * scale;
    if (softcap !== null) score = softcap * Math.tanh(score / softcap);
    if (bias) score += bias(query, key);
    out[key] = visible && !visible(query, key) ? Number.NEGATIVE_INFINITY : score;
  }
}

/**
 * Softmax of the scores of keys `from` to `to` into `out` at `offset`; a sink takes its share of the mass and has no
 * column. Uses `scores` as scratch. A row without a visible key is all zero.
 */
function softmaxSpan(
  scores: Float64Array,
  [from, to]: Span,
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

/** Attention of rows `from` to `to` (exclusive), [to - from, keys]. */
export function attend(head: HeadInputs, from: number, to: number): Float32Array {
  return attendRows(
    head,
    Array.from({ length: to - from }, (_, i) => from + i),
  );
}

/** Attention of some rows, [queries.length, keys]; many in one call are quicker than one after the other. */
export function attendRows(head: HeadInputs, queries: ArrayLike<number>): Float32Array {
  const out = new Float32Array(queries.length * head.keys);
  const products = pairDots(head, queries.length);
  for (let r = 0; r < queries.length; r += 2) {
    const pair = [queries[r]!, queries[Math.min(r + 1, queries.length - 1)]!] as const;
    const [one, other] = [spanOf(head, pair[0]), spanOf(head, pair[1])];
    const scores = products(...pair, Math.min(one[0], other[0]), Math.max(one[1], other[1]));
    finish(head, pair[0], one, scores[0], out, r * head.keys);
    if (r + 1 < queries.length) finish(head, pair[1], other, scores[1], out, (r + 1) * head.keys);
  }
  return out;
}

function finish(
  head: HeadInputs,
  query: number,
  span: Span,
  scores: Float64Array,
  out: Float32Array,
  offset: number,
): void {
  toScores(head, query, span, scores);
  softmaxSpan(scores, span, head.sink, out, offset);
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
