// Which rows and columns of an attention a filter leaves, and which keys are quietened.
// A filter slices: it takes rows and columns away and changes no number.

import type { Attention } from "../trace/index.ts";

/** Which cells are shown. A filter slices and never renormalises. */
export interface CellFilter {
  /** Segments of the queries and keys shown; null for all. "A→B" is {query: 0, key: 1}. */
  readonly segments: { readonly query: 0 | 1; readonly key: 0 | 1 } | null;
  /** Leave out the first token (causal models) or special tokens as keys. */
  readonly hideFirst: boolean;
  readonly hideSpecial: boolean;
  /** Keep the fewest weights of each row that reach this share of its mass, 0 to 1; 1 keeps all. */
  readonly strongest: number;
  /** Weights below, 0 to 1, are not drawn as lines; 0 where left out. */
  readonly least?: number;
  /** First and last position of the queries and of the keys that are shown; all where left out. */
  readonly rows?: PositionRange | undefined;
  readonly columns?: PositionRange | undefined;
}

/** First and last position, both shown. */
export type PositionRange = readonly [first: number, last: number];

export const NO_FILTER: CellFilter = { segments: null, hideFirst: false, hideSpecial: false, strongest: 1 };

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
