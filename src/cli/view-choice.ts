// What of a trace is shown, from options: block, layer, heads, pinned words, filter. Each is held against the trace.

import type { Model } from "../engine/index.ts";
import type { FigureRequest, FigureView } from "../export/figure.ts";
import { attentionOf, type BlockName, type Trace } from "../trace/index.ts";
import { canShow, READING_LABELS, type ReadingName, readingOf, whyNot } from "../views/read/reading.ts";
import { wordOf } from "../views/read/words.ts";
import { type CellFilter, NO_FILTER, type Selection } from "../views/view.ts";
import { UsageError } from "./usage-error.ts";

/** Options that say what is shown, for parseArgs. */
export const CHOICE_OPTIONS = {
  block: { type: "string" },
  layer: { type: "string" },
  head: { type: "string" },
  pin: { type: "string", multiple: true },
  side: { type: "string" },
  filter: { type: "string" },
  "hide-first": { type: "boolean" },
  "hide-special": { type: "boolean" },
  strongest: { type: "string" },
  least: { type: "string" },
  "rows-from": { type: "string" },
  "rows-to": { type: "string" },
  "columns-from": { type: "string" },
  "columns-to": { type: "string" },
  "merge-words": { type: "boolean" },
  average: { type: "boolean" },
  weigh: { type: "string" },
  score: { type: "string" },
  sort: { type: "string" },
  vectors: { type: "string" },
  rows: { type: "string" },
} as const;

/** The values of CHOICE_OPTIONS as parseArgs returns them. */
export interface ChoiceValues {
  readonly block?: string | undefined;
  readonly layer?: string | undefined;
  readonly head?: string | undefined;
  readonly pin?: string[] | undefined;
  readonly side?: string | undefined;
  readonly filter?: string | undefined;
  readonly "hide-first"?: boolean | undefined;
  readonly "hide-special"?: boolean | undefined;
  readonly strongest?: string | undefined;
  readonly least?: string | undefined;
  readonly "rows-from"?: string | undefined;
  readonly "rows-to"?: string | undefined;
  readonly "columns-from"?: string | undefined;
  readonly "columns-to"?: string | undefined;
  readonly "merge-words"?: boolean | undefined;
  readonly average?: boolean | undefined;
  readonly weigh?: string | undefined;
}

/** Selection and filter of the options. */
export function choose(trace: Trace, values: ChoiceValues): { selection: Selection; filter: CellFilter } {
  const block = blockOf(trace, values.block);
  const { layers } = trace.block(block);
  const layer = wholeOf("--layer", values.layer ?? "0", layers);
  const heads = (values.head ?? "0")
    .split(",")
    .map((head) => wholeOf("--head", head, trace.heads(block, layer)));
  const side = values.side ?? "query";
  if (side !== "query" && side !== "key")
    throw new UsageError(`--side is "${side}"; expected query (left) or key (right).`);
  const pins = (values.pin ?? []).map((pin) => pinOf(trace, block, side, pin));
  return {
    selection: {
      block,
      layer,
      heads: [...new Set(heads)].sort((a, b) => a - b),
      focus: heads[0]!,
      pins: [...new Set(pins)],
      side,
    },
    filter: { ...filterOf(values), ...rangesOf(trace, block, values) },
  };
}

function blockOf(trace: Trace, name: string | undefined): BlockName {
  const names = trace.manifest.blocks.map((block) => block.name);
  if (name === undefined) return names.includes("cross") ? "cross" : names[0]!;
  const found = names.find((other) => other === name);
  if (found) return found;
  throw new UsageError(`--block is "${name}"; this run has ${names.join(", ")}.`);
}

function wholeOf(name: string, text: string, count: number): number {
  const value = Number(text);
  if (/^\s*\d+\s*$/.test(text) && value < count) return value;
  throw new UsageError(`${name} is "${text}"; expected a number from 0 to ${count - 1}.`);
}

/** A position, or the one place where a word stands. */
function pinOf(trace: Trace, block: BlockName, side: Selection["side"], pin: string): number {
  const { queries, keys } = trace.block(block);
  const { tokens } = trace.stream(side === "query" ? queries : keys);
  if (/^-?\d+$/.test(pin)) {
    const position = Number(pin) < 0 ? tokens.length + Number(pin) : Number(pin);
    if (position >= 0 && position < tokens.length) return position;
    throw new UsageError(`--pin is ${pin}; the text has positions 0 to ${tokens.length - 1}.`);
  }
  const places = [...tokens.keys()].filter((i) => wordOf(tokens[i]!) === pin || tokens[i]!.raw === pin);
  if (places.length === 1) return places[0]!;
  if (places.length > 1)
    throw new UsageError(`--pin "${pin}" stands at ${places.join(", ")}; give one of these numbers.`);
  const words = tokens.slice(0, 40).map((token, i) => `${i} ${wordOf(token)}`);
  throw new UsageError(
    `--pin "${pin}" is no token of this text; there are: ${words.join(", ")}${tokens.length > 40 ? ", ..." : ""}.`,
  );
}

function filterOf(values: ChoiceValues): CellFilter {
  const strongest = Number(values.strongest ?? 1);
  if (!(strongest > 0 && strongest <= 1))
    throw new UsageError(`--strongest is "${values.strongest}"; expected a number above 0 and up to 1.`);
  const least = Number(values.least ?? 0);
  if (!(least >= 0 && least <= 1))
    throw new UsageError(`--least is "${values.least}"; expected a number from 0 to 1.`);
  return {
    ...NO_FILTER,
    least,
    segments: segmentsOf(values.filter),
    hideFirst: values["hide-first"] ?? false,
    hideSpecial: values["hide-special"] ?? false,
    strongest,
  };
}

/** The rows and columns that figures are cut to. */
function rangesOf(
  trace: Trace,
  block: BlockName,
  values: ChoiceValues,
): Pick<CellFilter, "rows" | "columns"> {
  const { queries, keys } = trace.sides(block);
  return { rows: rangeOf("rows", queries, values), columns: rangeOf("columns", keys, values) };
}

function rangeOf(side: "rows" | "columns", count: number, values: ChoiceValues): CellFilter["rows"] {
  const [from, to] = [values[`${side}-from`], values[`${side}-to`]];
  if (from === undefined && to === undefined) return undefined;
  const first = wholeOf(`--${side}-from`, from ?? "0", count);
  const last = wholeOf(`--${side}-to`, to ?? String(count - 1), count);
  if (first <= last) return [first, last];
  throw new UsageError(
    `--${side}-from is ${first} and --${side}-to is ${last}; the first must not be larger.`,
  );
}

function segmentsOf(text: string | undefined): CellFilter["segments"] {
  if (text === undefined) return null;
  const [, query, key] = /^([AB])-([AB])$/i.exec(text) ?? [];
  if (!query || !key) throw new UsageError(`--filter is "${text}"; expected A-A, A-B, B-A or B-B.`);
  const segment = (letter: string): 0 | 1 => (letter.toUpperCase() === "A" ? 0 : 1);
  return { query: segment(query), key: segment(key) };
}

/** The reading that options ask for. */
export function readingName(values: ChoiceValues, view: FigureView): ReadingName {
  const { weigh } = values;
  if (weigh !== undefined && weigh !== "v" && weigh !== "z")
    throw new UsageError(`--weigh is "${weigh}"; expected v (|v|) or z (|v W_O|).`);
  const asked: ReadingName[] = weigh ? [weigh] : [];
  if (values["merge-words"]) asked.push("words");
  if (values.average) asked.push("mean");
  if (asked.length > 1) throw new UsageError("--merge-words, --average and --weigh exclude each other.");
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
  const shown = request.view === "model" ? layers : [selection.layer];
  const pending = shown.filter((layer) => reading.attention.state(layer) === "pending");
  await reading.attention.want(pending.map((layer) => ({ layer, head: 0, query: 0 })));
  const filter = reading.filter(request.filter);
  return { ...request, attention: reading.attention, selection: reading.selection, filter };
}
