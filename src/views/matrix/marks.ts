// What is drawn over the cells of a matrix: weights as numbers, lines between sentences, outlines, the cross-hair.

import { attentionRgb, formatNumber, parseHex, textOn } from "../look/palette.ts";
import { COLORS, FONTS, type ThemeName } from "../look/theme.ts";
import type { MatrixCells } from "./cells.ts";
import { type Camera, type Frame, type MatrixFit, type MatrixPlace, span } from "./layout.ts";
import { LEAST_SHOWN } from "./picture.ts";

/** Where and what to draw. */
export interface MarksRequest {
  readonly context: CanvasRenderingContext2D;
  readonly cells: MatrixCells;
  readonly fit: MatrixFit;
  readonly camera: Camera;
  readonly theme: ThemeName;
}

/** Cells of this size have numbers; those of a pinned row already from `PINNED`. */
const NUMBERS = 26;
const PINNED = 20;
const STRONG = 0.3;

/** Keep drawing inside the frame, `margin` pixels wider, while `draw` runs. */
export function clipped(
  context: CanvasRenderingContext2D,
  frame: Frame,
  margin: number,
  draw: () => void,
): void {
  context.save();
  context.beginPath();
  const [width, height] = [frame.right - frame.left, frame.bottom - frame.top];
  context.rect(frame.left - margin, frame.top - margin, width + 2 * margin, height + 2 * margin);
  context.clip();
  draw();
  context.restore();
}

/** Weights as numbers, where there is room. */
export function drawNumbers(request: MarksRequest, pinned: ReadonlySet<number>): void {
  const { context, cells, fit, camera } = request;
  const { frame, rows, columns } = fit;
  if (camera.cell < PINNED) return;
  const [firstRow, endRow] = span(camera.y, camera.cell, rows, frame.top, frame.bottom);
  const [first, end] = span(camera.x, camera.cell, columns, frame.left, frame.right);
  const line = new Float32Array(end - first);
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (let row = firstRow; row < endRow; row++) {
    if ((camera.cell < NUMBERS && !pinned.has(row)) || !cells.has(row)) continue;
    cells.readRow(row, first, end, line);
    for (const [i, weight] of line.entries()) drawNumber(request, row, first + i, weight);
  }
}

function drawNumber(
  { context, camera, theme }: MarksRequest,
  row: number,
  column: number,
  weight: number,
): void {
  if (!(weight >= 0.005)) return;
  const { cell, x, y } = camera;
  context.font = `${weight > STRONG ? 620 : 450} ${cell > 32 ? 11 : 10}px ${FONTS.sans}`;
  context.globalAlpha = weight > 0.1 ? 1 : 0.72;
  context.fillStyle = textOn(
    weight < LEAST_SHOWN ? parseHex(COLORS[theme].tile) : attentionRgb(theme, weight),
  );
  context.fillText(formatNumber(weight), x + (column + 0.5) * cell - 0.5, y + (row + 0.5) * cell + 0.5);
  context.globalAlpha = 1;
}

/** Lines before the first row and column of a second sentence. */
export function drawSentences(request: MarksRequest, row: number, column: number): void {
  const { context, camera, theme, fit } = request;
  const { frame } = fit;
  if (camera.cell < 3) return;
  context.fillStyle = COLORS[theme].surface;
  const y = Math.round(camera.y + row * camera.cell) - 1.5;
  const x = Math.round(camera.x + column * camera.cell) - 1.5;
  if (row > 0) context.fillRect(frame.left, y, frame.right - frame.left, 2);
  if (column > 0) context.fillRect(x, frame.top, 2, frame.bottom - frame.top);
}

/** Outlines of pinned rows and columns, as far as they have cells. */
export function drawPins(
  { context, cells, camera, theme }: MarksRequest,
  rows: ReadonlySet<number>,
  columns: ReadonlySet<number>,
): void {
  context.strokeStyle = COLORS[theme].ink;
  context.lineWidth = 2;
  const outline = (left: number, top: number, right: number, bottom: number): void => {
    const x = (column: number): number => Math.round(camera.x + column * camera.cell);
    const y = (row: number): number => Math.round(camera.y + row * camera.cell);
    context.strokeRect(x(left) - 2, y(top) - 2, x(right) - x(left) + 3, y(bottom) - y(top) + 3);
  };
  for (const row of rows) outline(0, row, cells.rowEnd(row), row + 1);
  for (const column of columns) outline(column, cells.columnStart(column), column + 1, cells.rows);
}

/** Row and column of a cell shaded as far as they have cells, and the cell outlined. */
export function drawCrossHair(request: MarksRequest, { row, column }: MatrixPlace): void {
  const { context, cells, camera, theme } = request;
  const { cell, x, y } = camera;
  const start = cells.columnStart(column);
  context.fillStyle = COLORS[theme].ink;
  context.globalAlpha = 0.07;
  context.fillRect(x, y + row * cell, cells.rowEnd(row) * cell, cell);
  context.fillRect(x + column * cell, y + start * cell, cell, (cells.rows - start) * cell);
  context.globalAlpha = 1;
  context.strokeStyle = COLORS[theme].ink;
  context.lineWidth = 1;
  if (cell >= 6) {
    const [left, top] = [Math.round(x + column * cell), Math.round(y + row * cell)];
    context.strokeRect(left - 0.5, top - 0.5, Math.round(cell), Math.round(cell));
  }
}
