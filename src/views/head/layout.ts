// Where the head view puts its columns and rows: sizes in CSS px from the box it is given.
// Two token columns with lines between them and a column of weights, rows as tall as the box allows.

import { COMPACT } from "../look/compact.ts";

/** Words below each other in two columns, or beside each other in two rows, as right-to-left and CJK texts are read. */
export const ORIENTATIONS = ["vertical", "horizontal"] as const;
export type Orientation = (typeof ORIENTATIONS)[number];

/** Sizes of the head view; x runs from the left edge, rows from the top of the scrolled content. */
export interface LinesLayout {
  readonly orientation: "vertical";
  readonly rowHeight: number;
  readonly fontSize: number;
  /** Right edge of the left tokens and left edge of the right tokens: lines run between them. */
  readonly from: number;
  readonly to: number;
  readonly tokenWidth: number;
  /** Left edge of the left tokens: sentence marks stand before it. */
  readonly lead: number;
  readonly weightLeft: number;
  readonly weightWidth: number;
  /** Longest weight bar; 0 where only numbers fit. */
  readonly barWidth: number;
  /** Height of all rows. */
  readonly height: number;
}

/** Space above the rows, for the column titles. */
export const TITLES = 34;
/** Space above words that lie along the top, and below those along the bottom, for their titles. */
export const ACROSS_TITLE = 20;
/** Space below the rows, for what was left out. */
export const FOOT = 24;

export const LOWEST_ROW = 13.5;
const TALLEST_ROW = 46;
/** Lowest row that a finger still hits with ease. */
const FINGER_ROW = 36;

/** Text size for a row height. */
export function tokenSize(rowHeight: number, compact: boolean): number {
  if (compact) return 16;
  const step = [38, 26, 20, 16].findIndex((height) => rowHeight > height);
  return step < 0 ? 11 : 15 - step;
}

/** Longest lines: up to 320 px, in wide panels a part of them, as long lines are hard to follow. */
function spanIn(width: number): number {
  return Math.max(320, Math.min(560, 0.45 * width));
}

/** Rows for a finger are as tall as there are, and lower where the whole text is then in sight. */
function fingerRow(fitting: number): number {
  return fitting >= FINGER_ROW ? Math.min(fitting, TALLEST_ROW) : TALLEST_ROW;
}

/**
 * Lay out `rows` rows (the longer of the two columns) in a box of `width` x `height`. A narrow box is made for a
 * finger, unless `dense`.
 */
export function linesLayout(width: number, height: number, rows: number, dense = false): LinesLayout {
  const narrow = width < COMPACT;
  const compact = narrow && !dense;
  const free = Math.max(0, height - TITLES - FOOT);
  const lowest = compact ? fingerRow(free / Math.max(1, rows)) : LOWEST_ROW;
  const rowHeight = Math.max(lowest, Math.min(TALLEST_ROW, free / Math.max(1, rows)));
  const fontSize = tokenSize(rowHeight, compact);
  const tokenWidth = compact ? 104 : narrow ? 84 : fontSize >= 13 ? 112 : 96;
  const weightWidth = narrow ? 34 : 118;
  const span = Math.max(
    40,
    Math.min(width - 2 * tokenWidth - weightWidth - (narrow ? 14 : 28), compact ? 132 : spanIn(width)),
  );
  const spare = Math.max(0, width - 2 * tokenWidth - span - weightWidth);
  const lead = Math.floor(narrow ? Math.min(spare, 12) : Math.min(spare - 2, Math.max(14, spare * 0.42)));
  const from = lead + tokenWidth;
  const to = from + span;
  return {
    orientation: "vertical",
    rowHeight,
    fontSize,
    from,
    to,
    tokenWidth,
    lead,
    weightLeft: to + tokenWidth + (narrow ? 0 : 2),
    weightWidth,
    barWidth: narrow ? 0 : 64,
    height: rowHeight * rows,
  };
}

/** Rows that touch the stretch `top` to `bottom` of the content, widened by `margin` rows: [first, one past last]. */
export function rowsBetween(
  layout: Pick<LinesLayout, "rowHeight">,
  rows: number,
  top: number,
  bottom: number,
  margin: number,
): [number, number] {
  const first = Math.max(0, Math.floor(top / layout.rowHeight) - margin);
  const last = Math.min(rows, Math.ceil(bottom / layout.rowHeight) + margin);
  return [Math.min(first, rows), Math.max(Math.min(first, rows), last)];
}

/** Vertical middle of row `row` in the content. */
export function rowMiddle(layout: LinesLayout, row: number): number {
  return (row + 0.5) * layout.rowHeight;
}

/** Rows up to which weights are curves of their own width; beyond, straight hairlines. */
export const CURVES_UP_TO = 64;
/** Space beside a word inside its box, and from the longer of two pieces to the bracket that ties them. */
export const PADDING = 8;
const TIE = 7;

/** The bracket between two pieces of a word: its distance from the words' edge and the lengths of its arms, in px. */
export function tieOf(
  above: number,
  below: number,
  limit: number,
): { readonly reach: number; readonly above: number; readonly below: number } {
  const [first, second] = [Math.min(limit, above + PADDING), Math.min(limit, below + PADDING)];
  const reach = Math.min(limit, Math.max(first, second) + TIE);
  return { reach, above: reach - first - 2, below: reach - second - 2 };
}
