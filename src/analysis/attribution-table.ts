// An attribution as tables that people read: one that adds up to the logit, one of a head's source words.

import type { Readout, Token, Trace } from "../trace/index.ts";
import { type Attribution, type AttributionTarget, attributeSources } from "./attribution.ts";
import { emptyTable, type Table } from "./table.ts";

/** The last column of an attribution's table: sums of rows. It adds up to the logit in its own last row. */
export const SUM_COLUMN = "all";

/** What a logit is of, in words: "logit of the", or "logit of the minus logit of a". */
export function logitName(target: string, against?: string): string {
  const of = (word: string) => `logit of "${word.trim() || word}"`;
  return against === undefined ? of(target) : `${of(target)} minus ${of(against)}`;
}

/**
 * Every part of an attribution, [embedding, layers..., biases, residue, logit] by [heads..., cross heads..., mlp, all].
 * The column "all" from the embedding to the residue adds up to the logit. Cells that are no part are NaN.
 */
export function attributionTable(parts: Attribution, name: string): Table {
  const { heads, cross, mlps } = parts;
  const layers = heads.rows.length;
  const across = [...heads.columns, ...(cross?.columns.map((head) => `cross ${head}`) ?? []), "mlp"];
  const table = emptyTable({
    meaning: `What each part adds to the ${name}, before any final soft cap. The last column adds up to it.`,
    ...{ rowsAre: "layer", columnsAre: "head" },
    rows: ["embedding", ...heads.rows, "biases", "residue", "logit"],
    columns: [...across, SUM_COLUMN],
  });
  const width = table.columns.length;
  const rowOf = ({ columns, values }: Table, layer: number) =>
    values.subarray(layer * columns.length, (layer + 1) * columns.length);
  for (let layer = 0; layer < layers; layer++) {
    const row = [heads, cross, mlps].flatMap((part) => (part ? [...rowOf(part, layer)] : []));
    table.values.set(
      [...row, row.reduce((sum, x) => (Number.isNaN(x) ? sum : sum + x), 0)],
      (layer + 1) * width,
    );
  }
  const all = (row: number, value: number) => {
    table.values[(row + 1) * width - 1] = value;
  };
  all(0, parts.embedding);
  for (const [i, value] of [parts.biases, parts.residue, parts.logit].entries()) all(layers + 1 + i, value);
  return table;
}

/** What one head adds to a logit by reading each source word, [keys, 1]. */
export function sourcesTable(
  trace: Trace,
  readout: Readout,
  at: AttributionTarget,
  head: Parameters<typeof attributeSources>[3],
  name: string,
): Table {
  const keys: readonly Token[] = trace.stream(trace.block(head.block).keys).tokens;
  return {
    meaning: `What head ${head.layer}.${head.head} adds to the ${name} by reading each word.`,
    ...{ rowsAre: "source word", columnsAre: "head", columns: [`${head.layer}.${head.head}`] },
    rows: keys.map(({ text }) => text),
    values: attributeSources(trace, readout, at, head),
  };
}
