// Which rows and columns of a block a filter leaves, and which keys are quietened.
// A filter slices: it takes rows and columns away and changes no number.

import { type BlockName, inReach, type Trace } from "../../trace/index.ts";
import type { CellFilter } from "../view.ts";

/** Positions that are shown, ascending. */
export interface Slice {
  readonly queries: readonly number[];
  readonly keys: readonly number[];
}

/** The queries and keys of `block` that `filter` leaves. */
export function sliceOf(trace: Trace, block: BlockName, filter: CellFilter): Slice {
  const { queries, keys } = trace.block(block);
  const rows = trace.stream(queries).tokens;
  const columns = trace.stream(keys).tokens;
  const { segments, hideFirst, hideSpecial } = filter;
  const inRow = (i: number): boolean => !segments || rows[i]!.segment === segments.query;
  const inColumn = (j: number): boolean =>
    (!segments || columns[j]!.segment === segments.key) &&
    !(hideFirst && j === 0) &&
    !(hideSpecial && columns[j]!.special);
  return { queries: positions(rows.length).filter(inRow), keys: positions(columns.length).filter(inColumn) };
}

/** True if two filters leave the same rows and columns. */
export function sameSlices(a: CellFilter, b: CellFilter): boolean {
  const sides = a.segments?.query === b.segments?.query && a.segments?.key === b.segments?.key;
  return sides && a.hideFirst === b.hideFirst && a.hideSpecial === b.hideSpecial;
}

/**
 * Keys that swamp the rest in small pictures, drawn faintly there: the first token of a causal model
 * ("attention sink", Xiao et al. 2023), else the special tokens.
 */
export function quietKeys(trace: Trace, block: BlockName): ReadonlySet<number> {
  const tokens = trace.stream(trace.block(block).keys).tokens;
  const special = positions(tokens.length).filter((j) => tokens[j]!.special);
  return new Set(trace.recipe(block, 0).causal ? [0, ...special] : special);
}

/** Which cells of one layer are not masked, with everything looked up once. */
export interface Reach {
  /** True if `key` may be seen from `query`. */
  visible(query: number, key: number): boolean;
  /** First and one-past-last key that causality and window allow for `query`. */
  range(query: number): readonly [number, number];
  /** True if a stored mask takes more cells away than `range` says. */
  readonly masked: boolean;
}

/** The unmasked cells of a layer. */
export function reachOf(trace: Trace, block: BlockName, layer: number): Reach {
  const recipe = trace.recipe(block, layer);
  const { keys } = trace.sides(block);
  const mask = trace.mask(block, layer);
  const [before, after] = recipe.window ?? [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  return {
    masked: mask !== undefined,
    visible: (query, key) => inReach(recipe, query, key) && (!mask || mask(query, key)),
    range: (query) => [
      Math.max(0, query - before),
      Math.min(keys, query + 1 + (recipe.causal ? Math.min(0, after) : after)),
    ],
  };
}

/** Number of keys that `query` can see. */
export function countVisible(reach: Reach, query: number): number {
  const [from, to] = reach.range(query);
  if (!reach.masked) return Math.max(0, to - from);
  let count = 0;
  for (let key = from; key < to; key++) if (reach.visible(query, key)) count++;
  return count;
}

function positions(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
