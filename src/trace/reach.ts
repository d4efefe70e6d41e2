// Which cells of a layer's attention exist: causality, window and masks, with everything looked up once.

import { inReach } from "./attend.ts";
import type { Trace } from "./trace.ts";
import type { BlockName } from "./types.ts";

/** Which cells of one layer are not masked. */
export interface Reach {
  /** True if a query can see no key after its own position. */
  readonly causal: boolean;
  /** True if learned sinks take a part of every row. */
  readonly sinks: boolean;
  /** True if a mask takes more cells away than `range` says. */
  readonly masked: boolean;
  /** True if `key` may be seen from `query`. */
  visible(query: number, key: number): boolean;
  /** First and one-past-last key that causality and window allow for `query`. */
  range(query: number): readonly [number, number];
}

/** The unmasked cells of a recorded layer; a key must be open in the masks of block and layer. */
export function reachOf(trace: Trace, block: BlockName, layer: number): Reach {
  const recipe = trace.recipe(block, layer);
  const { keys } = trace.sides(block);
  const masks = [`${block}.mask`, `${block}.${layer}.mask`].flatMap((name) => trace.raw(name)?.data ?? []);
  const [before, after] = recipe.window ?? [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  return {
    causal: recipe.causal,
    sinks: recipe.sinks,
    masked: masks.length > 0,
    visible: (query, key) =>
      inReach(recipe, query, key) && masks.every((mask) => Number(mask[query * keys + key]) !== 0),
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
