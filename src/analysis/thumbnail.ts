// Small pictures of attention: each cell of a thumbnail is the largest weight of the block of weights it covers
// (max-pooling; a mean would make sharp heads vanish). Pure functions over an attention, so that a worker can run them.

import type { Attention, Reach, RowPlace } from "../trace/index.ts";
import type { Slice } from "./slice.ts";

/** Max-pooled attention of a head; null where the head was not recorded. */
export type Thumbnail = Float32Array | null;

/** Which head to shrink, and how far. */
export interface ThumbnailRequest {
  readonly layer: number;
  readonly head: number;
  readonly slice: Slice;
  /** Most rows and most columns of the result. */
  readonly size: number;
  /** Keys to mark as quiet. */
  readonly quiet: ReadonlySet<number>;
}

/** Opacity of quiet keys. */
export const QUIET = 0.28;
/** Rows recomputed from queries and keys per row of the thumbnail, where nothing is stored: a sample. */
const SAMPLES = 2;

/** Rows and columns of a thumbnail. */
export function thumbnailShape(slice: Slice, size: number): readonly [number, number] {
  return [Math.min(size, slice.queries.length), Math.min(size, slice.keys.length)];
}

/**
 * Max-pooled attention of a head, [rows, columns] of `thumbnailShape`: weights (of differences the largest in size); negative where a quiet key stands
 * out; NaN where every cell is masked. Null where the head was not recorded. Rows that are not here count as nothing.
 */
export function thumbnailOf(attention: Attention, request: ThumbnailRequest): Thumbnail {
  const { layer, head, slice, size } = request;
  if (head >= attention.heads(layer) || attention.state(layer, head) === "absent") return null;
  const [rows, columns] = thumbnailShape(slice, size);
  const pool = new Pool(rows, columns, attention, request);
  const count = slice.queries.length;
  const places = rowsRead(attention, request);
  const row = readerOf(attention, request, places);
  for (const [r, i] of places.entries()) {
    const weights = row(r);
    if (weights) pool.add(weights, slice.queries[i]!, Math.floor((i * rows) / count));
  }
  return pool.finish();
}

/** Reads the rows at these places of the slice, all at once where that is quicker. */
function readerOf(attention: Attention, { layer, head, slice }: ThumbnailRequest, places: readonly number[]) {
  const queries = places.map((i) => slice.queries[i]!);
  const all = attention.rows?.(layer, head, queries);
  const keys = attention.tokens("key").length;
  return (r: number) =>
    all?.subarray(r * keys, (r + 1) * keys) ?? attention.row(layer, head, queries[r]!, false);
}

/** Rows that a thumbnail needs and that have to be asked for. */
export function missingRows(attention: Attention, request: ThumbnailRequest): readonly RowPlace[] {
  const { layer, head, slice } = request;
  if (head >= attention.heads(layer) || attention.state(layer, head) !== "pending") return [];
  return rowsRead(attention, request)
    .map((i) => ({ layer, head, query: slice.queries[i]! }))
    .filter(({ query }) => !attention.has(layer, head, query));
}

/** Places in the slice of the rows that a thumbnail is made from: all, or a sample of those that are worked out. */
function rowsRead(attention: Attention, { layer, slice, size }: ThumbnailRequest): number[] {
  const count = slice.queries.length;
  const stride = attention.stored(layer) ? 1 : strideOf(count, thumbnailShape(slice, size)[0]);
  return Array.from({ length: Math.ceil(count / stride) }, (_, i) => i * stride);
}

/** Every how many rows one is recomputed. */
function strideOf(queries: number, rows: number): number {
  return Math.max(1, Math.floor(queries / Math.max(1, rows) / SAMPLES));
}

/** True if thumbnails of this size show a sample of the rows of some layer, not all of them. */
export function isSampled(attention: Attention, slice: Slice, size: number): boolean {
  const [rows] = thumbnailShape(slice, size);
  if (strideOf(slice.queries.length, rows) === 1) return false;
  const layers = Array.from({ length: attention.layers }, (_, layer) => layer);
  return layers.some((layer) => attention.state(layer) !== "absent" && !attention.stored(layer));
}

const MASKED = -2;

/** Keeps the largest weight per cell, of loud and of quiet keys apart. */
class Pool {
  readonly #columns: number;
  readonly #reach: Reach;
  /** True where the largest size counts, whatever its sign. */
  readonly #signed: boolean;
  readonly #column: Int32Array;
  readonly #loud: Float32Array;
  readonly #hush: Float32Array;
  readonly #quiet: (readonly [number, number])[] = [];

  constructor(rows: number, columns: number, attention: Attention, request: ThumbnailRequest) {
    this.#columns = columns;
    this.#reach = attention.reach(request.layer);
    this.#signed = attention.scale === "difference";
    this.#loud = new Float32Array(rows * columns).fill(MASKED);
    this.#hush = new Float32Array(rows * columns).fill(MASKED);
    this.#column = new Int32Array(attention.tokens("key").length).fill(-1);
    request.slice.keys.forEach((key, j) => {
      const column = Math.floor((j * columns) / request.slice.keys.length);
      if (request.quiet.has(key)) this.#quiet.push([key, column]);
      else this.#column[key] = column;
    });
  }

  add(weights: Float32Array, query: number, row: number): void {
    const [first, end] = this.#reach.range(query);
    const base = row * this.#columns;
    const [loud, hush, columns] = [this.#loud, this.#hush, this.#column];
    const masked = this.#reach.masked;
    const signed = this.#signed;
    for (let key = first; key < end; key++) {
      const column = columns[key]!;
      if (column < 0 || (masked && !this.#reach.visible(query, key))) continue;
      const best = loud[base + column]!;
      if (signed ? best === MASKED || Math.abs(weights[key]!) > Math.abs(best) : weights[key]! > best)
        loud[base + column] = weights[key]!;
    }
    for (const [key, column] of this.#quiet) {
      if (!this.#reach.visible(query, key)) continue;
      hush[base + column] = Math.max(hush[base + column]!, weights[key]!);
    }
  }

  finish(): Float32Array {
    const [loud, hush] = [this.#loud, this.#hush];
    for (let i = 0; i < loud.length; i++) {
      const quieter = hush[i]! >= 0 && hush[i]! * QUIET ** 2 > loud[i]!;
      if (quieter) loud[i] = -hush[i]!;
      else if (loud[i] === MASKED) loud[i] = Number.NaN;
    }
    return loud;
  }
}
