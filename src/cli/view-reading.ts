// In which reading attention is drawn, from options: as it is, with raw tokens, of words, the average of heads, times values.

import type { Model } from "../engine/index.ts";
import type { FigureRequest, FigureView } from "../export/figure.ts";
import { attentionOf } from "../trace/index.ts";
import { canShow, READING_LABELS, type ReadingName, readingOf, whyNot } from "../views/read/reading.ts";
import { UsageError } from "./usage-error.ts";
import type { ChoiceValues } from "./view-choice.ts";

/** The reading that options ask for. */
export function readingName(values: ChoiceValues, view: FigureView): ReadingName {
  const { weigh } = values;
  if (weigh !== undefined && weigh !== "v" && weigh !== "z")
    throw new UsageError(`--weigh is "${weigh}"; expected v (|v|) or z (|v W_O|).`);
  const asked: ReadingName[] = weigh ? [weigh] : [];
  if (values["raw-tokens"]) asked.push("raw");
  if (values["merge-words"]) asked.push("words");
  if (values.average) asked.push("mean");
  if (asked.length > 1)
    throw new UsageError("--raw-tokens, --merge-words, --average and --weigh exclude each other.");
  const name = asked[0] ?? "plain";
  if (canShow(view, name)) return name;
  throw new UsageError(
    `The ${view} view has no "${READING_LABELS[name].toLowerCase()}"; head and matrix do.`,
  );
}

/** The request in a reading; what it needs of the model is asked before the model is closed. */
export async function readAs(
  request: FigureRequest,
  name: ReadingName,
  model: Model | null,
): Promise<FigureRequest> {
  if (name === "plain") return request;
  const { trace, selection } = request;
  const attention = request.attention ?? attentionOf(trace, selection.block);
  const outputs = model && ((...which: Parameters<Model["outputs"]>) => model.outputs(...which));
  const read = { trace, attention, selection, outputs };
  const why = whyNot(name, read);
  if (why !== null) throw new UsageError(why);
  const reading = readingOf(name, read);
  const layers = Array.from({ length: attention.layers }, (_, layer) => layer);
  const shown = request.view === "model" ? layers : (request.layers ?? [selection.layer]);
  const pending = shown.filter((layer) => reading.attention.state(layer) === "pending");
  await reading.attention.want(pending.map((layer) => ({ layer, head: 0, query: 0 })));
  const filter = reading.filter(request.filter);
  const hover = reading.hoverOf(request.hover ?? null);
  const edited = reading.selection === request.selection ? (request.edited ?? null) : null; // merged words are others
  return { ...request, attention: reading.attention, selection: reading.selection, filter, hover, edited };
}
