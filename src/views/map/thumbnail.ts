// Small pictures of attention: each cell of a thumbnail is the largest weight of the block of weights it covers
// (max-pooling; a mean would make sharp heads vanish). Pure functions over a trace, so that a worker can run them.

import type { BlockName, Trace } from "../../trace/index.ts";
import { type Reach, reachOf, type Slice } from "../read/slice.ts";

/** Which head to shrink, and how far. */
export interface ThumbnailRequest {
  readonly block: BlockName;
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
/** Weights below are not painted in the map. */
const LEAST = 0.012;
/** Rows recomputed from queries and keys per row of the thumbnail, where nothing is stored: a sample. */
const SAMPLES = 2;

/** Rows and columns of a thumbnail. */
export function thumbnailShape(slice: Slice, size: number): readonly [number, number] {
  return [Math.min(size, slice.queries.length), Math.min(size, slice.keys.length)];
}

/**
 * Max-pooled attention of a head, [rows, columns] of `thumbnailShape`: weights; negative where a quiet key stands
 * out; NaN where every cell is masked. Null where the trace holds no attention of the layer.
 */
export function thumbnailOf(trace: Trace, request: ThumbnailRequest): Float32Array | null {
  const { block, layer, head, slice, size } = request;
  if (!trace.hasAttention(block, layer, head)) return null;
  const [rows, columns] = thumbnailShape(slice, size);
  const pool = new Pool(rows, columns, reachOf(trace, block, layer), request, trace.sides(block).keys);
  const stored = trace.has(`${block}.${layer}.pattern`);
  const count = slice.queries.length;
  const stride = stored ? 1 : strideOf(count, rows);
  const all = stored ? trace.attention(block, layer, head) : null;
  const width = pool.keys;
  for (let i = 0; i < count; i += stride) {
    const query = slice.queries[i]!;
    const weights = all
      ? all.subarray(query * width, (query + 1) * width)
      : trace.attention(block, layer, head, query, query + 1);
    pool.add(weights, query, Math.floor((i * rows) / count));
  }
  return pool.finish();
}

/** Every how many rows one is recomputed. */
function strideOf(queries: number, rows: number): number {
  return Math.max(1, Math.floor(queries / Math.max(1, rows) / SAMPLES));
}

/** True if thumbnails of this size show a sample of the rows of some layer, not all of them. */
export function isSampled(trace: Trace, block: BlockName, slice: Slice, size: number): boolean {
  const [rows] = thumbnailShape(slice, size);
  if (strideOf(slice.queries.length, rows) === 1) return false;
  const layers = Array.from({ length: trace.block(block).layers }, (_, layer) => layer);
  return layers.some((layer) => trace.hasAttention(block, layer) && !trace.has(`${block}.${layer}.pattern`));
}

const MASKED = -2;

/** Keeps the largest weight per cell, of loud and of quiet keys apart. */
class Pool {
  readonly keys: number;
  readonly #columns: number;
  readonly #reach: Reach;
  readonly #column: Int32Array;
  readonly #loud: Float32Array;
  readonly #hush: Float32Array;
  readonly #quiet: (readonly [number, number])[] = [];

  constructor(rows: number, columns: number, reach: Reach, request: ThumbnailRequest, keys: number) {
    this.keys = keys;
    this.#columns = columns;
    this.#reach = reach;
    this.#loud = new Float32Array(rows * columns).fill(MASKED);
    this.#hush = new Float32Array(rows * columns).fill(MASKED);
    this.#column = new Int32Array(keys).fill(-1);
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
    for (let key = first; key < end; key++) {
      const column = columns[key]!;
      if (column < 0 || (masked && !this.#reach.visible(query, key))) continue;
      if (weights[key]! > loud[base + column]!) loud[base + column] = weights[key]!;
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

/** Levels of a colour in a code. */
const LEVELS = 127;
/** Code of a masked cell and of a weight too small to paint. */
export const MASKED_CODE = 0;
export const ZERO_CODE = 1;

/** A thumbnail as one byte per cell: masked, zero, 127 levels of √weight, 127 levels of a quiet √weight. */
export function thumbnailCodes(weights: Float32Array): Uint8Array {
  return Uint8Array.from(weights, codeOf);
}

function codeOf(weight: number): number {
  if (Number.isNaN(weight)) return MASKED_CODE;
  const size = Math.abs(weight);
  if (size < LEAST) return ZERO_CODE;
  const level = Math.round(Math.sqrt(Math.min(1, size)) * (LEVELS - 1));
  return (weight < 0 ? ZERO_CODE + 1 + LEVELS : ZERO_CODE + 1) + level;
}

/** Position 0 to 1 on the colour ramp of a code, and whether the key is quiet; null for masked and zero cells. */
export function codeLevel(code: number): { position: number; quiet: boolean } | null {
  if (code <= ZERO_CODE) return null;
  const level = code - ZERO_CODE - 1;
  return { position: (level % LEVELS) / (LEVELS - 1), quiet: level >= LEVELS };
}
