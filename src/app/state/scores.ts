// Head scores of the run that is shown, by attention block: at once where they are cheap, else when the page is idle.

import { AT_ONCE, costOf, type ScoreTable, scoresOf } from "../../analysis/index.ts";
import type { BlockName, Trace } from "../../trace/index.ts";

/** Tables by block: those that were computed so far. */
export type ScoresByBlock = ReadonlyMap<BlockName, readonly ScoreTable[]>;

/** The scores of a block where they are cheap; null where they should wait. */
export function scoresAtOnce(trace: Trace, block: BlockName): readonly ScoreTable[] | null {
  return costOf(trace, block) <= AT_ONCE ? scoresOf(trace, block) : null;
}
