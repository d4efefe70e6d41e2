// The dock's attribution: what every head, mlp and the embedding add to the logit of a word, or to the difference of two;
// and the focused head by source word. A cell focuses its head.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { SUM_COLUMN, type Table } from "../../../analysis/index.ts";
import { formatNumber, MINUS } from "../../../views/index.ts";
import type { AppState } from "../../state/state.ts";
import type { PartProps } from "../part.ts";
import { HeatTable } from "./heat-table.tsx";
import { isLive, NotLive, Word, withWords } from "./table-panels.tsx";

/** Direct logit attribution at the pinned word, or at the last. */
export function AttributionPanel({ app, actions }: PartProps) {
  const [target, against] = [useSignal(""), useSignal("")];
  const found = app.edits.attribution.value;
  const current = found?.of === app.trace.value ? found : null;
  const selection = app.selection.value;
  const place = `${selection?.block} ${selection?.layer} ${selection?.focus} ${app.pinnedQuery.value}`;
  useEffect(() => {
    if (current) void actions.tables.attribution(current.asked);
  }, [place]);
  if (!isLive(app)) return <NotLive />;
  const go = () =>
    withWords(app, actions, [target.value, against.value], ([first, second]) =>
      actions.tables.attribution({
        ...(first !== undefined && { target: first }),
        ...(second !== undefined && { against: second }),
      }),
    );
  return (
    <div class="dbody tables told">
      <div class="ask small">
        <Word label="Word" value={target} hint="likeliest" />
        <Word label="against" value={against} hint="none" />
        <button type="button" class="btn small" onClick={() => void go()}>
          Tell the logit apart
        </button>
        {current?.running && <span role="status">Running</span>}
      </div>
      {current?.parts && (
        <section aria-label="Every part">
          <Sum table={current.parts} />
          <HeatTable
            table={current.parts}
            name="attribution"
            act="focus this head"
            part={(row, column) => isPart(current.parts!, row, column)}
            press={(row, column) => focus(app, current.parts!, row, column)}
          />
        </section>
      )}
      {current?.sources && (
        <section aria-label="By source word">
          <HeatTable
            table={current.sources}
            name="attribution-by-word"
            act="pin this word"
            press={(key) => app.go({ pins: [key], side: "key" })}
          />
        </section>
      )}
    </div>
  );
}

/** Rows that are no layer, in front and behind. */
const [BEFORE, BEHIND] = [1, 3];

/** Cells that are coloured and pressed: parts of layers, not their sums. */
function isPart({ rows, columns }: Table, row: number, column: number): boolean {
  return row >= BEFORE && row < rows.length - BEHIND && columns[column] !== SUM_COLUMN;
}

/** The head (or, at an mlp, the layer) of a cell. */
function focus(app: AppState, { columns }: Table, row: number, column: number): void {
  const layer = row - BEFORE;
  const name = columns[column]!;
  const crossing = name.startsWith("cross ");
  const head = Number(crossing ? name.slice("cross ".length) : name);
  if (Number.isNaN(head)) {
    app.go({ layer });
    return;
  }
  const blocks = app.trace.value!.manifest.blocks;
  const own = blocks.findLast(({ queries, keys }) => queries === keys)!.name;
  const block = crossing ? "cross" : own;
  app.go({ ...(blocks.length > 1 && { block }), layer, heads: [head], focus: head });
}

/** The sum, in one line, so that it can be checked. */
function Sum({ table }: { table: Table }) {
  const { rows, columns, values } = table;
  const width = columns.length;
  const all = (name: string) => values[(rows.indexOf(name) + 1) * width - 1]!;
  const layers = rows
    .slice(BEFORE, -BEHIND)
    .reduce((sum, _, layer) => sum + values[(layer + 2) * width - 1]!, 0);
  return (
    <p class="small num sum">
      embedding {formatNumber(all("embedding"), 3)} + layers {formatNumber(layers, 3)} + biases{" "}
      {formatNumber(all("biases"), 3)} + residue {residueText(all("residue"))} = logit{" "}
      <b>{formatNumber(all("logit"), 3)}</b>
    </p>
  );
}

/** Small residues in powers of ten. */
function residueText(residue: number): string {
  return Math.abs(residue) < 0.0005 && residue !== 0
    ? residue.toExponential(0).replaceAll("-", MINUS)
    : formatNumber(residue, 3);
}
