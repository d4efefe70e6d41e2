// Everything of the head view that depends on pins and hover, as elements: shading of words, numbers, their title.

import type { Side } from "../../trace/index.ts";
import { shadeCss } from "../look/shade.ts";
import type { Hover } from "../view.ts";
import { rowsIn, type Stretch } from "./axis.ts";
import { type LineColors, partColors } from "./colors.ts";
import type { HeadFrame } from "./frame.ts";
import {
  type HeadNumbers,
  type HoveredWord,
  looksOf,
  numberedSide,
  numbersOf,
  type Spot,
} from "./picture.ts";

/** The words of what another view points at, the one whose lines are shown first; none of another layer. */
export function wordsUnder(hover: Hover | null | undefined, layer: number): HoveredWord[] {
  if (!hover || hover.layer !== layer) return [];
  const word = (side: Side, position: number | null): HoveredWord[] =>
    position === null ? [] : [{ side, position }];
  return [...word("query", hover.query), ...word("key", hover.key)];
}

/** A hovered word as a callback prop reports it. */
export function hoverOf(at: HoveredWord | null, layer: number): Hover | null {
  if (!at) return null;
  const [query, key] = at.side === "query" ? [at.position, null] : [null, at.position];
  return { layer, head: null, query, key };
}

/** Where it is shown. */
export interface Shown extends Stretch {
  readonly colors: LineColors;
}

/** Show words, title and numbers as `spot` says. */
export function showSpotlight(frame: HeadFrame, spot: Spot, { layout, window, colors }: Shown): void {
  const look = looksOf(spot);
  const dressed = (side: Side) => (position: number) => {
    const { shades, ...rest } = look(side, position);
    return { ...rest, shade: shadeCss(shades, partColors(colors, shades), shadeAngle(layout, side)) };
  };
  frame.left.dress(dressed("query"));
  frame.right.dress(dressed("key"));
  const rows = (side: Side) => rowsIn(layout, side, window, spot.data.count);
  const numbers = numbersOf(spot, rows, layout.barWidth > 0);
  showTitle(frame, numbers, spot);
  frame.numbersAt(numberedSide(numbers));
  frame.rest.textContent = numbers.rest;
  frame.weights.show({ numbers, colors, layout });
}

/** Stripes lie side by side along the letters, which may stand one below the other. */
function shadeAngle(layout: Stretch["layout"], side: Side): number {
  return layout.orientation === "horizontal" && layout.rows[side].stand === "stacked" ? 180 : 90;
}

/** The title of the numbers; where several words are pinned it switches between their mean and their sum. */
function showTitle({ weightTitle }: HeadFrame, { title, several }: HeadNumbers, { combine }: Spot): void {
  weightTitle.textContent = title;
  weightTitle.disabled = !several;
  weightTitle.classList.toggle("hs-switch", several);
  weightTitle.title = several ? `Show their ${combine === "mean" ? "sum" : "mean"}` : "";
}
