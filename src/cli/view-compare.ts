// Two runs in one figure: what the one that is shown has more than a recorded one, token by token. Tokens that have no
// counterpart are hatched.

import type { FigureRequest } from "../export/figure.ts";
import { attentionOf, readTrace } from "../trace/index.ts";
import { counterpartOf, unmatchedOf } from "../views/read/counterpart.ts";
import { UsageError } from "./usage-error.ts";
import { readingName } from "./view-reading.ts";
import type { FigureValues } from "./view-request.ts";

/** The request as a difference to the trace in `bytes`, which people know as `name`. */
export function comparedTo(
  bytes: Uint8Array,
  name: string,
  request: FigureRequest,
  values: FigureValues,
): FigureRequest {
  const { trace, selection, view } = request;
  if (readingName(values, view) !== "plain")
    throw new UsageError("--compare shows attention as it is, in no other reading.");
  if (view === "neuron" || request.attention)
    throw new UsageError("--compare is for the views head, model and matrix of one block.");
  const shown = attentionOf(trace, selection.block);
  const counterpart = counterpartOf({ before: null, b: readTrace(bytes) }, shown, selection.block);
  if (!counterpart) throw new UsageError(`--compare: ${name} has no block "${selection.block}".`);
  const { layers } = counterpart.attention;
  if (layers !== shown.layers)
    throw new UsageError(`--compare: ${name} has ${layers} layers, this one ${shown.layers}.`);
  return { ...request, attention: counterpart.difference, unmatched: unmatchedOf(counterpart, true) };
}
