// All scores of a block in the order in which they are looked at.

import type { BlockName, Trace } from "../trace/index.ts";
import { type ScoreTable, scoreSteps, scoreTables } from "./score-tables.ts";

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
