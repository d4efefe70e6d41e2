// Scores that a reader asks for: the weight from chosen words to others, and a pattern written as a sentence. Of a long
// text they are counted over evenly spaced rows, or refused, where somebody waits for them.

import {
  type Attention,
  type BlockName,
  mostHeads,
  type Side,
  type Token,
  type Trace,
} from "../trace/index.ts";
import { blockText } from "./block-text.ts";
import { PatternError, patternScore } from "./pattern-score.ts";
import { type ScoreTable, scoreTables } from "./score-tables.ts";
import type { HeadScore } from "./scores.ts";
import { wordsScore } from "./words-score.ts";

/** Multiply-adds that a page does at once, before its first picture: a few milliseconds. */
export const AT_ONCE = 2e7;

/** Longer texts would make a page wait while a pattern is typed. */
export const DEAREST = 20 * AT_ONCE;

/** Multiply-adds of a weight, where rows are worked out from queries and keys. */
const PER_WEIGHT = 68;

/** Tables, and why a pattern gives none; "" where nothing is wrong. */
export interface AskedScores {
  readonly tables: readonly ScoreTable[];
  readonly problem: string;
}

/** Multiply-adds that the scores of a block take. */
export function costOf(trace: Trace, block: BlockName): number {
  const { layers, heads, headSize } = trace.block(block);
  const { queries, keys } = trace.sides(block);
  return layers * heads * queries * keys * (trace.has(`${block}.0.pattern`) ? 4 : headSize + 4);
}

/** Positions of one side, and those of the other that are asked about. */
export interface AskedWords {
  readonly side: Side;
  readonly pins: readonly number[];
  readonly to: readonly number[];
}

/** How much each head attends between the pinned words and others; nothing where one of them is missing. `wordOf` names a token. */
export function askedWords(
  attention: Attention,
  { side, pins, to }: AskedWords,
  wordOf: (token: Token) => string,
): ScoreTable[] {
  const other = side === "query" ? "key" : "query";
  const places = to.filter((place) => place < attention.tokens(other).length);
  if (pins.length === 0 || places.length === 0) return [];
  const shown = (of: Side, positions: readonly number[]): string => {
    const words = positions.map((position) => wordOf(attention.tokens(of)[position]!));
    return words.length > 2 ? `${words.length} words` : words.join(", ");
  };
  const [rows, keys] = side === "query" ? [pins, places] : [places, pins];
  const queries = affordableOf(attention, rows);
  const table = wordsScore(attention, queries, keys, `${shown("query", rows)} → ${shown("key", keys)}`);
  if (queries.length === rows.length) return [table];
  const part = `Counted over ${queries.length} of the ${rows.length} words, as the text is long.`;
  return [{ ...table, definition: `${table.definition} ${part}` }];
}

/** Of many rows evenly spaced ones: each is read in every head, and the reader waits for it. */
function affordableOf(attention: Attention, rows: readonly number[]): readonly number[] {
  const row = attention.layers * mostHeads(attention) * attention.tokens("key").length * PER_WEIGHT;
  return spaced(rows, Math.max(1, Math.floor(DEAREST / row)));
}

/** At most so many of `rows`, evenly spaced, the last among them. */
export function spaced(rows: readonly number[], most: number): number[] {
  const count = Math.min(rows.length, most);
  return Array.from({ length: count }, (_, r) => rows[Math.floor(((r + 1) * rows.length) / count) - 1]!);
}

/** How often a pattern holds in each head; "" asks for none. `patient` where nobody waits in front of a page. */
export function askedPattern(
  trace: Trace,
  block: BlockName,
  sentence: string,
  patient: boolean,
): AskedScores {
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
