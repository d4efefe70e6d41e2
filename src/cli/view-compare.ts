// A figure of one run held against another, recorded one: what it has more, token by token, or the run as it is. Tokens
// that have no counterpart there are hatched.

import type { FigureRequest } from "../export/figure.ts";
import { attentionOf, readTrace } from "../trace/index.ts";
import { counterpartOf, unmatchedOf } from "../views/read/counterpart.ts";
import { UsageError } from "./usage-error.ts";
import { readingName } from "./view-reading.ts";
import type { FigureValues } from "./view-request.ts";

/** Options that name the other run. */
export const OTHER_RUNS = ["compare", "hatch"] as const;
export type OtherRun = (typeof OTHER_RUNS)[number];

/** Which option names another run, and what it names; null where none does. */
export function otherOf(values: { readonly [name in OtherRun]?: string | undefined }) {
  const given = OTHER_RUNS.flatMap((how) => (values[how] === undefined ? [] : [{ how, run: values[how] }]));
  if (given.length > 1)
    throw new UsageError("--compare and --hatch exclude each other: a difference is hatched as it is.");
  return given[0] ?? null;
}

/** The request held against the trace in `bytes`, which people know as `name`. */
export function heldAgainst(
  how: OtherRun,
  bytes: Uint8Array,
  name: string,
  request: FigureRequest,
  values: FigureValues,
): FigureRequest {
  const { trace, selection, view } = request;
  if (readingName(values, view) !== "plain")
    throw new UsageError(`--${how} shows attention as it is, in no other reading.`);
  if (view === "neuron" || request.attention)
    throw new UsageError(`--${how} is for the views head, model and matrix of one block.`);
  const shown = attentionOf(trace, selection.block);
  const counterpart = counterpartOf({ before: null, b: readTrace(bytes) }, shown, selection.block);
  if (!counterpart) throw new UsageError(`--${how}: ${name} has no block "${selection.block}".`);
  const unmatched = unmatchedOf(counterpart, true);
  if (how === "hatch") return { ...request, unmatched };
  const { layers } = counterpart.attention;
  if (layers !== shown.layers)
    throw new UsageError(`--compare: ${name} has ${layers} layers, this one ${shown.layers}.`);
  return { ...request, attention: counterpart.difference, unmatched };
}
