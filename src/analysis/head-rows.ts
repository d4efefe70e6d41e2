// The rows of a head that a score is taken over: all of them, or an even sample where all would take too long.

import type { BlockName, Trace } from "../trace/index.ts";

/** Rows of one head's attention. */
export interface HeadRows {
  /** Queries, ascending. */
  readonly queries: ArrayLike<number>;
  readonly keys: number;
  /** Weights of the r-th of `queries`, [keys]. */
  row(r: number): Float32Array;
}

/** Fewest rows of a sample. */
const LEAST_ROWS = 32;
/** Multiply-adds spent on recomputing, and stored cells read, for all heads of a block: a second or less each. */
const BUDGET = { recomputed: 1.2e9, stored: 4e7 };

/** The queries whose rows are looked at: all, or evenly spaced ones that end with the last. */
export function rowsToScore(trace: Trace, block: BlockName, budgets = BUDGET): Int32Array {
  const { layers, heads, headSize } = trace.block(block);
  const { queries, keys } = trace.sides(block);
  const stored = trace.names.some((name) => name.startsWith(`${block}.`) && name.endsWith(".pattern"));
  const budget = stored
    ? budgets.stored / (layers * heads * keys)
    : budgets.recomputed / (layers * heads * keys * headSize);
  const count = Math.min(queries, Math.max(LEAST_ROWS, Math.floor(budget)));
  return Int32Array.from({ length: count }, (_, r) => Math.floor(((r + 1) * queries) / count) - 1);
}

/** The attention of `queries` in one head, each row made once. */
export function headRows(
  trace: Trace,
  block: BlockName,
  layer: number,
  head: number,
  queries: ArrayLike<number>,
): HeadRows {
  const { keys } = trace.sides(block);
  const weights = trace.rows(block, layer, head, queries);
  const rows = Array.from(queries, (_, r) => weights.subarray(r * keys, (r + 1) * keys));
  return { queries, keys, row: (r) => rows[r]! };
}
