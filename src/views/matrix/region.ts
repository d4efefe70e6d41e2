// A region of a matrix: a stretch of rows by a stretch of columns, marked by a drag or by keys. Its rows become pins.

import type { Selection } from "../view.ts";
import type { MatrixCells } from "./cells.ts";
import type { MatrixPlace } from "./layout.ts";
import type { MarkedRegion } from "./props.ts";

/** Rows and columns of a region: first and last, both in it. */
export interface Region {
  readonly rows: readonly [first: number, last: number];
  readonly columns: readonly [first: number, last: number];
}

/** Most rows that become pins at once: as many as the lines of the head view can tell apart. */
export const MOST_ROWS = 64;

/** The region with two cells at opposite corners; of whole rows where `columns` are all there are. */
export function regionBetween(a: MatrixPlace, b: MatrixPlace, whole: number | null = null): Region {
  const { min, max } = Math;
  return {
    rows: [min(a.row, b.row), max(a.row, b.row)],
    columns: whole === null ? [min(a.column, b.column), max(a.column, b.column)] : [0, whole - 1],
  };
}

/** Number of rows and of columns. */
export function sizeOf({ rows, columns }: Region): readonly [number, number] {
  return [rows[1] - rows[0] + 1, columns[1] - columns[0] + 1];
}

/** True if a region has too many rows to be pinned. */
export function tooLarge(region: Region): boolean {
  return sizeOf(region)[0] > MOST_ROWS;
}

/**
 * What the rows give to the columns on average: a row's weights added up, rows averaged, masked cells as 0, as the score
 * "from words to words" counts. NaN where a row is not here.
 */
export function meanWeight(cells: MatrixCells, { rows, columns }: Region): number {
  const places = stretch(rows);
  if (!places.every((row) => cells.has(row) || cells.state === "here")) return Number.NaN;
  const mean = cells.mean(places).subarray(columns[0], columns[1] + 1);
  return mean.reduce((sum, weight) => sum + (Number.isNaN(weight) ? 0 : weight), 0);
}

/** What a region asks for: its rows pinned, and the keys of its columns, none where it has all of them. */
export function markedIn(cells: MatrixCells, selection: Selection, region: Region): MarkedRegion {
  const queries = stretch(region.rows).map((row) => cells.slice.queries[row]!);
  const all = sizeOf(region)[1] === cells.columns;
  // The column of sinks has no key.
  const keys = stretch(region.columns).flatMap((column) => cells.slice.keys[column] ?? []);
  return { selection: { ...selection, side: "query", pins: queries }, keys: all ? [] : keys };
}

function stretch([first, last]: readonly [number, number]): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}
