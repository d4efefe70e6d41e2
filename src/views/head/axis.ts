// The axis that words stand along: down in two columns, or along the top and the bottom. All that depends on it in
// numbers is asked here. A row is the place of a word in its text, a slot its place on the screen.

import type { Side } from "../../trace/index.ts";
import type { Lines } from "../scene/scene.ts";
import { type Columns, columnMiddle, leanOf, shiftOf } from "./horizontal/layout.ts";
import type { PageColumns } from "./horizontal/page-layout.ts";
import { type LinesLayout, rowMiddle, rowsBetween } from "./layout.ts";

/** Sizes of a head view in a page. */
export type HeadLayout = LinesLayout | PageColumns;

/** Where words stand, on paper too. */
export type WordPlaces = LinesLayout | Columns;

/** Slots or rows: first and one past last. */
export type Window = readonly [first: number, end: number];

/** Where lines are drawn. */
export interface Stretch {
  readonly layout: HeadLayout;
  /** Slots from the top or the left. */
  readonly window: Window;
}

/** The axis that lines run along. */
export function axisOf({ orientation }: WordPlaces): NonNullable<Lines["axis"]> {
  return orientation === "horizontal" ? "y" : "x";
}

/** Middle of a word, along the words. */
export function middleOf(layout: WordPlaces, side: Side, row: number): number {
  return layout.orientation === "horizontal" ? columnMiddle(layout, side, row) : rowMiddle(layout, row);
}

/** From where to where a word reaches along the words; one that is turned leans out of its column. */
export function reachOf(layout: HeadLayout, side: Side, row: number): readonly [from: number, to: number] {
  const [middle, half] = [middleOf(layout, side, row), layout.rowHeight / 2];
  const lean = layout.orientation === "horizontal" ? shiftOf(layout, side) : 0;
  return [middle - half + Math.min(0, lean), middle + half + Math.max(0, lean)];
}

/** True if the first word of a side stands at the right. */
export function isFromRight(layout: HeadLayout, side: Side): boolean {
  return layout.orientation === "horizontal" && layout.rows[side].fromRight;
}

/** The rows of a side in a window of slots; `count` are those of the longer side. */
export function rowsIn(layout: HeadLayout, side: Side, [first, end]: Window, count: number): Window {
  return isFromRight(layout, side) ? [count - end, count - first] : [first, end];
}

/** Slots that the stretch `from` to `to` of the content shows, widened by `margin` slots. */
export function slotsBetween(
  layout: HeadLayout,
  count: number,
  [from, to]: readonly [number, number],
  margin: number,
): Window {
  if (layout.orientation === "vertical") return rowsBetween(layout, count, from, to, margin);
  const { left, rows } = layout;
  const [a, b] = [rows.query, rows.key].map((row) => (row.stand === "turned" ? leanOf(row.depth) : 0));
  const lean = Math.max(a!, b!);
  return rowsBetween(layout, count, from - left - lean, to - left + lean, margin);
}

/** The box of the lines of a stretch, in the content. */
export function boxOf({ layout, window: [first, end] }: Stretch) {
  const { rowHeight, from, to } = layout;
  const along = Math.max(1, (end - first) * rowHeight);
  if (layout.orientation === "vertical")
    return { left: from, top: first * rowHeight, width: to - from, height: along };
  return { left: layout.left + first * rowHeight, top: from, width: along, height: to - from };
}
