// What the matrix says in words: its table, its name for people who cannot see it, the tip of a cell.

import type { TableSource } from "../look/paged-table.ts";
import { formatNumber } from "../look/palette.ts";
import type { TipContent } from "../look/tip.ts";
import type { MatrixCells } from "./cells.ts";
import type { MatrixPlace } from "./layout.ts";
import { MOST_ROWS, meanWeight, type Region, sizeOf, tooLarge } from "./region.ts";

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

/** The numbers of a region that is being marked. */
export function regionTip(cells: MatrixCells, region: Region): TipContent {
  const [rows, columns] = sizeOf(region);
  const large = tooLarge(region);
  const weight = large ? Number.NaN : meanWeight(cells, region);
  const signed = cells.attention.scale === "difference";
  return {
    title: `${ends(cells.rowWords, region.rows)} → ${ends(cells.columnWords, region.columns)}`,
    detail: cells.name,
    rows: [
      ["rows", String(rows)],
      ["columns", String(columns)],
      ...(Number.isNaN(weight)
        ? []
        : [[signed ? "mean change of a row" : "mean weight of a row", formatNumber(weight, 3)] as const]),
    ],
    note: large ? `At most ${MOST_ROWS} rows can be pinned. Zoom in to mark fewer.` : "",
  };
}

/** The same for ears; `chosen` once it was let go. */
export function regionSaid(cells: MatrixCells, region: Region, chosen = false): string {
  const [rows, columns] = sizeOf(region);
  const size = `${rows} ${rows === 1 ? "row" : "rows"}, ${columns} ${columns === 1 ? "column" : "columns"}`;
  if (tooLarge(region)) return `${size} marked. At most ${MOST_ROWS} rows can be pinned.`;
  if (chosen) return `${size} pinned.`;
  return `${regionTip(cells, region).title}, ${size} marked. Enter pins the rows.`;
}

function ends(words: readonly string[], [first, last]: readonly [number, number]): string {
  return first === last ? words[first]! : `${words[first]} … ${words[last]}`;
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
