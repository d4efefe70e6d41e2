// A table of numbers as a heat map: each cell has its number, fills in as it comes, and can be pressed. It goes to CSV.

import { type Table, tableCsv } from "../../../analysis/index.ts";
import { formatNumber } from "../../../views/index.ts";
import { download } from "../../actions/figures.ts";

interface HeatTableProps {
  readonly table: Table;
  /** The file's name without its ending. */
  readonly name: string;
  /** What a press does, for the title; left out where it does nothing. */
  readonly act?: string;
  readonly press?: (row: number, column: number) => void;
  /** Cells that are coloured and pressed; all if left out. Others are sums, plain numbers. */
  readonly part?: (row: number, column: number) => boolean;
}

/** The table, with what its numbers mean. */
export function HeatTable({ table, name, act, press, part = () => true }: HeatTableProps) {
  const { rows, columns, values, words, references = {} } = table;
  const known = Object.values(references);
  const zero = references.corrupted ?? references.unchanged ?? 0;
  const isPart = (_: number, at: number) => part(Math.floor(at / columns.length), at % columns.length);
  const reach = Math.max(
    ...[...values.filter(isPart), ...known].filter(Number.isFinite).map((v) => Math.abs(v - zero)),
    1e-9,
  );
  const save = () => download(new Blob([tableCsv(table)], { type: "text/csv" }), `${name}.csv`);
  return (
    <>
      <p class="small muted">
        {table.meaning}
        {Object.entries(references).map(([what, value]) => ` ${what}: ${formatNumber(value)}.`)}{" "}
        <button type="button" class="btn small" onClick={save}>
          CSV
        </button>
      </p>
      <div class="heat">
        <table class="num">
          <thead>
            <tr>
              <th>{`${table.rowsAre} \\ ${table.columnsAre}`}</th>
              {columns.map((column, j) => (
                <th key={j} scope="col">
                  {column.trim() || "␣"}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, i) => (
              <tr key={i}>
                <th scope="row">{row.trim() || "␣"}</th>
                {columns.map((column, j) => {
                  const at = i * columns.length + j;
                  return (
                    <Cell
                      key={j}
                      value={values[at]!}
                      share={part(i, j) ? (values[at]! - zero) / reach : 0}
                      word={words?.[at]}
                      title={`${table.rowsAre} ${row.trim()}, ${table.columnsAre} ${column.trim()}${act ? `: ${act}` : ""}`}
                      press={press && part(i, j) ? () => press(i, j) : undefined}
                    />
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

interface CellProps {
  readonly value: number;
  /** -1 to 1: how far from where nothing happens. */
  readonly share: number;
  readonly word: string | undefined;
  readonly title: string;
  readonly press: (() => void) | undefined;
}

function Cell({ value, share, word, title, press }: CellProps) {
  if (Number.isNaN(value)) return <td />;
  const color = share < 0 ? "var(--neg)" : "var(--pos)";
  const ink = `color-mix(in srgb, ${color} ${Math.round(70 * Math.abs(share))}%, transparent)`;
  return (
    <td style={{ background: ink }}>
      <button type="button" title={title} disabled={!press} onClick={press}>
        {word !== undefined && <b dir="auto">{word.trim() || "␣"}</b>}
        {formatNumber(value)}
      </button>
    </td>
  );
}
