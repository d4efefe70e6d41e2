// Edits on the command line: --edit as JSON, as a sentence or as @FILE, and the other run that patches read.
// Whatever can be told without a model is told before one is opened.

import { readFile } from "node:fs/promises";
import type { Model, RunInput, RunOptions } from "../engine/index.ts";
import { EditError, editsFromText, type Rotary } from "../trace/index.ts";
import { parseIds, readFeatures, readPixels } from "./input.ts";
import { UsageError } from "./report.ts";

/** Options of edits, for parseArgs. */
export const EDIT_OPTIONS = {
  edit: { type: "string", multiple: true },
  "other-text": { type: "string" },
  "other-ids": { type: "string" },
  "other-type-ids": { type: "string" },
  "other-target-ids": { type: "string" },
  "other-pixels": { type: "string" },
  "other-features": { type: "string" },
} as const;

/** Their lines in the help. */
export const EDIT_USAGE = `  --edit EDIT        change the model: "zero head 4.11", "block 7>2 in 5.3", JSON, or @FILE; repeatable
  --other-text T     the other run, which patches and means read; or --other-ids, --other-type-ids,
                     --other-target-ids, --other-pixels, --other-features`;

/** The values of EDIT_OPTIONS as parseArgs returns them. */
export interface EditValues {
  readonly edit?: string[] | undefined;
  readonly "other-text"?: string | undefined;
  readonly "other-ids"?: string | undefined;
  readonly "other-type-ids"?: string | undefined;
  readonly "other-target-ids"?: string | undefined;
  readonly "other-pixels"?: string | undefined;
  readonly "other-features"?: string | undefined;
}

/** Pairs of any number: enough to read a sentence before the model is known. */
const ANY_PAIRS: Rotary = { dims: 100_000, style: "half" };

/** Edits and other run of a command line, once the model is there. A sentence that is none is a wrong usage. */
export async function readEditing(
  values: EditValues,
): Promise<(model: Pick<Model, "rotary">) => Pick<RunOptions, "edits" | "other">> {
  const texts = await Promise.all((values.edit ?? []).map(textOf));
  for (const text of texts) readSentences(text, ANY_PAIRS);
  const other = await otherInput(values);
  if (other && texts.length === 0) throw new UsageError("The other run is read by edits: give --edit too.");
  return ({ rotary }) => ({
    ...(texts.length && { edits: texts.flatMap((text) => editsFromText(text, rotary)) }),
    ...(other && { other }),
  });
}

async function textOf(given: string): Promise<string> {
  return given.startsWith("@") ? readFile(given.slice(1), "utf8") : given;
}

function readSentences(text: string, rotary: Rotary): void {
  try {
    if (editsFromText(text, rotary).length === 0) throw new UsageError("--edit holds no edit.");
  } catch (error) {
    throw error instanceof EditError ? new UsageError(error.message) : error;
  }
}

async function otherInput(values: EditValues): Promise<RunInput | undefined> {
  const { "other-text": text, "other-ids": ids } = values;
  const { "other-pixels": pixels, "other-features": features } = values;
  const kinds = [text, ids, pixels, features].filter((kind) => kind !== undefined).length;
  const { "other-type-ids": typeIds, "other-target-ids": targetIds } = values;
  if (kinds > 1)
    throw new UsageError(
      "--other-text, --other-ids, --other-pixels and --other-features exclude each other.",
    );
  if (kinds === 0 && (typeIds ?? targetIds) !== undefined)
    throw new UsageError(
      "The other run needs --other-text, --other-ids, --other-pixels or --other-features.",
    );
  if (typeIds !== undefined && ids === undefined)
    throw new UsageError("--other-type-ids works only together with --other-ids.");
  if (kinds === 0) return undefined;
  return {
    ...(text !== undefined && { text }),
    ...(ids !== undefined && { ids: parseIds("--other-ids", ids) }),
    ...(pixels !== undefined && { pixels: await readPixels(pixels) }),
    ...(features !== undefined && { features: await readFeatures(features) }),
    ...(typeIds !== undefined && { typeIds: parseIds("--other-type-ids", typeIds) }),
    ...(targetIds !== undefined && { targetIds: parseIds("--other-target-ids", targetIds) }),
  };
}
