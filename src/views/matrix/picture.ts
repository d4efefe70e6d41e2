// Paints the visible part of a matrix into pixels: cells by lookup, or the largest weight of the cells that share a
// device pixel. Masked cells stay transparent.

import type { Ink } from "../look/ink.ts";
import type { RowPart } from "./cells.ts";
import { type Camera, type Frame, gapOf, span } from "./layout.ts";

/** A canvas in memory: RGBA pixels as 32-bit numbers, [height, width]. */
export interface Pixels {
  readonly data: Uint32Array;
  readonly width: number;
  readonly height: number;
  /** Device pixels per CSS pixel. */
  readonly ratio: number;
}

/** What to paint. */
export interface Paint {
  readonly camera: Camera;
  readonly frame: Frame;
  readonly ink: Ink;
  readonly cells: Painted;
}

/** The weights that are painted. */
export interface Painted {
  readonly rows: number;
  readonly columns: number;
  /** False if a row is not there yet. */
  has(row: number): boolean;
  /** Weights of a row among columns `first` to `end`. */
  part(row: number, first: number, end: number): RowPart;
}

/** Paint what the frame shows; pixels outside are left alone. */
export function paintMatrix(pixels: Pixels, paint: Paint): void {
  const { camera, frame, cells } = paint;
  const { rows, columns } = cells;
  const [firstRow, endRow] = span(camera.y, camera.cell, rows, frame.top, frame.bottom);
  const [first, end] = span(camera.x, camera.cell, columns, frame.left, frame.right);
  if (end <= first) return;
  const edges = columnEdges(pixels, paint, first, end);
  const { pooled } = edges;
  const line = new Float32Array(edges.to - edges.from);
  const colors = new Uint32Array(line.length);
  const { ink } = paint;
  const bottom = Math.round(frame.bottom * pixels.ratio);
  const top = Math.round(frame.top * pixels.ratio);
  const edge = (row: number): number => Math.round((camera.y + row * camera.cell) * pixels.ratio);
  const gap = pooled ? 0 : deviceGap(camera.cell, pixels.ratio);
  for (let row = firstRow; row < endRow; ) {
    const y = edge(row);
    line.fill(MASKED);
    // Rows that begin on the same device pixel share it.
    do {
      if (cells.has(row)) {
        const part = cells.part(row, first, end);
        pool(line, part.weights, part.first - first, edges, ink.signed);
      }
      row++;
    } while (row < endRow && edge(row) === y);
    const lastY = pooled ? Math.max(y + 1, edge(row)) : edge(row) - gap;
    colour(colors, line, ink);
    for (let at = Math.max(top, y); at < Math.min(bottom, lastY); at++) {
      pixels.data.set(colors, at * pixels.width + edges.from);
    }
  }
}

interface Edges {
  /** Device pixels [from, to) that the columns cover. */
  readonly from: number;
  readonly to: number;
  /** First and one-past-last pixel of each column, relative to `from`. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** True if columns are thinner than a pixel, so that each falls on one. */
  readonly pooled: boolean;
}

function columnEdges(pixels: Pixels, { camera, frame }: Paint, first: number, end: number): Edges {
  const { ratio } = pixels;
  const from = Math.max(0, Math.round(Math.max(frame.left, camera.x) * ratio));
  const to = Math.min(pixels.width, Math.round(Math.min(frame.right, camera.x + end * camera.cell) * ratio));
  const pooled = camera.cell * ratio < 1;
  const gap = pooled ? 0 : deviceGap(camera.cell, ratio);
  const least = pooled ? 1 : 0;
  const edge = (column: number): number => Math.round((camera.x + column * camera.cell) * ratio) - from;
  const clip = (value: number): number => Math.max(0, Math.min(to - from, value));
  const last = pooled ? to - from - 1 : to - from;
  const starts = Int32Array.from({ length: end - first }, (_, i) => Math.min(last, clip(edge(first + i))));
  const ends = starts.map((start, i) => clip(Math.max(start + least, edge(first + i + 1) - gap)));
  return { from, to, starts, ends, pooled };
}

/** Gap in device pixels: half a pixel is drawn whole where cells are large enough to spare it. */
function deviceGap(cell: number, ratio: number): number {
  const gap = gapOf(cell) * ratio;
  return cell > 10 ? Math.ceil(gap) : Math.floor(gap);
}

/** In a line of pixels: no weight there. */
export const MASKED = -2;

/** Take weights, from the `first` column of `edges` on, where they are larger than what is there; NaN never is. */
export function pool(
  line: Float32Array,
  weights: Float32Array,
  first: number,
  edges: Pick<Edges, "starts" | "ends" | "pooled">,
  signed: boolean,
): void {
  const { starts, ends, pooled } = edges;
  const larger = signed ? largerSize : largerNumber;
  const count = weights.length;
  for (let i = 0; i < count; i++) {
    const weight = weights[i]!;
    const start = starts[first + i]!;
    const end = pooled ? start + 1 : ends[first + i]!;
    for (let x = start; x < end; x++) if (larger(weight, line[x]!)) line[x] = weight;
  }
}

function largerNumber(weight: number, before: number): boolean {
  return weight > before;
}

function largerSize(weight: number, before: number): boolean {
  return before === MASKED ? !Number.isNaN(weight) : Math.abs(weight) > Math.abs(before);
}

/** The colours of a line of weights. */
export function colour(colors: Uint32Array, line: Float32Array, ink: Ink): void {
  for (let x = 0; x < line.length; x++) colors[x] = line[x] === MASKED ? 0 : ink.pixel(line[x]!);
}
