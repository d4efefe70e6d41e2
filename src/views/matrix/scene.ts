// What is drawn over the cells of a matrix, as marks: weights as numbers, lines between sentences, outlines of pinned
// rows and columns, the cross-hair. The cells themselves are a raster (picture.ts).

import { type Ink, LEAST_SHOWN } from "../look/ink.ts";
import { formatNumber, parseHex, textOn } from "../look/palette.ts";
import { COLORS, type ThemeName } from "../look/theme.ts";
import { type Box, hatchMarks, unmatchedBoxes } from "../scene/hatch.ts";
import { boxes, type Group, type Mark, type TextItem } from "../scene/scene.ts";
import type { Unmatched } from "../view.ts";
import type { MatrixCells } from "./cells.ts";
import { type Camera, type MatrixFit, type MatrixPoint, span } from "./layout.ts";
import { type Region, tooLarge } from "./region.ts";

/** Where and what to draw. */
export interface MatrixRequest {
  readonly cells: MatrixCells;
  readonly fit: MatrixFit;
  readonly camera: Camera;
  readonly theme: ThemeName;
  readonly ink: Ink;
}

/** A cell by its positions. */
export interface MatrixCell {
  readonly query: number;
  readonly key: number;
}

/** Cells of this size have numbers; those of a pinned row already from `PINNED`. */
const NUMBERS = 26;
const PINNED = 20;
const STRONG = 0.3;
/** Pixels between the lines of hatching. */
const HATCH = 6;

/** Marks cut to the frame, `margin` pixels wider. */
export function framed({ fit }: MatrixRequest, margin: number, marks: readonly Mark[]): Group {
  const { left, top, right, bottom } = fit.frame;
  const clip = [left - margin, top - margin, right - left + 2 * margin, bottom - top + 2 * margin] as const;
  return { kind: "group", clip, marks };
}

/** Weights as numbers, where there is room. */
export function numberMarks(request: MatrixRequest, pinned: ReadonlySet<number>): Mark[] {
  const { cells, fit, camera } = request;
  const { frame, rows, columns } = fit;
  if (camera.cell < PINNED) return [];
  const [firstRow, endRow] = span(camera.y, camera.cell, rows, frame.top, frame.bottom);
  const [first, end] = span(camera.x, camera.cell, columns, frame.left, frame.right);
  const line = new Float32Array(end - first);
  const items: TextItem[] = [];
  for (let row = firstRow; row < endRow; row++) {
    if ((camera.cell < NUMBERS && !pinned.has(row)) || !cells.has(row)) continue;
    cells.readRow(row, first, end, line);
    for (const [i, weight] of line.entries()) items.push(...number(request, row, first + i, weight));
  }
  return [{ kind: "texts", items }];
}

function number(
  { camera, theme, ink }: MatrixRequest,
  row: number,
  column: number,
  weight: number,
): TextItem[] {
  const size = Math.abs(weight);
  if (!(size >= 0.005)) return [];
  const { cell, x, y } = camera;
  return [
    {
      text: formatNumber(weight),
      x: x + (column + 0.5) * cell - 0.5,
      y: y + (row + 0.5) * cell + 0.5,
      size: cell > 32 ? 11 : 10,
      weight: size > STRONG ? 620 : 450,
      color: textOn(size < LEAST_SHOWN ? parseHex(COLORS[theme].tile) : ink.rgb(weight)),
      opacity: size > 0.1 ? 1 : 0.72,
      anchor: "middle",
      role: "number",
    },
  ];
}

/** Rows and columns of tokens that have no counterpart in the run that is compared with. */
export function unmatchedMarks({ cells, camera, theme }: MatrixRequest, unmatched: Unmatched): Mark[] {
  const { cell, x, y } = camera;
  const visible = (query: number, key: number) => unmatched.visible(cells.layer, query, key);
  const places = unmatchedBoxes(cells.slice, unmatched, visible).map(
    ([left, top, width, height]): Box => [x + left * cell, y + top * cell, width * cell, height * cell],
  );
  return hatchMarks(places, HATCH, COLORS[theme]["text-3"]);
}

/** Lines before the first row and column of a second sentence. */
export function sentenceMarks({ camera, theme, fit }: MatrixRequest, row: number, column: number): Mark[] {
  const { left, top, right, bottom } = fit.frame;
  if (camera.cell < 3) return [];
  const y = Math.round(camera.y + row * camera.cell) - 1.5;
  const x = Math.round(camera.x + column * camera.cell) - 1.5;
  const lines = [
    ...(row > 0 ? [[left, y, right - left, 2] as const] : []),
    ...(column > 0 ? [[x, top, 2, bottom - top] as const] : []),
  ];
  return lines.length > 0 ? [{ kind: "rects", boxes: boxes(...lines), fill: COLORS[theme].surface }] : [];
}

/** Outlines of pinned rows and columns, as far as they have cells; neighbours share one. */
export function pinMarks(
  { cells, camera, theme }: MatrixRequest,
  rows: ReadonlySet<number>,
  columns: ReadonlySet<number>,
): Mark[] {
  const outline = (left: number, top: number, right: number, bottom: number) => {
    const x = (column: number): number => Math.round(camera.x + column * camera.cell);
    const y = (row: number): number => Math.round(camera.y + row * camera.cell);
    return [x(left) - 2, y(top) - 2, x(right) - x(left) + 3, y(bottom) - y(top) + 3] as const;
  };
  const all = [
    ...runsOf(rows).map(([first, end]) => outline(0, first, widestEnd(cells, first, end), end)),
    ...runsOf(columns).map(([first, end]) => outline(first, cells.columnStart(first), end, cells.rows)),
  ];
  return all.length > 0
    ? [{ kind: "outlines", boxes: boxes(...all), stroke: COLORS[theme].ink, width: 2 }]
    : [];
}

/** Numbers as stretches without a gap, ascending: [first, one past last]. */
export function runsOf(numbers: Iterable<number>): [number, number][] {
  const runs: [number, number][] = [];
  for (const at of [...numbers].sort((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run?.[1] === at) run[1] = at + 1;
    else runs.push([at, at + 1]);
  }
  return runs;
}

function widestEnd(cells: MatrixCells, first: number, end: number): number {
  let widest = 0;
  for (let row = first; row < end; row++) widest = Math.max(widest, cells.rowEnd(row));
  return widest;
}

/**
 * The row and the column pointed at, between lines as far as they have cells; the cell outlined where both are. Nothing
 * is laid over the cells: a shade would read as weight.
 */
export function crossHairMarks(request: MatrixRequest, { row, column }: MatrixPoint): Mark[] {
  const { cells, theme } = request;
  const bands = [
    ...(row === null ? [] : [edgesOf(request, [0, cells.rowEnd(row)], [row, row + 1])]),
    ...(column === null
      ? []
      : [edgesOf(request, [column, column + 1], [cells.columnStart(column), cells.rows])]),
  ];
  const lines: Mark = { kind: "outlines", boxes: boxes(...bands), stroke: COLORS[theme]["text-3"], width: 1 };
  return row === null || column === null ? [lines] : [lines, ...cellOutline(request, row, column)];
}

/** The box through the gaps around cells, from the first of `columns` and `rows` to one past the last. */
function edgesOf(
  { camera }: MatrixRequest,
  [left, right]: readonly [number, number],
  [top, bottom]: readonly [number, number],
): readonly [number, number, number, number] {
  const x = (column: number): number => Math.round(camera.x + column * camera.cell) - 0.5;
  const y = (row: number): number => Math.round(camera.y + row * camera.cell) - 0.5;
  return [x(left), y(top), x(right) - x(left), y(bottom) - y(top)];
}

/** Dashes of the frame of a region: a pin's is whole. */
const DASH = [4, 3] as const;

/** The frame of the region that is being marked; a fainter one where it has too many rows to be pinned. */
export function regionMarks(request: MatrixRequest, region: Region): Mark[] {
  const { rows, columns } = region;
  const box = edgesOf(request, [columns[0], columns[1] + 1], [rows[0], rows[1] + 1]);
  return framesOf(request, [box], tooLarge(region) ? "line-3" : "ink", 2);
}

/** Frames where the pinned words meet those that somebody asks about. */
export function askedMarks(
  request: MatrixRequest,
  rows: ReadonlySet<number>,
  columns: ReadonlySet<number>,
): Mark[] {
  const stretches = runsOf(columns);
  const found = runsOf(rows).flatMap((row) => stretches.map((column) => edgesOf(request, column, row)));
  return found.length > 0 ? framesOf(request, found, "ink", 1) : [];
}

/** Dashed boxes that stand out from light and from dark cells. */
function framesOf(
  { theme }: MatrixRequest,
  list: readonly (readonly [number, number, number, number])[],
  color: "ink" | "line-3",
  width: number,
): Mark[] {
  const paths = list.map(([left, top, across, down]) => {
    const [right, bottom] = [left + across, top + down];
    return Float32Array.of(left, top, right, top, right, bottom, left, bottom);
  });
  const { surface, [color]: stroke } = COLORS[theme];
  return [
    { kind: "polylines", paths, closed: true, stroke: surface, width: width + 1 },
    { kind: "polylines", paths, closed: true, stroke, width, dash: DASH },
  ];
}

/** Cells that edits changed: filled in pink, with a cross where it has room. */
export function editedMarks(request: MatrixRequest, cells: readonly MatrixCell[]): Mark[] {
  const { camera, theme } = request;
  const { cell, x, y } = camera;
  const places = cells.flatMap((at) => {
    const { row, column } = request.cells.find(at) ?? {};
    return row == null || column == null ? [] : [[x + column * cell, y + row * cell] as const];
  });
  if (places.length === 0) return [];
  const squares = places.map(([left, top]) => [left, top, cell, cell] as const);
  const arm = 0.2 * cell;
  const crosses = places.flatMap(([left, top]) => {
    const [cx, cy] = [left + cell / 2, top + cell / 2];
    const stroke = (up: number) => Float32Array.of(cx - arm, cy - up * arm, cx + arm, cy + up * arm);
    return [stroke(1), stroke(-1)];
  });
  const { edit, surface } = COLORS[theme];
  const filled: Mark = { kind: "rects", boxes: boxes(...squares), fill: edit };
  if (cell < 7) return [filled];
  return [filled, { kind: "polylines", paths: crosses, closed: false, stroke: surface, width: 1.5 }];
}

function cellOutline(request: MatrixRequest, row: number, column: number): Mark[] {
  if (request.camera.cell < 6) return [];
  const frame = boxes(edgesOf(request, [column, column + 1], [row, row + 1]));
  return [{ kind: "outlines", boxes: frame, stroke: COLORS[request.theme].ink, width: 1 }];
}
