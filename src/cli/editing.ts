// Edits on the command line: --edit as JSON, as a sentence or as @FILE, and the other run that patches read.
// Whatever can be told without a model is told before one is opened.

import { alignStreams } from "../analysis/index.ts";
import { InputError, type Model, type RunInput, type RunOptions } from "../engine/index.ts";
import { EditError, editsFromText, type Rotary } from "../trace/index.ts";
import { parseIds, readFeatures, readPixels } from "./input.ts";
import { inputText } from "./input-bytes.ts";
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
  align: { type: "string" },
} as const;

/** Their lines in the help. */
export const EDIT_USAGE = `  --edit EDIT        change the model: "zero head 4.11", "block 7>2 in 5.3", JSON, or @FILE; repeatable
  --other-text T     the other run, which patches and means read; or --other-ids, --other-type-ids,
                     --other-target-ids, --other-pixels, --other-features
  --align WAY        which tokens of the other run answer to those of the text: "tokens" (matched by what they
                     say), or for each token of the text a number, -1 for none, e.g. 0,1,-1,2; without it
                     the two have as many tokens, matched by position`;

/** The values of EDIT_OPTIONS as parseArgs returns them. */
export interface EditValues {
  readonly edit?: string[] | undefined;
  readonly "other-text"?: string | undefined;
  readonly "other-ids"?: string | undefined;
  readonly "other-type-ids"?: string | undefined;
  readonly "other-target-ids"?: string | undefined;
  readonly "other-pixels"?: string | undefined;
  readonly "other-features"?: string | undefined;
  readonly align?: string | undefined;
}

/** Pairs of any number: enough to read a sentence before the model is known. */
const ANY_PAIRS: Rotary = { dims: 100_000, style: "half" };

/** Edits, other run and alignment of a command line, for an input of a model. */
export type Editing = (
  model: Pick<Model, "rotary" | "tokens">,
  input: RunInput,
) => Pick<RunOptions, "edits" | "other" | "align">;

/** What a command line says of edits. A sentence that is none is a wrong usage. */
export async function readEditing(values: EditValues, signal: AbortSignal): Promise<Editing> {
  const texts = await Promise.all((values.edit ?? []).map((given) => textOf(given, signal)));
  for (const text of texts) readSentences(text, ANY_PAIRS);
  const other = await otherInput(values, signal);
  if (other && texts.length === 0) throw new UsageError("The other run is read by edits: give --edit too.");
  const align = readAlign(values.align);
  if (align && !other) throw new UsageError("--align says how another run is read: give --other-text too.");
  return (model, input) => ({
    ...(texts.length && { edits: texts.flatMap((text) => editsFromText(text, model.rotary)) }),
    ...(other && { other }),
    ...(other && align && { align: align(model, other, input) }),
  });
}

/** How the tokens of an input answer to those of another one. */
export type Align = (model: Pick<Model, "tokens">, other: RunInput, input: RunInput) => RunOptions["align"];

/** --align: by what tokens say, or as a list; undefined where it is not given. */
export function readAlign(given: string | undefined): Align | undefined {
  if (given === undefined) return undefined;
  if (given === "tokens")
    return (model, other, input) => alignStreams(model.tokens(other), model.tokens(input));
  if (!/^\s*-?\d/.test(given))
    throw new UsageError(`--align is "${given}"; it may be "tokens", or numbers with commas, e.g. 0,1,-1,2.`);
  const list = parseIds("--align", given);
  return (model, _, input) => {
    const [first, ...more] = model.tokens(input);
    if (more.length > 0)
      throw new InputError("--align as a list is for models that read one text; give --align tokens.");
    const { stream, tokens } = first!;
    if (list.length === tokens.length) return { [stream]: list };
    throw new InputError(
      `--align holds ${list.length} numbers for ${tokens.length} tokens: give for each token of the text that is changed the number of the other's token, -1 for none.`,
    );
  };
}

async function textOf(given: string, signal: AbortSignal): Promise<string> {
  if (!given.startsWith("@")) return given;
  const path = given.slice(1);
  return inputText(path, signal).catch((error: NodeJS.ErrnoException) => {
    signal.throwIfAborted();
    throw new UsageError(`--edit @${path}: the file cannot be read (${error.code ?? error.message}).`);
  });
}

function readSentences(text: string, rotary: Rotary): void {
  try {
    if (editsFromText(text, rotary).length === 0) throw new UsageError("--edit holds no edit.");
  } catch (error) {
    throw error instanceof EditError ? new UsageError(error.message) : error;
  }
}

async function otherInput(values: EditValues, signal: AbortSignal): Promise<RunInput | undefined> {
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
    ...(pixels !== undefined && { pixels: await readPixels(pixels, signal) }),
    ...(features !== undefined && { features: await readFeatures(features, signal) }),
    ...(typeIds !== undefined && { typeIds: parseIds("--other-type-ids", typeIds) }),
    ...(targetIds !== undefined && { targetIds: parseIds("--other-target-ids", targetIds) }),
  };
}
