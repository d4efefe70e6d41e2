// What of a trace is shown, from options: block, layer, heads, pinned words, filter. Each is held against the trace.

import { type Attention, attentionOf, joinedOf, mostHeads, type Side, type Trace } from "../trace/index.ts";
import { type MapCut, wholeMap } from "../views/map/cut.ts";
import { wordOf } from "../views/read/words.ts";
import { type CellFilter, type Hover, NO_FILTER, type Selection } from "../views/view.ts";
import { UsageError } from "./usage-error.ts";

/** Options that say what is shown, for parseArgs. */
export const CHOICE_OPTIONS = {
  block: { type: "string" },
  layer: { type: "string" },
  beside: { type: "string" },
  head: { type: "string" },
  "include-layers": { type: "string" },
  "include-heads": { type: "string" },
  pin: { type: "string", multiple: true },
  side: { type: "string" },
  hover: { type: "string" },
  "hover-key": { type: "string" },
  filter: { type: "string" },
  "hide-first": { type: "boolean" },
  "hide-special": { type: "boolean" },
  strongest: { type: "string" },
  least: { type: "string" },
  "rows-from": { type: "string" },
  "rows-to": { type: "string" },
  "columns-from": { type: "string" },
  "columns-to": { type: "string" },
  "raw-tokens": { type: "boolean" },
  "merge-words": { type: "boolean" },
  average: { type: "boolean" },
  weigh: { type: "string" },
  score: { type: "string" },
  to: { type: "string", multiple: true },
  find: { type: "string" },
  sort: { type: "string" },
  vectors: { type: "string" },
  rows: { type: "string" },
} as const;

/** The values of CHOICE_OPTIONS as parseArgs returns them. */
export interface ChoiceValues {
  readonly block?: string | undefined;
  readonly layer?: string | undefined;
  readonly beside?: string | undefined;
  readonly head?: string | undefined;
  readonly "include-layers"?: string | undefined;
  readonly "include-heads"?: string | undefined;
  readonly pin?: string[] | undefined;
  readonly side?: string | undefined;
  readonly hover?: string | undefined;
  readonly "hover-key"?: string | undefined;
  readonly filter?: string | undefined;
  readonly "hide-first"?: boolean | undefined;
  readonly "hide-special"?: boolean | undefined;
  readonly strongest?: string | undefined;
  readonly least?: string | undefined;
  readonly "rows-from"?: string | undefined;
  readonly "rows-to"?: string | undefined;
  readonly "columns-from"?: string | undefined;
  readonly "columns-to"?: string | undefined;
  readonly "raw-tokens"?: boolean | undefined;
  readonly "merge-words"?: boolean | undefined;
  readonly average?: boolean | undefined;
  readonly weigh?: string | undefined;
}

/** What the options choose. */
export interface Choice {
  readonly attention: Attention;
  readonly selection: Selection;
  readonly filter: CellFilter;
  /** Layers beside each other, ascending, the selection's among them. */
  readonly layers: readonly number[];
  /** The word or cell that a pointer would be on. */
  readonly hover: Hover | null;
}

/** What of a trace the options choose. */
export function choose(trace: Trace, values: ChoiceValues): Choice {
  const attention = shownOf(trace, values.block);
  const { block, layers } = attention;
  const layer = wholeOf("--layer", values.layer ?? "0", layers);
  const heads = (values.head ?? "0")
    .split(",")
    .map((head) => wholeOf("--head", head, attention.heads(layer)));
  const side = values.side ?? "query";
  if (side !== "query" && side !== "key")
    throw new UsageError(`--side is "${side}"; expected query (left) or key (right).`);
  const pins = (values.pin ?? []).map((pin) => placeOf("--pin", attention, side, pin));
  const beside = (values.beside?.split(",") ?? []).map((other) => wholeOf("--beside", other, layers));
  const place = (name: "hover" | "hover-key", of: Side): number | null =>
    values[name] === undefined ? null : placeOf(`--${name}`, attention, of, values[name]);
  const [query, key] = [place("hover", "query"), place("hover-key", "key")];
  return {
    attention,
    layers: [...new Set([layer, ...beside])].sort((a, b) => a - b),
    hover: query === null && key === null ? null : { layer, head: heads[0]!, query, key },
    selection: {
      block,
      layer,
      heads: [...new Set(heads)].sort((a, b) => a - b),
      focus: heads[0]!,
      pins: [...new Set(pins)],
      side,
    },
    filter: { ...filterOf(values), ...rangesOf(attention, values) },
  };
}

/** A block of the run, or all of an encoder-decoder's in one. */
function shownOf(trace: Trace, name: string | undefined): Attention {
  const names = trace.manifest.blocks.map((block) => block.name);
  const joined = joinedOf(trace);
  if (name === "all" && joined) return joined;
  if (name === undefined) return attentionOf(trace, names.includes("cross") ? "cross" : names[0]!);
  const found = names.find((other) => other === name);
  if (found) return attentionOf(trace, found);
  const all = joined ? [...names, "all"] : names;
  throw new UsageError(`--block is "${name}"; this run has ${all.join(", ")}.`);
}

/** Layers and heads that a map is cut to, from "0-3,7"; null where neither option is given. */
export function cutOf(attention: Attention, values: ChoiceValues): MapCut | null {
  const [layers, heads] = [values["include-layers"], values["include-heads"]];
  if (layers === undefined && heads === undefined) return null;
  const whole = wholeMap(attention.layers, mostHeads(attention));
  return {
    layers: layers === undefined ? whole.layers : listOf("--include-layers", layers, attention.layers),
    heads: heads === undefined ? whole.heads : listOf("--include-heads", heads, mostHeads(attention)),
  };
}

/** Numbers and ranges such as "0-3,7", ascending. */
function listOf(name: string, text: string, count: number): number[] {
  const numbers = text.split(",").flatMap((part) => {
    const [, from, to] = /^\s*(\d+)\s*-\s*(\d+)\s*$/.exec(part) ?? [part, part, part];
    const [first, last] = [wholeOf(name, from!, count), wholeOf(name, to!, count)];
    if (first > last)
      throw new UsageError(`${name} has the range "${part.trim()}"; the first number must not be larger.`);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
  return [...new Set(numbers)].sort((a, b) => a - b);
}

function wholeOf(name: string, text: string, count: number): number {
  const value = Number(text);
  if (/^\s*\d+\s*$/.test(text) && value < count) return value;
  throw new UsageError(`${name} is "${text}"; expected a number from 0 to ${count - 1}.`);
}

/** A position, or the one place where a word stands. */
export function placeOf(option: string, attention: Attention, side: Side, word: string): number {
  const tokens = attention.tokens(side);
  if (/^-?\d+$/.test(word)) {
    const position = Number(word) < 0 ? tokens.length + Number(word) : Number(word);
    if (position >= 0 && position < tokens.length) return position;
    throw new UsageError(`${option} is ${word}; the text has positions 0 to ${tokens.length - 1}.`);
  }
  const places = [...tokens.keys()].filter((i) => wordOf(tokens[i]!) === word || tokens[i]!.raw === word);
  if (places.length === 1) return places[0]!;
  if (places.length > 1)
    throw new UsageError(`${option} "${word}" stands at ${places.join(", ")}; give one of these numbers.`);
  const words = tokens.slice(0, 40).map((token, i) => `${i} ${wordOf(token)}`);
  throw new UsageError(
    `${option} "${word}" is no token of this text; there are: ${words.join(", ")}${tokens.length > 40 ? ", ..." : ""}.`,
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
function rangesOf(attention: Attention, values: ChoiceValues): Pick<CellFilter, "rows" | "columns"> {
  const count = (side: Side): number => attention.tokens(side).length;
  return {
    rows: rangeOf("rows", count("query"), values),
    columns: rangeOf("columns", count("key"), values),
  };
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
