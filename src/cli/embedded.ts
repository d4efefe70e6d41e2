// What Python runs in an embedded V8: the scores of a trace and its figures. No definition is written twice.

import { scoreTables } from "../analysis/score-tables.ts";
import { onPaper, paperSvg } from "../export/svg-figure.ts";
import { readTrace } from "../trace/file.ts";
import type { BlockName } from "../trace/types.ts";
import { readAs, readingName } from "./view-choice.ts";
import { type FigureValues, paperOf, requestOf, titleOf, viewOf } from "./view-request.ts";

/** Scores of every head of a block as JSON, from the bytes of a trace file as numbers; NaN becomes null. */
export function scoresOf(bytes: ArrayLike<number>, block: BlockName): string {
  const tables = scoreTables(readTrace(Uint8Array.from(bytes)), block);
  return JSON.stringify(tables.map((table) => ({ ...table, values: [...table.values] })));
}

/** What `headscope view` writes with these options, as JSON: {svg, title, notes}, or {error}, a sentence. */
export async function figureOf(bytes: ArrayLike<number>, values: FigureValues): Promise<string> {
  try {
    const trace = readTrace(Uint8Array.from(bytes));
    const view = viewOf(values);
    const plain = requestOf(trace, view, values);
    const request = await readAs(plain, readingName(values, view), null);
    const paper = { ...paperOf(values), title: titleOf(request) };
    const { scene, leftOut } = onPaper(request, paper, null);
    return JSON.stringify({ svg: paperSvg(scene, paper, null), title: paper.title, notes: leftOut });
  } catch (error) {
    return JSON.stringify({ error: (error as Error).message });
  }
}
