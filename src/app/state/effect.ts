// "Effect on next token" as a table of scores: what silencing each head does. A cause, never a pattern: a head can have
// one without the other.

import type { ScoreTable, Table } from "../../analysis/index.ts";
import type { BlockName } from "../../trace/index.ts";

/** Nats of divergence from which an effect is told. */
const THRESHOLD = 0.1;

/** The table of a sweep that silences heads, [layers, heads]; none for blocks that it did not go through. */
export function effectTable(table: Table, block: BlockName | null): ScoreTable[] {
  if (block === "encoder" || block === "cross") return [];
  const [layers, heads] = [table.rows.length, table.columns.length];
  return [
    {
      id: "effect",
      name: "Effect on next token",
      label: "effect",
      threshold: THRESHOLD,
      definition:
        "How far silencing the head moves the next-token probabilities, in nats (Kullback-Leibler). A cause, not a pattern.",
      source: "ablation: one run per head, its output set to zero",
      ...{ values: table.values, layers, heads, rows: 1, of: 1 },
    },
  ];
}
