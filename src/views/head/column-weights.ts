// The numbers beside the words: what the pinned or hovered words give to, or get from, each word of the other side.
// Several words show their mean or their sum; several heads show one bar each and the mean as a number.

import type { RowSource } from "./edges.ts";

/** Weights of one column. */
export interface ColumnWeights {
  /** Per active head, [heads][tokens of the column]. */
  readonly heads: readonly Float32Array[];
  /** Mean over the heads, [tokens]. */
  readonly mean: Float32Array;
}

/** How several pinned words are put together. */
export type Combine = "mean" | "sum";

/** What the queries `pins` give to each key. */
export function givenBy(
  source: RowSource,
  heads: readonly number[],
  pins: readonly number[],
  keys: number,
  combine: Combine,
): ColumnWeights {
  const scale = combine === "mean" ? 1 / pins.length : 1;
  return column(heads, keys, (head, out) => {
    for (const pin of pins) {
      const row = source.row(head, pin);
      for (let key = 0; key < keys; key++) out[key]! += row[key]! * scale;
    }
  });
}

/** What the keys `pins` get from each of `queries`; other queries stay 0. */
export function takenBy(
  source: RowSource,
  heads: readonly number[],
  pins: readonly number[],
  queries: readonly number[],
  count: number,
  combine: Combine,
): ColumnWeights {
  const scale = combine === "mean" ? 1 / pins.length : 1;
  return column(heads, count, (head, out) => {
    for (const query of queries) {
      const row = source.row(head, query);
      for (const pin of pins) out[query]! += row[pin]! * scale;
    }
  });
}

/** A column from one array per head. */
export function columnOf(heads: readonly Float32Array[], tokens: number): ColumnWeights {
  const mean = new Float32Array(tokens);
  for (const head of heads) for (let i = 0; i < tokens; i++) mean[i]! += head[i]! / heads.length;
  return { heads, mean };
}

function column(
  heads: readonly number[],
  tokens: number,
  fill: (head: number, out: Float32Array) => void,
): ColumnWeights {
  const perHead = heads.map((head) => {
    const out = new Float32Array(tokens);
    fill(head, out);
    return out;
  });
  return columnOf(perHead, tokens);
}

const USUAL = 0.02;
const LEAST = 0.005;

/**
 * Means from here on get a number: .02 over all heads together, or .005 where most of the mass is spread thinner.
 */
export function numberFrom({ heads, mean }: ColumnWeights, shown: readonly number[]): number {
  const usual = Math.max(LEAST, USUAL / heads.length);
  let total = 0;
  let large = 0;
  for (const position of shown) {
    const size = Math.abs(mean[position]!);
    total += size;
    if (size >= usual) large += size;
  }
  return large >= total / 2 ? usual : LEAST;
}

/** Words below `from` and their mass together: the line "19 others .05". */
export function restOf(
  mean: Float32Array,
  shown: readonly number[],
  from: number,
): { readonly count: number; readonly mass: number } {
  const rest = shown.filter((position) => mean[position]! < from && mean[position]! > 0);
  return { count: rest.length, mass: rest.reduce((sum, position) => sum + mean[position]!, 0) };
}

/** Title of the column of numbers. */
export function columnTitle(heads: number, words: number, combine: Combine): string {
  if (words === 0) return "mean received";
  if (combine === "sum" && words > 1)
    return heads > 1 ? `mean of ${heads} heads, sum of ${words} words` : `sum of ${words} words`;
  if (heads > 1 && words > 1) return `mean, ${heads} heads × ${words} words`;
  if (heads > 1) return `mean of ${heads} heads`;
  return words > 1 ? `mean of ${words} words` : "weight";
}
