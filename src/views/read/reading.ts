// Ways of reading attention: as it is, with tokens as they are spelled, between words in place of their pieces, the average of the chosen heads, or
// weighted by values. A reading has tokens and heads of its own; selections and filters are carried there and back.

import {
  type Attention,
  asSpelled,
  attentionOf,
  type HeadOutputs,
  hasAnyValues,
  type MergedAttention,
  meanOfHeads,
  mergedOf,
  type Side,
  type Token,
  type Trace,
  valueWeighted,
} from "../../trace/index.ts";
import type { CellFilter, Hover, PositionRange, Selection } from "../view.ts";
import { wordGroups } from "./words.ts";

/** Names of readings, as in an address. */
export const READINGS = ["plain", "raw", "words", "mean", "v", "z"] as const;
export type ReadingName = (typeof READINGS)[number];

/** Names for people. */
export const READING_LABELS: Readonly<Record<ReadingName, string>> = {
  plain: "Attention",
  raw: "Raw tokens",
  words: "Words merged",
  mean: "Average of heads",
  v: "Attention × |v|",
  z: "Attention × |v W_O|",
};

/** What is read. */
export interface Read {
  readonly trace: Trace;
  /** A block of the trace, or what was made of blocks: joined, a difference. */
  readonly attention: Attention;
  readonly selection: Selection;
  /** Outputs of the heads of the model that made the run; null where it is not open. */
  readonly outputs?: HeadOutputs | null;
}

/** Attention as a reading has it, with the selection in its tokens and heads. */
export interface Reading {
  readonly attention: Attention;
  readonly selection: Selection;
  /** A selection of the reading in tokens and heads of the run. */
  back(selection: Selection): Selection;
  /** Tokens of the run that stand behind positions of the reading, every piece of a word; and the way there. */
  tokens(side: Side, positions: readonly number[]): readonly number[];
  positions(side: Side, tokens: readonly number[]): readonly number[];
  /** The filter in its tokens. */
  filter(filter: CellFilter): CellFilter;
  hoverOf(hover: Hover | null): Hover | null;
  hoverBack(hover: Hover | null): Hover | null;
}

/** Why a reading cannot be had; null where it can. */
export function whyNot(name: ReadingName, { trace, attention, selection, outputs }: Read): string | null {
  if (name === "raw") return spellingMissing(attention);
  if (name === "words") return wordsMissing(attention);
  if (name === "mean") return selection.heads.length > 1 ? null : "Choose several heads to average them.";
  if (name !== "v" && name !== "z") return null;
  if (!isBlockOf(trace, attention))
    return "Values belong to one attention of one run, not to several together.";
  if (!hasAnyValues(trace, attention.block)) return "Values were not recorded in this run.";
  if (name === "z" && !outputs) return "W_O is the model's: run the text on it, then it can be asked.";
  return null;
}

function isBlockOf(trace: Trace, attention: Attention): boolean {
  const has = trace.manifest.blocks.some(({ name }) => name === attention.block);
  return has && attention === attentionOf(trace, attention.block);
}

function wordsMissing(attention: Attention): string | null {
  const sides = (["query", "key"] as const).map((side) => attention.tokens(side));
  const pieces = sides.some((tokens) => (wordGroups(tokens).at(-1) ?? -1) < tokens.length - 1);
  return pieces ? null : "No word of this text is in pieces.";
}

function spellingMissing(attention: Attention): string | null {
  const other = (token: Token): boolean => token.raw !== "" && token.raw !== token.text;
  const differ = (["query", "key"] as const).some((side) => attention.tokens(side).some(other));
  return differ ? null : "Every token is spelled as it is shown.";
}

/** True if a view can show a reading: neurons are those of one head and text, the map shows every head and no words. */
export function canShow(view: "head" | "model" | "matrix" | "neuron", name: ReadingName): boolean {
  return (
    name === "plain" || (view !== "neuron" && !(view === "model" && (name === "mean" || name === "raw")))
  );
}

const known = new WeakMap<Attention, Map<string, Attention>>();

/** The same object each time, so that rows are worked out once. */
function once<A extends Attention>(from: Attention, name: string, make: () => A): A {
  const made = known.get(from) ?? new Map<string, Attention>();
  known.set(from, made);
  const found = (made.get(name) as A | undefined) ?? make();
  made.set(name, found);
  return found;
}

/** Attention in a reading; as it is where the reading cannot be had. */
export function readingOf(name: ReadingName, read: Read): Reading {
  const { trace, attention, selection, outputs } = read;
  if (name === "plain" || whyNot(name, read) !== null) return plain(attention, selection);
  if (name === "raw")
    return plain(
      once(attention, name, () => asSpelled(attention)),
      selection,
    );
  if (name === "words") return ofWords(attention, selection);
  if (name === "mean") return ofMean(attention, selection);
  const { block } = attention;
  const through = name === "z" ? outputs! : null;
  return plain(
    once(attention, name, () => valueWeighted(trace, block, through)),
    selection,
  );
}

function same<T>(value: T): T {
  return value;
}

function sameOf<T>(_: Side, value: T): T {
  return value;
}

/** Tokens stay what they are. */
const SAME = { tokens: sameOf, positions: sameOf, filter: same };

function plain(attention: Attention, selection: Selection): Reading {
  return { attention, selection, back: same, ...SAME, hoverOf: same, hoverBack: same };
}

function ofWords(from: Attention, selection: Selection): Reading {
  const groups = { query: wordGroups(from.tokens("query")), key: wordGroups(from.tokens("key")) };
  const attention = once(from, "words", () => mergedOf(from, groups));
  const { side } = selection;
  const pins = [...new Set(selection.pins.map((pin) => attention.wordAt(side, pin)))];
  return {
    attention,
    selection: { ...selection, pins },
    back: (next) => ({
      ...next,
      pins: next.pins.map((word) => piecesPinned(attention, selection, next, word)),
    }),
    tokens: (at, words) => words.flatMap((word) => range(...attention.pieces(at, word))),
    positions: (at, tokens) => [...new Set(tokens.map((token) => attention.wordAt(at, token)))],
    filter: (filter) => ({
      ...filter,
      rows: rangeOf(attention, "query", filter.rows),
      columns: rangeOf(attention, "key", filter.columns),
    }),
    hoverOf: (hover) => hover && mapped(hover, (at, position) => attention.wordAt(at, position)),
    hoverBack: (hover) => hover && mapped(hover, (at, word) => attention.pieces(at, word)[1] - 1),
  };
}

function range(first: number, end: number): number[] {
  return Array.from({ length: end - first }, (_, i) => first + i);
}

function rangeOf(
  attention: MergedAttention,
  side: Side,
  range: PositionRange | undefined,
): PositionRange | undefined {
  return range && [attention.wordAt(side, range[0]), attention.wordAt(side, range[1])];
}

/** The token that stands for a word: the one of it that was pinned, else its last piece. */
function piecesPinned(attention: MergedAttention, before: Selection, next: Selection, word: number): number {
  const [first, end] = attention.pieces(next.side, word);
  const pinned = before.side === next.side ? before.pins.find((pin) => pin >= first && pin < end) : undefined;
  return pinned ?? end - 1;
}

function mapped(hover: Hover, map: (side: Side, position: number) => number): Hover {
  const { query, key } = hover;
  return {
    ...hover,
    query: query === null ? null : map("query", query),
    key: key === null ? null : map("key", key),
  };
}

function ofMean(from: Attention, selection: Selection): Reading {
  const { heads, focus } = selection;
  const attention = once(from, `mean ${heads.join()}`, () => meanOfHeads(from, heads));
  return {
    attention,
    selection: { ...selection, heads: [0], focus: 0 },
    back: (next) => ({ ...next, heads, focus }),
    ...SAME,
    hoverOf: (hover) => hover && { ...hover, head: null },
    hoverBack: (hover) => hover && { ...hover, head: null },
  };
}
