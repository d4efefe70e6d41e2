// Attribution as the page asks for it: one run, and what its parts add to a logit.

import {
  ATTRIBUTION_CAPTURES,
  attribute,
  attributionTable,
  likeliest,
  logitName,
  logitsAt,
  sourcesTable,
  tableJson,
} from "../analysis/index.ts";
import { InputError } from "../engine/index.ts";
import type { Answers, AttributionRequest } from "./protocol.ts";
import { type Bench, maskPosition, matched, wordsOf } from "./tables.ts";

/** The tables of an attribution as JSON. */
export async function attributionTables(
  { model, read, signal }: Bench,
  request: AttributionRequest,
): Promise<Answers["attribution"]> {
  const input = read(request.input);
  const { edits = [], other, against, head } = request;
  const from = other && read(other);
  const align = from && matched(model, from, input);
  const options = { captures: ATTRIBUTION_CAPTURES, edits, other: from, align, signal };
  const { trace } = await model.run(input, options);
  const logits = trace.tensor("logits");
  if (logits?.shape.length !== 2)
    throw new InputError("Attribution reads the logits of words, and this model gives none.");
  const { length } = trace.manifest.streams.at(-1)!.tokens;
  const position = request.position ?? maskPosition(model, input) ?? length - 1;
  const target = request.target ?? likeliest(logitsAt(trace, position), 1)[0]!;
  const readout = await model.readout(against === undefined ? [target] : [target, against], signal);
  const at = { position, target: 0, ...(against !== undefined && { against: 1 }) };
  const [word = "", minus] = wordsOf(model, readout.targets);
  const name = logitName(word, minus);
  const sources = head && sourcesTable(trace, readout, at, head, name);
  return {
    parts: tableJson(attributionTable(attribute(trace, readout, at), name)),
    sources: sources ? tableJson(sources) : null,
  };
}
