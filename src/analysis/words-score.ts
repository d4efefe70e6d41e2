// How much each head attends from some words to others: the question "which head resolves this pronoun?" as a ranking.

import { type Attention, mostHeads } from "../trace/index.ts";
import type { ScoreTable } from "./score-tables.ts";

/** Weights from here on are marked as found. */
const THRESHOLD = 0.3;

/**
 * Mean weight from `queries` to `keys` (positions) in every head, [layers, heads]: a row's weights on all keys added up,
 * rows averaged. Masked cells count as 0; NaN where a head was not recorded or its rows are not here yet.
 */
export function wordsScore(
  attention: Attention,
  queries: readonly number[],
  keys: readonly number[],
  name: string,
): ScoreTable {
  const heads = mostHeads(attention);
  const values = new Float32Array(attention.layers * heads).fill(Number.NaN);
  for (let layer = 0; layer < attention.layers; layer++) {
    for (let head = 0; head < attention.heads(layer); head++) {
      values[layer * heads + head] = meanMass(attention, layer, head, queries, keys);
    }
  }
  return {
    id: "words",
    name,
    label: name,
    threshold: THRESHOLD,
    definition: `Attention from ${queries.length > 1 ? "the chosen words, averaged," : "the chosen word"} to ${keys.length > 1 ? "the chosen words, added up" : "the other one"}.`,
    source: "the weights themselves",
    values,
    layers: attention.layers,
    heads,
    rows: queries.length,
    of: attention.tokens("query").length,
  };
}

function meanMass(
  attention: Attention,
  layer: number,
  head: number,
  queries: readonly number[],
  keys: readonly number[],
): number {
  const reach = attention.reach(layer);
  let sum = 0;
  for (const query of queries) {
    const row = attention.row(layer, head, query, false);
    if (!row) return Number.NaN;
    for (const key of keys) if (reach.visible(query, key)) sum += row[key]!;
  }
  return sum / queries.length;
}
