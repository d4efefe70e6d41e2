// Every score of every head of a block: one pass over the heads, all scores from the same rows.

import type { BlockName, Trace } from "../trace/index.ts";
import { type BlockText, blockText } from "./block-text.ts";
import { headRows, rowsToScore } from "./head-rows.ts";
import { type HeadScore, SCORES } from "./scores.ts";

/** One score of every head of a block. */
export interface ScoreTable {
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly threshold: number;
  readonly definition: string;
  readonly source: string;
  /** [layers, heads]; NaN where the head was not recorded. */
  readonly values: Float32Array;
  readonly layers: number;
  readonly heads: number;
  /** Rows the means are taken over, of the rows there are: fewer where the text is long. */
  readonly rows: number;
  readonly of: number;
}

/** The scores that mean something for a block of this trace. */
export function scoresFor(trace: Trace, block: BlockName): readonly HeadScore[] {
  const text = blockText(trace, block);
  return SCORES.filter((score) => score.applies(text));
}

/** Tables of the given scores (default: all that apply), in their order. */
export function scoreTables(trace: Trace, block: BlockName, scores = scoresFor(trace, block)): ScoreTable[] {
  const steps = scoreSteps(trace, block, scores);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** The same, layer by layer: whoever asks may do something else between. */
export function* scoreSteps(
  trace: Trace,
  block: BlockName,
  scores = scoresFor(trace, block),
): Generator<void, ScoreTable[]> {
  const { layers, heads } = trace.block(block);
  const text = blockText(trace, block);
  const queries = rowsToScore(trace, block);
  const values = scores.map(() => new Float32Array(layers * heads).fill(Number.NaN));
  for (let layer = 0; layer < layers; layer++) {
    for (let head = 0; head < heads; head++) {
      if (!trace.hasAttention(block, layer, head)) continue;
      const rows = headRows(trace, block, layer, head, queries);
      for (const [i, score] of scores.entries()) values[i]![layer * heads + head] = score.of(rows, text);
    }
    yield;
  }
  const of = trace.sides(block).queries;
  return scores.map(({ id, name, label, threshold, definition, source }, i) => {
    return {
      id,
      name,
      label,
      threshold,
      definition,
      source,
      values: values[i]!,
      layers,
      heads,
      rows: queries.length,
      of,
    };
  });
}

/** One score of one head, over all rows. */
export function scoreHead(
  score: HeadScore,
  trace: Trace,
  block: BlockName,
  layer: number,
  head: number,
  text: BlockText = blockText(trace, block),
): number {
  const queries = Array.from({ length: text.queries.length }, (_, i) => i);
  return score.of(headRows(trace, block, layer, head, queries), text);
}
