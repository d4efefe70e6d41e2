// Scores that the reader asks for beside those that every run has: from pinned words to words of the other side, the
// difference of two runs, a pattern written as a sentence, and probes on random repeated tokens.

import {
  type AskedScores,
  askedPattern,
  askedWords,
  contrastScore,
  costOf,
  DEAREST,
  type ScoreTable,
  spaced,
} from "../../analysis/index.ts";
import type { Attention, Trace } from "../../trace/index.ts";
import type { Counterpart } from "../../views/read/counterpart.ts";
import { wordOf } from "../../views/read/words.ts";
import type { Selection } from "../../views/view.ts";
import type { Place } from "./place.ts";

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
}

/** What the place of the page asks for. */
export function askedScores(asked: Asked): AskedScores {
  const { trace, attention, counterpart, selection, place, joined, probed } = asked;
  if (!trace || !attention) return { tables: [], problem: "" };
  const words = selection ? askedWords(attention, { ...selection, to: place.to }, wordOf) : [];
  const same = probed.filter(
    (table) => table.layers === attention.layers && table.heads === attention.heads(0),
  );
  const { tables, problem } = joined
    ? { tables: [], problem: "" }
    : askedPattern(trace, attention.block, place.pattern, false);
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
