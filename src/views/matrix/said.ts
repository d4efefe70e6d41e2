// What the matrix says in words: its table, its name for people who cannot see it, the tip of a cell.

import type { TableSource } from "../look/paged-table.ts";
import { formatNumber } from "../look/palette.ts";
import type { TipContent } from "../look/tip.ts";
import type { MatrixCells } from "./cells.ts";
import type { MatrixPlace } from "./layout.ts";

/** One sentence about a head, where nothing better is known. */
export function matrixSummary(cells: MatrixCells): string {
  const { rows, columns } = cells;
  return `${capital(cells.name)}: ${rows} rows attend to ${columns} columns`;
}

/** Why rows are missing; "" where none is. */
export function missingNote({ name, state }: MatrixCells, waiting: number): string {
  if (state === "absent") return `${capital(name)} was not recorded.`;
  return waiting === 0 ? "" : `Waiting for ${waiting} ${waiting === 1 ? "row" : "rows"}.`;
}

/** The weights as a table: words as headers, nothing where masked. */
export function matrixTable(cells: MatrixCells): TableSource {
  const { name, rows, columns } = cells;
  return {
    caption: `${capital(name)}: rows attend to columns`,
    rows,
    columns,
    rowHeader: (row) => cells.rowWords[row]!,
    columnHeader: (column) => cells.columnWords[column]!,
    cell: (row, column) => {
      const weight = cells.weight(row, column);
      return Number.isNaN(weight) ? "" : formatNumber(weight, 3);
    },
  };
}

/** The numbers of a cell; none where it is masked. */
export function matrixTip(cells: MatrixCells, { row, column }: MatrixPlace): TipContent {
  const masked = Number.isNaN(cells.weight(row, column));
  return {
    title: `${cells.rowWords[row]} → ${cells.columnWords[column]}`,
    detail: cells.name,
    rows: masked ? [] : cells.facts(row, column),
    note: "",
  };
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
