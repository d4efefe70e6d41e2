// What is drawn over the thumbnails on the same canvas: outlines of unrecorded heads, score marks, ids.

import { COLORS, FONTS, type ThemeName } from "../look/theme.ts";
import type { MapGrid } from "./grid.ts";

/** What is marked besides what the layout has room for. */
export interface MapMarks {
  readonly unrecorded: readonly number[];
  readonly scores: ArrayLike<number> | null;
  readonly threshold: number;
}

/** Draw everything that stands over the thumbnails. */
export function drawMarks(
  context: CanvasRenderingContext2D,
  grid: MapGrid,
  theme: ThemeName,
  { unrecorded, scores, threshold }: MapMarks,
): void {
  drawOutlines(context, grid, theme, unrecorded);
  if (scores && grid.layout.marks) drawScores(context, grid, theme, scores, threshold);
  if (grid.layout.ids) drawIds(context, grid, theme);
}

/** Draw the outline of each head of `unrecorded`. */
function drawOutlines(
  context: CanvasRenderingContext2D,
  grid: MapGrid,
  theme: ThemeName,
  unrecorded: readonly number[],
): void {
  const side = Math.floor(grid.layout.cell);
  context.strokeStyle = COLORS[theme].line;
  context.lineWidth = 1;
  for (const index of unrecorded) {
    const { x, y } = grid.cornerOf(index);
    context.strokeRect(x + 0.5, y + 0.5, side - 1, side - 1);
  }
}

/** Draw a bar as long as the score under each cell; thin and faint below `threshold`. */
function drawScores(
  context: CanvasRenderingContext2D,
  grid: MapGrid,
  theme: ThemeName,
  scores: ArrayLike<number>,
  threshold: number,
): void {
  const { cell } = grid.layout;
  const sizes = Array.from(scores, (score) => (Number.isNaN(score) ? 0 : Math.abs(score)));
  const largest = sizes.reduce((a, b) => Math.max(a, b), threshold);
  context.fillStyle = COLORS[theme].ink;
  sizes.forEach((size, index) => {
    const length = Math.round((cell * size) / largest);
    if (length === 0) return;
    const { x, y } = grid.cornerOf(index);
    const found = size >= threshold;
    context.globalAlpha = found ? 1 : 0.28;
    context.fillRect(x, y + cell + 1, length, found ? 2 : 1.5);
  });
  context.globalAlpha = 1;
}

/** Write 4.11 under each cell. */
function drawIds(context: CanvasRenderingContext2D, grid: MapGrid, theme: ThemeName): void {
  const { cell } = grid.layout;
  context.fillStyle = COLORS[theme]["text-3"];
  context.font = `500 10px ${FONTS.sans}`;
  context.textAlign = "center";
  context.textBaseline = "alphabetic";
  for (const index of grid.order) {
    const { x, y } = grid.cornerOf(index);
    context.fillText(grid.nameOf(index), x + cell / 2, y + cell + 12);
  }
}
