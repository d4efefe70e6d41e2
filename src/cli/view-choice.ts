// What of a trace is shown, from options: block, layer, heads, pinned words, filter. Each is held against the trace.

import type { BlockName, Trace } from "../trace/index.ts";
import { type CellFilter, NO_FILTER, type Selection, wordOf } from "../views/index.ts";
import { UsageError } from "./report.ts";

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
    filter: filterOf(values),
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
  return {
    ...NO_FILTER,
    segments: segmentsOf(values.filter),
    hideFirst: values["hide-first"] ?? false,
    hideSpecial: values["hide-special"] ?? false,
    strongest,
  };
}

function segmentsOf(text: string | undefined): CellFilter["segments"] {
  if (text === undefined) return null;
  const [, query, key] = /^([AB])-([AB])$/i.exec(text) ?? [];
  if (!query || !key) throw new UsageError(`--filter is "${text}"; expected A-A, A-B, B-A or B-B.`);
  const segment = (letter: string): 0 | 1 => (letter.toUpperCase() === "A" ? 0 : 1);
  return { query: segment(query), key: segment(key) };
}
