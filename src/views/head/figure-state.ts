// What a head figure says, before it is laid out: chosen edges, how words look, numbers, what is left out.

import type { Attention } from "../../trace/index.ts";
import type { ThemeName } from "../look/theme.ts";
import { wordsOf } from "../read/words.ts";
import type { Sign } from "../scene/key.ts";
import type { CellFilter, Edited, Hover, Selection, Unmatched } from "../view.ts";
import { type LineColors, lineColors, massOf } from "./colors.ts";
import type { Combine } from "./column-weights.ts";
import type { HeadData } from "./data.ts";
import { type Edges, omission } from "./edges.ts";
import type { Orientation } from "./layout.ts";
import { restingOpacity } from "./lines.ts";
import { type HeadNumbers, looksOf, numbersOf, type Spot, type WordLook } from "./picture.ts";
import { wordsUnder } from "./word-columns.ts";

/** What the figure shows. */
export interface HeadFigureRequest {
  readonly attention: Attention;
  readonly selection: Selection;
  readonly filter: CellFilter;
  readonly hover?: Hover | null;
  readonly combine?: Combine;
  readonly edited?: Edited | null;
  readonly unmatched?: Unmatched | null;
  /** Vertical where left out. */
  readonly orientation?: Orientation;
  /** True where a bar of squares above the figure names the heads and their colours already. */
  readonly bar?: boolean;
}

/** A head figure without places. */
export interface HeadState {
  readonly colors: LineColors;
  readonly edges: Edges;
  /** Edges of the active words, or null. */
  readonly strong: Edges | null;
  /** Opacity of the resting lines. */
  readonly faded: number;
  readonly look: (side: Selection["side"], position: number) => WordLook;
  readonly numbers: HeadNumbers;
  /** Which lines are shown where not all are. */
  readonly leftOut: string | null;
  /** Where the rest of the mass is, or "". */
  readonly rest: string;
}

const never = (): boolean => false;

/** The state of a request; `bars` as in `numbersOf`. */
export function stateOf(
  request: HeadFigureRequest,
  data: HeadData,
  theme: ThemeName,
  bars: boolean,
): HeadState {
  const { attention, selection, filter, combine = "mean", hover } = request;
  const { heads, pins, side } = selection;
  const { queries } = data.slice;
  const rowOf = (at: Selection["side"], position: number): number =>
    (at === "query" ? data.leftRows : data.rightRows)[position] ?? -1;
  const hovered = wordsUnder(hover, selection.layer).filter((word) => rowOf(word.side, word.position) >= 0);
  const active = hovered[0]
    ? { side: hovered[0].side, positions: [hovered[0].position] }
    : { side, positions: pins.filter((pin) => rowOf(side, pin) >= 0) };
  const any = active.positions.length > 0;
  const weights = data.weights(heads, active, queries, combine, never);
  const spot: Spot = {
    attention,
    selection,
    data,
    active,
    hovered,
    weights,
    combine,
    unmatched: request.unmatched,
    edited: request.edited,
  };
  const numbers = numbersOf(spot, () => [0, data.count], bars);
  const edges = data.resting(heads, queries, false);
  return {
    colors: lineColors(attention, selection, theme),
    edges,
    strong: any ? data.strong(heads, active, queries) : null,
    faded: any ? restingOpacity(data.count, theme) : 1,
    look: looksOf(spot),
    numbers,
    leftOut: omission(edges, massOf(attention), filter.least),
    rest: numbers.rest,
  };
}

/** Signs of the words and lines that are shown; `lines`: how many lines edits changed. */
export function signsOf({ look }: HeadState, data: HeadData, lines: number): Sign[] {
  const { left, right } = data.columns;
  const looks = [...left.shown.map((at) => look("query", at)), ...right.shown.map((at) => look("key", at))];
  return [
    ...(looks.some(({ unmatched }) => unmatched) ? ["hatched" as const] : []),
    ...(lines > 0 || looks.some(({ changed }) => changed) ? ["edited" as const] : []),
  ];
}

/** The words of each side that are shown. */
export function wordsShown(data: HeadData): { readonly query: string[]; readonly key: string[] } {
  const { left, right } = data.columns;
  const words = ({ tokens, shown }: typeof left): string[] => shown.map((at) => wordsOf(tokens)[at]!);
  return { query: words(left), key: words(right) };
}
