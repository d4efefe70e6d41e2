// What the head view says besides its lines, as values: how each word looks, the numbers beside the words, the titles.
// A page makes elements of it, a figure makes marks of it.

import type { Attention, Side } from "../../trace/index.ts";
import { formatNumber, HIGH } from "../look/palette.ts";
import { shadesOf } from "../look/shade.ts";
import { wordsOf } from "../read/words.ts";
import type { Edited, Selection, Unmatched } from "../view.ts";
import { type ColumnWeights, type Combine, columnTitle } from "./column-weights.ts";
import type { Active, HeadData } from "./data.ts";

/** A word under the pointer or the keyboard. */
export interface HoveredWord {
  readonly side: Side;
  readonly position: number;
}

/** What the words and numbers depend on. */
export interface Spot {
  readonly attention: Attention;
  readonly selection: Selection;
  readonly data: HeadData;
  readonly active: Active;
  /** Words under the pointer, here or in another view. */
  readonly hovered: readonly HoveredWord[];
  /** Null while they are being worked out. */
  readonly weights: ColumnWeights | null;
  readonly combine: Combine;
  readonly unmatched?: Unmatched | null | undefined;
  readonly edited?: Edited | null | undefined;
}

/** How one word looks. */
export interface WordLook {
  readonly pinned: boolean;
  readonly hovered: boolean;
  readonly faint: boolean;
  /** Without a counterpart in the run it is compared with. */
  readonly unmatched: boolean;
  /** Its stream was changed by an edit in the layer that is shown. */
  readonly changed: boolean;
  /** Opacity of the stripe of each active head with the sign of its weight; none where the word is not shaded. */
  readonly shades: readonly number[];
}

/** One number beside a word. */
export interface NumberRow {
  readonly row: number;
  readonly word: string;
  readonly text: string;
  /** Set in bold. */
  readonly high: boolean;
  /** Weight of each active head. */
  readonly parts: readonly number[];
}

/** The column of numbers and what stands around it. */
export interface HeadNumbers {
  readonly title: string;
  /** Several words are put together: the title says how. */
  readonly several: boolean;
  readonly rows: readonly NumberRow[];
  /** Numbers stand beside the other column than their words, and so name them. */
  readonly named: boolean;
  /** Where the rest of the mass is, or "". */
  readonly rest: string;
}

/** From which weight on a word of the other side is shaded and numbered. */
function thresholdOf({ weights, data, active }: Spot): number {
  return weights ? data.threshold(weights, active) : 0;
}

/** How words look: pinned and hovered ones, those that the active words give to or get from, and the rest. */
export function looksOf(spot: Spot): (side: Side, position: number) => WordLook {
  const { active, weights, hovered, selection } = spot;
  const from = thresholdOf(spot);
  const any = active.positions.length > 0;
  const [chosen, pinned] = [new Set(active.positions), new Set(selection.pins)];
  const changedOn = (side: Side) => spot.edited?.words?.(selection.layer, side);
  const changed = { query: changedOn("query"), key: changedOn("key") };
  return (side, position) => {
    const own = side === active.side;
    const strong = any && !own && weights !== null && Math.abs(weights.mean[position]!) >= from;
    const perHead = strong ? weights.heads.map((head) => head[position]!) : [];
    return {
      pinned: side === selection.side && pinned.has(position),
      hovered: hovered.some((word) => word.side === side && word.position === position),
      faint: any && !(own ? chosen.has(position) : strong),
      unmatched: spot.unmatched?.[side].has(position) ?? false,
      changed: changed[side]?.has(position) ?? false,
      shades: shadesOf(perHead, from),
    };
  };
}

/** The side of the words that numbers belong to. */
export function numberedSide({ named }: Pick<HeadNumbers, "named">): Side {
  return named ? "query" : "key";
}

/** Numbers of the rows in a side's window; without active words only where there are bars to see. */
export function numbersOf(
  spot: Spot,
  windowOf: (side: Side) => readonly [number, number],
  bars: boolean,
): HeadNumbers {
  const { active, weights, data, combine, selection } = spot;
  const words = active.positions.length;
  const signed = spot.attention.scale === "difference";
  const from = thresholdOf(spot);
  const given = weights !== null && words > 0 && active.side === "query";
  const named = words > 0 && active.side === "key";
  const side = numberedSide({ named });
  return {
    title: words === 0 && signed ? "mean change" : columnTitle(selection.heads.length, words, combine),
    several: words > 1,
    rows: weights && (words > 0 || bars) ? numberRows(spot, weights, windowOf(side), side, from) : [],
    named,
    rest: given ? data.rest(weights, from, combine === "sum" ? words : 1) : "",
  };
}

function numberRows(
  { attention, data, active }: Spot,
  weights: ColumnWeights,
  [first, end]: readonly [number, number],
  side: Side,
  from: number,
): NumberRow[] {
  const words = wordsOf(attention.tokens(side));
  const shown = side === "query" ? data.slice.queries : data.slice.keys;
  const least = active.positions.length === 0 ? 0 : from;
  const rows: NumberRow[] = [];
  for (let row = first; row < Math.min(end, shown.length); row++) {
    const position = shown[row]!;
    const mean = weights.mean[position]!;
    if (Math.abs(mean) < least) continue;
    const parts = weights.heads.map((head) => head[position]!);
    rows.push({ row, word: words[position]!, text: formatNumber(mean), high: Math.abs(mean) > HIGH, parts });
  }
  return rows;
}

/** What is said in place of a picture of heads that were not recorded; "" where one was. */
export function notRecorded(attention: Attention, { layer, heads }: Selection): string {
  if (heads.some((head) => attention.state(layer, head) !== "absent")) return "";
  const one = attention.state(layer) !== "absent" && heads.length === 1;
  return one ? `Head ${layer}.${heads[0]} was not recorded.` : `Layer ${layer} was not recorded.`;
}
