// What Python runs in an embedded V8 to have the scores of a trace: no definition is written twice.

import { scoreTables } from "../../analysis/score-tables.ts";
import { readTrace } from "../../trace/file.ts";
import type { BlockName } from "../../trace/types.ts";

/** Scores of every head of a block as JSON, from the bytes of a trace file as numbers; NaN becomes null. */
export function scoresOf(bytes: ArrayLike<number>, block: BlockName): string {
  const tables = scoreTables(readTrace(Uint8Array.from(bytes)), block);
  return JSON.stringify(tables.map((table) => ({ ...table, values: [...table.values] })));
}
