// What Python runs in an embedded V8: the scores of a trace and its figures. No definition is written twice.

import { scoreTables } from "../analysis/score-tables.ts";
import { onPaper, paperSvg } from "../export/svg-figure.ts";
import { readTrace } from "../trace/file.ts";
import type { BlockName } from "../trace/types.ts";
import { lettersMeasure } from "../views/scene/table-measure.ts";
import { heldAgainst, otherOf } from "./view-compare.ts";
import { readAs, readingName } from "./view-reading.ts";
import { type FigureValues, paperOf, requestOf, titleOf, viewOf } from "./view-request.ts";

/** Scores of every head of a block as JSON, from the bytes of a trace file as numbers; NaN becomes null. */
export function scoresOf(bytes: ArrayLike<number>, block: BlockName): string {
  const tables = scoreTables(readTrace(Uint8Array.from(bytes)), block);
  return JSON.stringify(tables.map((table) => ({ ...table, values: [...table.values] })));
}

function fromHex(text: string): Uint8Array {
  return Uint8Array.from({ length: text.length / 2 }, (_, i) =>
    Number.parseInt(text.slice(2 * i, 2 * i + 2), 16),
  );
}

/**
 * Options of a figure; `compare` or `hatch` is the other trace file, two hexadecimal digits for each byte, and `letters`
 * the widths of letters in the fonts that will draw it.
 */
interface EmbeddedValues extends FigureValues {
  readonly compare?: string;
  readonly hatch?: string;
  readonly letters?: Parameters<typeof lettersMeasure>[0];
}

/** What `headscope view` writes with these options, as JSON: {svg, title, notes}, or {error}, a sentence. */
export async function figureOf(bytes: ArrayLike<number>, values: EmbeddedValues): Promise<string> {
  try {
    const trace = readTrace(Uint8Array.from(bytes));
    const view = viewOf(values);
    const plain = requestOf(trace, view, values);
    const other = otherOf(values);
    const request = other
      ? heldAgainst(other.how, fromHex(other.run), "the other run", plain, values)
      : await readAs(plain, readingName(values, view), null);
    const paper = { ...paperOf(values), title: titleOf(request) };
    const measure = values.letters ? lettersMeasure(values.letters) : undefined;
    const { scene, leftOut } = onPaper(request, paper, null, measure);
    return JSON.stringify({ svg: paperSvg(scene, paper, null, measure), title: paper.title, notes: leftOut });
  } catch (error) {
    return JSON.stringify({ error: (error as Error).message });
  }
}
