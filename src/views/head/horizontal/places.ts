// Where words and numbers stand along the top and the bottom of a page, as CSS: level, letter below letter, or turned
// about the end at the lines, as in the figure.

import type { Side } from "../../../trace/index.ts";
import { type MarkedColumn, secondSentence } from "../../read/sentences.ts";
import { beginsOf, type SentenceElement } from "../sentence-marks.ts";
import { columnMiddle, GAP, SENTENCE, SLANT, shiftOf } from "./layout.ts";
import type { PageColumns } from "./page-layout.ts";

/** Shorter lines are not drawn. */
const SHORTEST_LEAD = 8;

/** Height of a turned word's box: columns are this far apart across the words. */
function acrossOf(layout: PageColumns): number {
  return layout.rowHeight * Math.sin((SLANT * Math.PI) / 180);
}

/** The list of words of a side, as long as the content. */
export function listPlace(layout: PageColumns, side: Side) {
  const { depth, stand, fromRight } = layout.rows[side];
  const top = side === "query" ? layout.from - depth : layout.to;
  const row = stand === "turned" ? acrossOf(layout) : depth;
  const box = `left:0;width:${layout.width}px;top:${top}px;height:${depth}px;font-size:${layout.fontSize}px`;
  return {
    css: `${box};--row:${row}px;--pitch:${layout.rowHeight}px`,
    names: ["hs-lying", `hs-${stand}`, ...(fromRight ? ["hs-from-right"] : [])],
  };
}

/** A word in its column. */
export function wordCss(layout: PageColumns, side: Side, row: number): string {
  const { stand, longest, fromRight } = layout.rows[side];
  const x = columnMiddle(layout, side, row);
  if (stand !== "turned") return `left:${x - layout.rowHeight / 2}px;width:${layout.rowHeight}px`;
  const width = longest + 2 * GAP + 1;
  const toRight = fromRight === (side === "key");
  const half = side === "query" ? "50%" : "-50%";
  return (
    `left:${toRight ? x : x - width}px;width:${width}px;${side === "query" ? "bottom" : "top"}:0;` +
    `transform-origin:${toRight ? 0 : "100%"} 50%;transform:translateY(${half}) rotate(${fromRight ? SLANT : -SLANT}deg);` +
    `justify-content:${toRight ? "flex-start" : "flex-end"}`
  );
}

/** The list of numbers, beyond the words of their side. */
export function numbersPlace(layout: PageColumns, side: Side) {
  const top = side === "query" ? layout.lead : layout.height - layout.lead - layout.band;
  const size = Math.min(11, layout.fontSize);
  return {
    css: `left:0;width:${layout.width}px;top:${top}px;height:${layout.band}px;font-size:${size}px`,
    names: ["hs-lying", `hs-of-${side}`, ...(layout.turned ? ["hs-narrow"] : [])],
  };
}

/** A number beyond the far end of its word. */
export function numberCss(layout: PageColumns, side: Side, row: number): string {
  const x = columnMiddle(layout, side, row) + shiftOf(layout, side);
  return `left:${x - layout.rowHeight / 2}px;width:${layout.rowHeight}px`;
}

/** The line from the end of a turned word to its number, where the word is shorter than others; `length` in px. */
export function leadCss(layout: PageColumns, side: Side, length: number): string {
  const { stand, depth, longest, fromRight } = layout.rows[side];
  const radians = (SLANT * Math.PI) / 180;
  const height = depth - Math.sin(radians) * (Math.min(longest, length) + 2 * GAP);
  if (stand !== "turned" || height < SHORTEST_LEAD) return "display:none";
  return `height:${height}px;transform:skewX(${(fromRight ? 1 : -1) * (90 - SLANT)}deg)`;
}

/** Names of the sentences of a pair above the queries, a dotted line along the words where the second begins. */
export function sentenceElements(
  left: MarkedColumn,
  right: MarkedColumn,
  layout: PageColumns,
  names: readonly [string, string],
): SentenceElement[] {
  const from = secondSentence(left);
  return [
    ...(from > 0 ? [nameElement(layout, 0, names[0]), nameElement(layout, from, names[1])] : []),
    ...beginsOf(left).map((row) => dividerElement(layout, "query", row)),
    ...beginsOf(right).map((row) => dividerElement(layout, "key", row)),
  ];
}

function nameElement(layout: PageColumns, row: number, text: string): SentenceElement {
  const { depth, fromRight } = layout.rows.query;
  const x = columnMiddle(layout, "query", row) + shiftOf(layout, "query");
  const share = text.length === 1 ? 50 : fromRight ? 100 : 0;
  const top = layout.from - depth - SENTENCE;
  return { name: "hs-sentence", css: `left:${x}px;top:${top}px;transform:translateX(-${share}%)`, text };
}

function dividerElement(layout: PageColumns, side: Side, row: number): SentenceElement {
  const { depth } = layout.rows[side];
  const x = (columnMiddle(layout, side, row - 1) + columnMiddle(layout, side, row)) / 2;
  const query = side === "query";
  const lean = (Math.atan(shiftOf(layout, side) / depth) * 180) / Math.PI;
  const css =
    `left:${x}px;top:${query ? layout.from - depth : layout.to}px;width:0;height:${depth}px;` +
    `transform-origin:0 ${query ? "100%" : 0};transform:skewX(${query ? -lean : lean}deg)`;
  return { name: "hs-divider", css };
}
