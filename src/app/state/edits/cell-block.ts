// What edits are made in, and the one that a key makes; the menu's others (changes.ts) are fetched when they are shown.

import type { BlockName, Edit, Rotary, Trace } from "../../../trace/index.ts";
import type { Target } from "./list.ts";

/** What changes are made in: the run, its block, and whether there is another text to take numbers from. */
export interface Where {
  readonly trace: Trace;
  readonly block: BlockName;
  readonly other: boolean;
  /** Which components of q and k turn together, so that a pair is called one; null where none do. */
  readonly rotary: Rotary | null;
}

/** The change that X makes: the weight is hidden before the softmax. Null where it is hidden anyway. */
export function blockOfCell({ layer, head, query, key }: Omit<Target, "x" | "y">, where: Where): Edit | null {
  if (head === null || query === null || key === null) return null;
  if (!where.trace.visible(where.block, layer, query, key)) return null;
  return { op: "block", at: "scores", ...named(where), layer, head, query, key };
}

/** The block's name, where a run has more than one. */
export function named({ trace, block }: Where): { readonly block?: BlockName } {
  return trace.manifest.blocks.length > 1 ? { block } : {};
}
