// The weights a matrix shows, by row and column of what the filter leaves. Masked cells are NaN: absent, not zero.

import type { BlockName, Trace } from "../trace/index.ts";
import { PatternRows } from "./pattern-rows.ts";
import { type Reach, reachOf, type Slice, sliceOf } from "./slice.ts";
import type { CellFilter } from "./view.ts";

/** One head's attention as the matrix draws it. */
export class MatrixCells {
  readonly slice: Slice;
  /** True if a last column shows the mass that learned sinks take. */
  readonly sink: boolean;
  readonly rows: number;
  readonly columns: number;
  readonly #pattern: PatternRows;
  readonly #reach: Reach;
  readonly #trace: Trace;
  /** True if no key between the first and the last is left out. */
  readonly #contiguous: boolean;

  constructor(
    trace: Trace,
    readonly block: BlockName,
    readonly layer: number,
    readonly head: number,
    filter: CellFilter,
  ) {
    this.#trace = trace;
    this.slice = sliceOf(trace, block, filter);
    this.sink = trace.recipe(block, layer).sinks;
    this.rows = this.slice.queries.length;
    this.columns = this.slice.keys.length + (this.sink ? 1 : 0);
    const { keys } = this.slice;
    this.#contiguous = keys.length === 0 || keys.at(-1)! - keys[0]! === keys.length - 1;
    this.#pattern = new PatternRows(trace, block, layer);
    this.#reach = reachOf(trace, block, layer);
  }

  /** True if reading this row costs nothing. */
  has(row: number): boolean {
    return this.#pattern.has(this.head, this.slice.queries[row]!);
  }

  /** Compute a row and keep it. */
  fetch(row: number): void {
    this.#pattern.row(this.head, this.slice.queries[row]!);
  }

  /** Weight of a cell; NaN where it is masked. */
  weight(row: number, column: number): number {
    const query = this.slice.queries[row]!;
    const weights = this.#pattern.row(this.head, query);
    if (column === this.slice.keys.length) return sinkOf(weights);
    const key = this.slice.keys[column]!;
    return this.#reach.visible(query, key) ? weights[key]! : Number.NaN;
  }

  /** Weights of columns `first` to `end` of a row into `out`; NaN where masked. */
  readRow(row: number, first: number, end: number, out: Float32Array): void {
    const query = this.slice.queries[row]!;
    const weights = this.#pattern.row(this.head, query);
    const [low, high] = this.#reach.range(query);
    const { keys } = this.slice;
    const last = Math.min(end, keys.length);
    const shift = keys[0] ?? 0;
    if (this.#contiguous && !this.#reach.masked) {
      // Columns are keys moved by a constant: copy what is in reach.
      const from = Math.max(first, Math.min(last, low - shift));
      const to = Math.max(from, Math.min(last, high - shift));
      out.fill(Number.NaN);
      out.set(weights.subarray(from + shift, to + shift), from - first);
    } else {
      for (let column = first; column < last; column++) {
        const key = keys[column]!;
        out[column - first] = this.#reach.visible(query, key) ? weights[key]! : Number.NaN;
      }
    }
    if (end > keys.length) out[keys.length - first] = sinkOf(weights);
  }

  /** Score before softmax, or null where the trace cannot say. */
  score(row: number, column: number): number | null {
    const key = this.slice.keys[column];
    if (key === undefined) return null;
    const name = `${this.block}.${this.layer}.scores`;
    if (!this.#trace.has(name) && !this.#trace.hasQueriesAndKeys(this.block, this.layer)) return null;
    const query = this.slice.queries[row]!;
    return this.#trace.scores(this.block, this.layer, this.head, query, query + 1)[key]!;
  }

  /** Place of a cell in its row, 1 for the largest weight, and the number of cells that are not masked. */
  rank(row: number, column: number): { rank: number; of: number } {
    const line = new Float32Array(this.columns);
    this.readRow(row, 0, this.columns, line);
    const weight = line[column]!;
    const seen = line.filter((w) => !Number.isNaN(w));
    return { rank: 1 + seen.filter((w) => w > weight).length, of: seen.length };
  }

  /** Number of columns of a row up to its last cell that is not masked. */
  rowEnd(row: number): number {
    const last = this.slice.keys.length - 1;
    if (this.sink) return this.columns;
    for (let column = last; column >= 0; column--) if (this.#seen(row, column)) return column + 1;
    return 0;
  }

  /** First row in which a column is not masked. */
  columnStart(column: number): number {
    if (column === this.slice.keys.length) return 0;
    for (let row = 0; row < this.rows; row++) if (this.#seen(row, column)) return row;
    return 0;
  }

  #seen(row: number, column: number): boolean {
    return this.#reach.visible(this.slice.queries[row]!, this.slice.keys[column]!);
  }

  /** Mean weights of several rows, [columns]: a masked cell counts as nothing, and is NaN where all are masked. */
  mean(rows: readonly number[]): Float32Array {
    const mean = new Float32Array(this.columns).fill(Number.NaN);
    const line = new Float32Array(this.columns);
    for (const row of rows) {
      this.readRow(row, 0, this.columns, line);
      line.forEach((weight, i) => {
        if (!Number.isNaN(weight)) mean[i] = (Number.isNaN(mean[i]!) ? 0 : mean[i]!) + weight / rows.length;
      });
    }
    return mean;
  }

  /** Query and key of a cell; the key is null in the column of sinks. */
  place(row: number, column: number): { query: number; key: number | null } {
    return { query: this.slice.queries[row]!, key: this.slice.keys[column] ?? null };
  }
}

/** What is missing from a row to make 1. */
function sinkOf(weights: Float32Array): number {
  let sum = 0;
  for (const weight of weights) sum += weight;
  return Math.max(0, 1 - sum);
}

/** Numbers from 0 to count - 1 coarse first (every 16th, 8th, ...), so that a long picture appears as a whole. */
export function coarseFirst(first: number, end: number): number[] {
  const order: number[] = [];
  for (let step = 16; step >= 1; step /= 2) {
    for (let i = first; i < end; i++) {
      if ((i - first) % step === 0 && (step === 16 || (i - first) % (step * 2) !== 0)) order.push(i);
    }
  }
  return order;
}
