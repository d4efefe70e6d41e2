// Which rows and columns of an attention a filter leaves, and which keys are quietened.
// A filter slices: it takes rows and columns away and changes no number.

import type { Attention } from "../../trace/index.ts";
import type { CellFilter, PositionRange } from "../view.ts";

/** Positions that are shown, ascending. */
export interface Slice {
  readonly queries: readonly number[];
  readonly keys: readonly number[];
}

/** The queries and keys that `filter` leaves. */
export function sliceOf(attention: Attention, filter: CellFilter): Slice {
  const [rows, columns] = [attention.tokens("query"), attention.tokens("key")];
  const { segments, hideFirst, hideSpecial } = filter;
  const inRow = (i: number): boolean =>
    (!segments || rows[i]!.segment === segments.query) && inRange(filter.rows, i);
  const inColumn = (j: number): boolean =>
    inRange(filter.columns, j) &&
    (!segments || columns[j]!.segment === segments.key) &&
    !(hideFirst && j === 0) &&
    !(hideSpecial && columns[j]!.special);
  return { queries: positions(rows.length).filter(inRow), keys: positions(columns.length).filter(inColumn) };
}

function inRange(range: PositionRange | undefined, position: number): boolean {
  return !range || (position >= range[0] && position <= range[1]);
}

/** True if two filters leave the same rows and columns. */
export function sameSlices(a: CellFilter, b: CellFilter): boolean {
  const sides = a.segments?.query === b.segments?.query && a.segments?.key === b.segments?.key;
  const ranges = a.rows?.join() === b.rows?.join() && a.columns?.join() === b.columns?.join();
  return sides && ranges && a.hideFirst === b.hideFirst && a.hideSpecial === b.hideSpecial;
}

/**
 * Keys that swamp the rest in small pictures, drawn faintly there: the first token of a causal model
 * ("attention sink", Xiao et al. 2023), else the special tokens.
 */
export function quietKeys(attention: Attention): ReadonlySet<number> {
  if (attention.scale === "difference") return new Set();
  const tokens = attention.tokens("key");
  const special = positions(tokens.length).filter((j) => tokens[j]!.special);
  return new Set(attention.reach(0).causal ? [0, ...special] : special);
}

function positions(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
