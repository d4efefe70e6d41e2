// Scores that the reader asks for beside those that every run has: from pinned words to words of the other side, the
// difference of two runs, a pattern written as a sentence, and probes on random repeated tokens.

import {
  blockText,
  contrastScore,
  type HeadScore,
  PatternError,
  patternScore,
  type ScoreTable,
  scoreTables,
  wordsScore,
} from "../../analysis/index.ts";
import { type Attention, type BlockName, mostHeads, type Trace } from "../../trace/index.ts";
import type { Counterpart } from "../../views/read/counterpart.ts";
import { wordOf } from "../../views/read/words.ts";
import type { Selection } from "../../views/view.ts";
import type { Place } from "./place.ts";
import { AT_ONCE, costOf } from "./scores.ts";

/** The tables, and why the pattern gives none; "" where nothing is wrong. */
export interface AskedScores {
  readonly tables: readonly ScoreTable[];
  readonly problem: string;
}

/** Longer texts would make the page wait while it is typed in. */
const DEAREST = 20 * AT_ONCE;

/** What the question is about. */
export interface Asked {
  readonly trace: Trace | null;
  readonly attention: Attention | null;
  /** The other run beside the one that is shown. */
  readonly counterpart: Counterpart | null;
  readonly selection: Selection | null;
  readonly place: Place;
  /** True if several attentions are shown as one. */
  readonly joined: boolean;
  /** Scores that probes of the model gave. */
  readonly probed: readonly ScoreTable[];
  /** True where nobody waits in front of a page: long texts are counted, too. */
  readonly patient?: boolean;
}

/** What the place of the page asks for. */
export function askedScores(asked: Asked): AskedScores {
  const { trace, attention, counterpart, selection, place, joined, probed, patient = false } = asked;
  if (!trace || !attention) return { tables: [], problem: "" };
  const words = selection ? wordsTable(attention, selection, place.to) : [];
  const same = probed.filter(
    (table) => table.layers === attention.layers && table.heads === attention.heads(0),
  );
  const { tables, problem } = joined
    ? { tables: [], problem: "" }
    : patternTable(trace, attention.block, place.pattern, patient);
  const contrast = counterpart ? contrastTable(trace, counterpart, selection) : [];
  return { tables: [...words, ...contrast, ...tables, ...same], problem };
}

/** How far each head's attention lies from the other run's: from the pinned words where queries are pinned. */
function contrastTable(trace: Trace, counterpart: Counterpart, selection: Selection | null): ScoreTable[] {
  const { attention: before, shown: after, alignment, first } = counterpart;
  const name = first ? "Edited against original" : "Difference of A and B";
  const both = (query: number) => alignment.query[query]! >= 0;
  const pinned = selection?.side === "query" ? selection.pins.filter(both) : [];
  const queries = pinned.length > 0 ? pinned : evenly(trace, after, both);
  return queries.length === 0 ? [] : [contrastScore({ before, after, alignment, name, queries })];
}

/** Rows that both runs have, at most as many as cost what a pattern may: evenly spaced ones of a longer text. */
function evenly(trace: Trace, attention: Attention, both: (query: number) => boolean): number[] {
  const all = attention.tokens("query").map((_, query) => query);
  const rows = all.filter(both);
  const affordable = Math.floor((DEAREST * all.length) / (2 * costOf(trace, attention.block)));
  return spaced(rows, Math.max(1, affordable));
}

/** At most so many of `rows`, evenly spaced, the last among them. */
function spaced(rows: readonly number[], most: number): number[] {
  const count = Math.min(rows.length, most);
  return Array.from({ length: count }, (_, r) => rows[Math.floor(((r + 1) * rows.length) / count) - 1]!);
}

function wordsTable(attention: Attention, selection: Selection, to: readonly number[]): ScoreTable[] {
  if (selection.pins.length === 0 || to.length === 0) return [];
  const [own, other] = selection.side === "query" ? (["query", "key"] as const) : (["key", "query"] as const);
  const shown = (side: "query" | "key", places: readonly number[]): string => {
    const words = places.map((place) => wordOf(attention.tokens(side)[place]!));
    return words.length > 2 ? `${words.length} words` : words.join(", ");
  };
  const places = to.filter((place) => place < attention.tokens(other).length);
  if (places.length === 0) return [];
  const [rows, keys] = own === "query" ? [selection.pins, places] : [places, selection.pins];
  const queries = affordableOf(attention, rows);
  const table = wordsScore(attention, queries, keys, `${shown("query", rows)} → ${shown("key", keys)}`);
  if (queries.length === rows.length) return [table];
  const part = `Counted over ${queries.length} of the ${rows.length} words, as the text is long.`;
  return [{ ...table, definition: `${table.definition} ${part}` }];
}

/** Multiply-adds of a weight, where rows are worked out from queries and keys. */
const PER_WEIGHT = 68;

/** Of many rows evenly spaced ones: each is read in every head, and the page waits for it. */
function affordableOf(attention: Attention, rows: readonly number[]): readonly number[] {
  const row = attention.layers * mostHeads(attention) * attention.tokens("key").length * PER_WEIGHT;
  return spaced(rows, Math.max(1, Math.floor(DEAREST / row)));
}

function patternTable(trace: Trace, block: BlockName, sentence: string, patient: boolean): AskedScores {
  if (sentence === "") return { tables: [], problem: "" };
  let score: HeadScore;
  try {
    score = patternScore(sentence);
  } catch (error) {
    if (error instanceof PatternError) return { tables: [], problem: error.message };
    throw error;
  }
  if (!score.applies(blockText(trace, block)))
    return { tables: [], problem: `No token of this text fits "${sentence}".` };
  if (!patient && costOf(trace, block) > DEAREST)
    return {
      tables: [],
      problem: "This text is too long for a pattern of your own; use headscope view --find.",
    };
  return { tables: scoreTables(trace, block, [score]), problem: "" };
}
