// What the run that is shown is held against: itself without edits, or text B; and which tokens answer to each other.

import { alignTokens } from "../../analysis/index.ts";
import {
  type Alignment,
  type Attention,
  attentionOf,
  type BlockName,
  differenceOf,
  type Side,
  type Trace,
} from "../../trace/index.ts";
import type { Hover, Selection, Unmatched } from "../view.ts";

/** The other run beside the one that is shown. */
export interface Counterpart {
  readonly attention: Attention;
  /** The one that is shown, whole. */
  readonly shown: Attention;
  /** Names of the other and of the one that is shown. */
  readonly names: readonly [other: string, shown: string];
  /** True if the other stands on the left. */
  readonly first: boolean;
  /** For each token of the one that is shown the matching one of the other; -1 for none. */
  readonly alignment: Alignment;
  /** The one that is shown minus the other. */
  readonly difference: Attention;
}

/** What `run` is held against in a block; null where there is nothing. */
export function counterpartOf(
  run: { readonly before?: Trace | null; readonly b?: Trace | null },
  shown: Attention,
  block: BlockName,
): Counterpart | null {
  const other = run.before ?? run.b;
  if (!other?.manifest.blocks.some(({ name }) => name === block)) return null;
  const attention = attentionOf(other, block);
  const match = (side: Side) => Int32Array.from(alignTokens(attention.tokens(side), shown.tokens(side)));
  const alignment = { query: match("query"), key: match("key") };
  const edited = other === run.before;
  return {
    attention,
    shown,
    alignment,
    names: edited ? ["Original", "Edited"] : ["B", "A"],
    first: edited,
    difference: differenceOf(attention, shown, alignment),
  };
}

/** What the views hatch: tokens of the one that is shown without a counterpart in the other, or the other way round. */
export function unmatchedOf(counterpart: Counterpart, shown: boolean): Unmatched {
  const { alignment } = counterpart;
  const attention = shown ? counterpart.shown : counterpart.attention;
  const alone = (side: Side) => {
    const match = alignment[side];
    const found = new Set(match);
    const all = attention.tokens(side).map((_, at) => at);
    return new Set(all.filter((at) => (shown ? match[at]! < 0 : !found.has(at))));
  };
  return {
    query: alone("query"),
    key: alone("key"),
    visible: (layer, query, key) => attention.reach(layer).visible(query, key),
  };
}

/** A selection of the one that is shown, as one of the other. */
export function selectionThere(selection: Selection, { alignment }: Counterpart): Selection {
  const match = alignment[selection.side];
  return { ...selection, pins: selection.pins.map((pin) => match[pin] ?? -1).filter((pin) => pin >= 0) };
}

/** A selection of the other, as one of the one that is shown. */
export function selectionHere(selection: Selection, { alignment }: Counterpart): Selection {
  const match = alignment[selection.side];
  return { ...selection, pins: selection.pins.map((pin) => match.indexOf(pin)).filter((pin) => pin >= 0) };
}

/** What is pointed at, in the other. */
export function hoverThere(hover: Hover | null, { alignment }: Counterpart): Hover | null {
  if (!hover) return null;
  const at = (side: Side, position: number | null) => {
    const found = position === null ? -1 : (alignment[side][position] ?? -1);
    return found < 0 ? null : found;
  };
  return { ...hover, query: at("query", hover.query), key: at("key", hover.key) };
}

/** What is pointed at in the other, in the one that is shown. */
export function hoverHere(hover: Hover | null, { alignment }: Counterpart): Hover | null {
  if (!hover) return null;
  const at = (side: Side, position: number | null) => {
    const found = position === null ? -1 : alignment[side].indexOf(position);
    return found < 0 ? null : found;
  };
  return { ...hover, query: at("query", hover.query), key: at("key", hover.key) };
}
