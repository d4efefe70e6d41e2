// Where words and lines of a head stand on paper: every row is there, columns are as wide as their words.

import { CURVES_UP_TO, type LinesLayout, LOWEST_ROW, PADDING } from "./layout.ts";

/** Columns on paper have room for their titles. */
const TITLED = 74;

/** What a layout for paper depends on. */
export interface PaperRequest {
  readonly width: number;
  /** Rows of the longer column. */
  readonly rows: number;
  /** Width of the widest word at a font size. */
  readonly widest: (size: number) => number;
  /** Room for the names of sentences. */
  readonly lead: number;
}

/** Lay out every row for paper: rows as tall as their words need, columns as wide as their words, lines between. */
export function paperLayout({ width, rows, widest, lead }: PaperRequest): LinesLayout {
  const rowHeight = rows <= 24 ? 20 : rows <= CURVES_UP_TO ? 16 : LOWEST_ROW;
  const fontSize = rows <= 24 ? 12 : rows <= CURVES_UP_TO ? 11 : 10;
  const tokenWidth = Math.ceil(Math.min(0.26 * width, Math.max(TITLED, widest(fontSize) + 2 * PADDING)));
  const weightWidth = Math.max(44, Math.min(118, 0.22 * width));
  const from = lead + tokenWidth;
  const to = Math.max(from + 40, width - weightWidth - tokenWidth - 4);
  return {
    orientation: "vertical",
    rowHeight,
    fontSize,
    from,
    to,
    tokenWidth,
    lead,
    weightLeft: to + tokenWidth + 4,
    weightWidth,
    barWidth: Math.max(0, weightWidth - 40),
    height: rowHeight * rows,
  };
}
