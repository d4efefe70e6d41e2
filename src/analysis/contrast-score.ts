// How far each head's attention moved between two runs: the question "which heads change most from She to He?" as a
// ranking. Tokens are matched by an alignment, so that the texts need not be equally long.

import { type Alignment, type Attention, mostHeads } from "../trace/index.ts";
import type { ScoreTable } from "./score-tables.ts";

/** Heads that moved a tenth of their mass are marked as found. */
const THRESHOLD = 0.1;

/** What a contrast is taken over. */
export interface Contrast {
  /** The run it is held against. */
  readonly before: Attention;
  /** The run that is shown: rows and the table are by its tokens, layers and heads. */
  readonly after: Attention;
  /** For each token of `after` the matching one of `before`, -1 for none; no two match the same one. */
  readonly alignment: Alignment;
  /** Rows of `after` to look at; those without a counterpart are left out. Default: all. */
  readonly queries?: readonly number[];
  readonly name: string;
}

/**
 * Mean over the rows that have a counterpart, in every head, [layers, heads] of `after`, 0 to 1:
 *
 *     1/2 * sum over matched keys |p_after - p_before|  +  1/2 * |u_after - u_before|
 *
 * with p a row's weights and u its mass on keys without a counterpart: the total variation distance of the two rows,
 * all keys without a counterpart taken as one. Nothing is renormalised. Swapping the runs changes no value. NaN where a
 * head is missing in a run, its rows are not here yet, or no row has a counterpart.
 */
export function contrastScore({ before, after, alignment, queries, name }: Contrast): ScoreTable {
  const all = queries ?? after.tokens("query").map((_, query) => query);
  const rows = all.filter((query) => alignment.query[query]! >= 0);
  const alone = withoutCounterpart(before.tokens("key").length, alignment.key);
  const heads = mostHeads(after);
  const values = new Float32Array(after.layers * heads).fill(Number.NaN);
  for (let layer = 0; layer < Math.min(before.layers, after.layers); layer++) {
    for (let head = 0; head < Math.min(before.heads(layer), after.heads(layer)); head++) {
      let sum = 0;
      for (const query of rows) {
        const now = after.row(layer, head, query, false);
        const then = before.row(layer, head, alignment.query[query]!, false);
        sum += now && then ? distance(now, then, alignment.key, alone) : Number.NaN;
      }
      values[layer * heads + head] = sum / rows.length;
    }
  }
  return {
    id: "contrast",
    name,
    label: "differs",
    threshold: THRESHOLD,
    definition: `Share of attention that lies elsewhere in the other run (total variation distance), ${over(rows.length, after.tokens("query").length)}.`,
    source: "the weights of both runs, matched token by token",
    values,
    layers: after.layers,
    heads,
    rows: rows.length,
    of: after.tokens("query").length,
  };
}

function over(rows: number, of: number): string {
  return rows === 1 ? "from one word" : `averaged over ${rows} of ${of} tokens`;
}

/** Total variation distance of two rows; `match` and `alone` say which keys answer to each other. */
function distance(
  after: Float32Array,
  before: Float32Array,
  match: Int32Array,
  alone: readonly number[],
): number {
  let moved = 0;
  let unmatched = 0;
  for (let key = 0; key < after.length; key++) {
    const there = match[key]!;
    if (there < 0) unmatched += after[key]!;
    else moved += Math.abs(after[key]! - before[there]!);
  }
  for (const key of alone) unmatched -= before[key]!;
  return (moved + Math.abs(unmatched)) / 2;
}

function withoutCounterpart(keys: number, match: Int32Array): number[] {
  const found = new Set(match);
  return Array.from({ length: keys }, (_, key) => key).filter((key) => !found.has(key));
}
