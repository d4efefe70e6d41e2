// Where the elements of words and numbers stand, as CSS, and which keys go where: in two columns here, along the top and
// the bottom in horizontal/places.ts.

import type { Side } from "../../trace/index.ts";
import { type HeadLayout, middleOf } from "./axis.ts";
import { barHeight } from "./bars.ts";
import * as horizontal from "./horizontal/places.ts";
import { type LinesLayout, rowMiddle, tieOf } from "./layout.ts";

/** The list of a side. */
export interface ListPlace {
  readonly css: string;
  /** Classes besides those that every list has. */
  readonly names: readonly string[];
}

/** Keys that go to the next word, to the one before, and to the other list. */
export interface Arrows {
  readonly next: string;
  readonly before: string;
  readonly across: string;
}

/** Where the list of words of a side stands. */
export function listPlace(layout: HeadLayout, side: Side): ListPlace {
  if (layout.orientation === "horizontal") return horizontal.listPlace(layout, side);
  const left = side === "query" ? layout.from - layout.tokenWidth : layout.to;
  const box = `left:${left}px;width:${layout.tokenWidth}px;height:${layout.height}px`;
  return { css: `${box};--row:${layout.rowHeight}px;font-size:${layout.fontSize}px`, names: [] };
}

/** Where a word stands in its list. */
export function wordCss(layout: HeadLayout, side: Side, row: number): string {
  if (layout.orientation === "horizontal") return horizontal.wordCss(layout, side, row);
  return `top:${rowMiddle(layout, row) - layout.rowHeight / 2}px`;
}

/** The bracket between two pieces of a word; `width` measures one. */
export function tieCss(layout: HeadLayout, width: (of: "before" | "own") => number): string {
  if (layout.orientation === "horizontal") return "";
  const { reach, above, below } = tieOf(width("before"), width("own"), layout.tokenWidth);
  return `right:${reach - 1}px;--above:${above}px;--below:${below}px`;
}

/** Arrow keys follow the axis of the words. */
export function arrowsOf(layout: HeadLayout, side: Side): Arrows {
  const query = side === "query";
  if (layout.orientation === "vertical")
    return { next: "ArrowDown", before: "ArrowUp", across: query ? "ArrowRight" : "ArrowLeft" };
  const [next, before] = layout.rows[side].fromRight
    ? (["ArrowLeft", "ArrowRight"] as const)
    : (["ArrowRight", "ArrowLeft"] as const);
  return { next, before, across: query ? "ArrowDown" : "ArrowUp" };
}

/** Where the list of numbers stands; `side` is that of the words they stand beside. */
export function numbersPlace(layout: HeadLayout, side: Side): ListPlace {
  if (layout.orientation === "horizontal") return horizontal.numbersPlace(layout, side);
  const size = Math.min(12, layout.fontSize);
  return {
    css: `left:${layout.weightLeft}px;width:${layout.weightWidth}px;font-size:${size}px`,
    names: [],
  };
}

/** Where a number stands in its list. */
export function numberCss(layout: HeadLayout, side: Side, row: number): string {
  if (layout.orientation === "horizontal") return horizontal.numberCss(layout, side, row);
  return `top:${middleOf(layout, side, row) - 8}px`;
}

/** The line from a word to its number where it is not beside it; `length` is that of the word. */
export function leadCss(layout: HeadLayout, side: Side, length: () => number): string {
  return layout.orientation === "horizontal" ? horizontal.leadCss(layout, side, length()) : "display:none";
}

/** The size of a row of bars `length` long. */
export function barsCss(layout: HeadLayout, length: number): string {
  const thick = barHeight(layout);
  return layout.orientation === "horizontal"
    ? `width:${thick}px;height:${length}px`
    : `width:${length}px;height:${thick}px`;
}

/** The direction that bars grow in, as the angle of a CSS gradient. */
export function barAngle(layout: HeadLayout, side: Side): number {
  return layout.orientation === "vertical" ? 90 : side === "query" ? 0 : 180;
}

/** True if there is room for the word beside its number, where numbers stand beside the other words. */
export function hasNames(layout: HeadLayout): layout is LinesLayout {
  return layout.orientation === "vertical" && layout.barWidth > 0;
}
