// Head scores of the run that is shown, by attention block: at once where they are cheap, else when the page is idle.

import { AT_ONCE, costOf, type ScoreTable, scoreSteps, scoreTables } from "../../analysis/index.ts";
import type { BlockName, Trace } from "../../trace/index.ts";

/** Tables by block: those that were computed so far. */
export type ScoresByBlock = ReadonlyMap<BlockName, readonly ScoreTable[]>;

/** The scores of a block where they are cheap; null where they should wait. */
export function scoresAtOnce(trace: Trace, block: BlockName): readonly ScoreTable[] | null {
  return costOf(trace, block) <= AT_ONCE ? scoresOf(trace, block) : null;
}

/** All scores of a block; between two streams alignment is what one looks for first. */
export function scoresOf(trace: Trace, block: BlockName): readonly ScoreTable[] {
  return alignmentFirst(scoreTables(trace, block));
}

/** The same, with a pause behind each layer, in which something else may be done. */
export async function scoresInPauses(
  trace: Trace,
  block: BlockName,
  pause: () => Promise<void>,
): Promise<readonly ScoreTable[]> {
  const steps = scoreSteps(trace, block);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return alignmentFirst(value);
    await pause();
  }
}

function alignmentFirst(tables: readonly ScoreTable[]): readonly ScoreTable[] {
  const alignment = tables.filter((table) => table.id === "alignment");
  return [...alignment, ...tables.filter((table) => table.id !== "alignment")];
}
