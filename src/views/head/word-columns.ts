// Everything of the head view that depends on pins and hover, as elements: shading of words, numbers, their title.

import type { Side } from "../../trace/index.ts";
import { shadeOf } from "../look/shade.ts";
import { wordOf } from "../read/words.ts";
import type { CommonProps, Hover } from "../view.ts";
import { type ColumnWeights, type Combine, columnTitle } from "./column-weights.ts";
import type { Active, HeadData } from "./data.ts";
import type { HeadFrame } from "./frame.ts";
import type { LinesLayout } from "./lines-layout.ts";
import type { WordLook } from "./token-column.ts";

/** A word under the pointer or the keyboard. */
export interface HoveredWord {
  readonly side: Side;
  readonly position: number;
}

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

/** What is shown. */
export interface Spotlight {
  readonly props: Pick<CommonProps, "attention" | "selection">;
  readonly data: HeadData;
  readonly layout: LinesLayout;
  readonly window: readonly [number, number];
  /** One CSS colour per active head. */
  readonly colors: readonly string[];
  readonly active: Active;
  /** Words under the pointer, here or in another view. */
  readonly hovered: readonly HoveredWord[];
  /** Null while they are being worked out. */
  readonly weights: ColumnWeights | null;
  readonly combine: Combine;
}

/** Show words, title and numbers as `spot` says. */
export function showSpotlight(frame: HeadFrame, spot: Spotlight): void {
  const { weights, active, data } = spot;
  const from = weights ? data.threshold(weights, active) : 0;
  dress(frame, spot, from);
  showTitle(frame, spot);
  showNumbers(frame, spot, from);
}

function dress(frame: HeadFrame, spot: Spotlight, from: number): void {
  const { active, weights, colors, hovered } = spot;
  const { pins, side: pinSide } = spot.props.selection;
  const any = active.positions.length > 0;
  const [chosen, pinned] = [new Set(active.positions), new Set(pins)];
  const look = (side: Side, position: number): WordLook => {
    const own = side === active.side;
    const strong = any && !own && weights !== null && weights.mean[position]! >= from;
    const perHead = strong ? weights.heads.map((head) => head[position]!) : [];
    return {
      pinned: side === pinSide && pinned.has(position),
      hovered: hovered.some((word) => word.side === side && word.position === position),
      faint: any && !(own ? chosen.has(position) : strong),
      shade: strong ? shadeOf(perHead, colors, from) : "",
    };
  };
  frame.left.dress((position) => look("query", position));
  frame.right.dress((position) => look("key", position));
}

/** The title of the numbers; where several words are pinned it switches between their mean and their sum. */
function showTitle(frame: HeadFrame, { active, combine, props }: Spotlight): void {
  const title = frame.weightTitle;
  const words = active.positions.length;
  title.textContent = columnTitle(props.selection.heads.length, words, combine);
  title.disabled = words < 2;
  title.classList.toggle("hs-switch", words > 1);
  title.title = words > 1 ? `Show their ${combine === "mean" ? "sum" : "mean"}` : "";
}

function showNumbers(frame: HeadFrame, spot: Spotlight, from: number): void {
  const { active, weights, data, combine, layout, window, colors } = spot;
  const words = active.positions.length;
  const given = weights !== null && words > 0 && active.side === "query";
  frame.rest.textContent = given ? data.rest(weights, from, combine === "sum" ? words : 1) : "";
  if (!weights || (words === 0 && layout.barWidth === 0)) {
    frame.weights.clear();
    return;
  }
  const taken = words > 0 && active.side === "key";
  const tokens = spot.props.attention.tokens(taken ? "query" : "key");
  frame.weights.show({
    weights,
    colors,
    layout,
    window,
    shown: taken ? data.slice.queries : data.slice.keys,
    from: words === 0 ? 0 : from,
    word: (position) => wordOf(tokens[position]!),
    named: taken,
  });
}
