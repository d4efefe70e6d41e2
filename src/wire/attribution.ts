// Attribution as the page and the command line ask for it: one run, and what its parts add to a logit.

import {
  ATTRIBUTION_CAPTURES,
  attribute,
  attributionTable,
  likeliest,
  logitName,
  logitsAt,
  sourcesTable,
  type Table,
  tableJson,
} from "../analysis/index.ts";
import { InputError, type Model, type RunInput, type RunOptions } from "../engine/index.ts";
import type { BlockName, Trace } from "../trace/index.ts";
import type { Answers, AttributionRequest } from "./protocol.ts";
import { type Bench, maskPosition, matched, wordsOf } from "./tables.ts";

/** Whose logit is told apart, and where. */
export interface AskedParts {
  /** Ids; the likeliest word if left out, and no difference. */
  readonly target?: number | undefined;
  readonly against?: number | undefined;
  /** The first mask, or the last position if left out. */
  readonly position?: number | undefined;
  /** The head that is told apart by source word. */
  readonly head?: { readonly block: BlockName; readonly layer: number; readonly head: number } | undefined;
}

/** Tables of an attribution. */
export interface Parts {
  readonly parts: Table;
  /** Null where no head was named. */
  readonly sources: Table | null;
}

/** The tables of an attribution as JSON. */
export async function attributionTables(
  { model, read, signal }: Bench,
  request: AttributionRequest,
): Promise<Answers["attribution"]> {
  const input = read(request.input);
  const { edits = [], other, target, against, position, head } = request;
  const from = other && read(other);
  const align = from && matched(model, from, input);
  const asked = { target, against, position, head };
  const { parts, sources } = await partsOf(model, input, asked, { edits, other: from, align, signal });
  return { parts: tableJson(parts), sources: sources && tableJson(sources) };
}

/** Runs an input and tells a logit of it apart. */
export async function partsOf(
  model: Model,
  input: RunInput,
  asked: AskedParts,
  options: RunOptions,
): Promise<Parts> {
  const { trace } = await model.run(input, { ...options, captures: ATTRIBUTION_CAPTURES });
  const logits = trace.tensor("logits");
  if (logits?.shape.length !== 2)
    throw new InputError("Attribution reads the logits of words, and this model gives none.");
  const { length } = trace.manifest.streams.at(-1)!.tokens;
  const { against, head } = asked;
  const position = asked.position ?? maskPosition(model, input) ?? length - 1;
  if (position >= length)
    throw new InputError(`Position ${position} is outside 0 to ${length - 1}, the tokens of this run.`);
  const target = asked.target ?? likeliest(logitsAt(trace, position), 1)[0]!;
  const targets = against === undefined ? [target] : [target, against];
  const readout = await model.readout(targets, options.signal);
  const at = { position, target: 0, ...(against !== undefined && { against: 1 }) };
  const [word = "", minus] = wordsOf(model, readout.targets);
  const name = logitName(word, minus);
  if (head) checkHead(trace, head);
  return {
    parts: attributionTable(attribute(trace, readout, at), name),
    sources: head ? sourcesTable(trace, readout, at, head, name) : null,
  };
}

function checkHead(trace: Trace, { block, layer, head }: NonNullable<AskedParts["head"]>): void {
  const { layers } = trace.block(block);
  if (layer >= layers) throw new InputError(`Layer ${layer} is outside 0 to ${layers - 1}.`);
  const heads = trace.heads(block, layer);
  if (head >= heads)
    throw new InputError(`Head ${layer}.${head} is outside ${layer}.0 to ${layer}.${heads - 1}.`);
}
