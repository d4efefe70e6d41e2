// Two runs in one figure: what the one that is shown has more than a recorded one, token by token. Tokens that have no
// counterpart are hatched.

import { readFile } from "node:fs/promises";
import { counterpartOf, unmatchedOf } from "../app/state/counterpart.ts";
import type { FigureRequest } from "../export/figure.ts";
import { attentionOf, readTrace } from "../trace/index.ts";
import { UsageError } from "./usage-error.ts";

/** The request as a difference to the trace in a file. */
export async function comparedTo(path: string, request: FigureRequest): Promise<FigureRequest> {
  const { trace, selection, view } = request;
  if (view === "neuron") throw new UsageError("--compare is for the views head, model and matrix.");
  const other = readTrace(new Uint8Array(await readFile(path)));
  const shown = attentionOf(trace, selection.block);
  const counterpart = counterpartOf({ before: null, b: other }, shown, selection.block);
  if (!counterpart) throw new UsageError(`--compare: the run in ${path} has no block "${selection.block}".`);
  const { layers } = counterpart.attention;
  if (layers !== shown.layers)
    throw new UsageError(`--compare: the run in ${path} has ${layers} layers, this one ${shown.layers}.`);
  return { ...request, attention: counterpart.difference, unmatched: unmatchedOf(counterpart, true) };
}
