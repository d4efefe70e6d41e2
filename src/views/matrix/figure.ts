// The matrix laid out for paper: every row and column, labels where they have room, the legend below.

import type { Attention } from "../../trace/index.ts";
import type { Figure, FigureStyle } from "../figure.ts";
import { type InkScale, SCALE_NOTES } from "../look/ink.ts";
import { legendMarks } from "../scene/legend.ts";
import { widest } from "../scene/measure.ts";
import type { Mark } from "../scene/scene.ts";
import type { CellFilter, Edited, Hover, Selection, Unmatched } from "../view.ts";
import { MatrixCells } from "./cells.ts";
import { labelItems } from "./labels.ts";
import { gapOf, labelSize, labelStep, type MatrixFit, SLANT } from "./layout.ts";
import { matrixRaster } from "./paper-raster.ts";
import {
  crossHairMarks,
  editedMarks,
  framed,
  type MatrixRequest,
  numberMarks,
  pinMarks,
  sentenceMarks,
  unmatchedMarks,
} from "./scene.ts";

/** What the figure shows. */
export interface MatrixFigureRequest {
  readonly attention: Attention;
  readonly selection: Selection;
  readonly filter: CellFilter;
  readonly colors?: InkScale;
  readonly hover?: Hover | null;
  readonly edited?: Edited | null;
  readonly unmatched?: Unmatched | null;
}

/** Largest cell; of few words larger, while the matrix is no taller than the figure is wide. */
const LARGEST = 44;
const LARGEST_OF_FEW = 64;
const LABEL_MOST = 110;
/** Cells drawn along each side; more share a cell of the picture. */
const MOST = 512;
const LEGEND = 30;

/** The figure of the focused head. */
export function matrixFigure(request: MatrixFigureRequest, style: FigureStyle): Figure {
  const { attention, selection, filter, hover } = request;
  const { theme, measure, width } = style;
  const cells = new MatrixCells(attention, selection.layer, selection.focus, filter);
  const ink = cells.ink(theme, request.colors);
  const fit = paperFit(cells, style);
  const marks: MatrixRequest = { cells, fit, camera: fit.home, theme, ink };
  const [rows, columns] = [cells.pinned(selection, "query"), cells.pinned(selection, "key")];
  const near = hover ? cells.find(hover) : null;
  const labels = labelItems({
    fit,
    camera: fit.home,
    theme,
    rowWord: (row) => cells.rowWords[row]!,
    columnWord: (column) => cells.columnWords[column]!,
    pinnedRows: rows,
    pinnedColumns: columns,
    near,
    upright: false,
  });
  const hatched = request.unmatched ? unmatchedMarks(marks, request.unmatched) : [];
  const inside: Mark[] = [
    { kind: "rasters", items: [raster(marks)] },
    ...hatched,
    ...(filter.segments ? [] : sentenceMarks(marks, ...cells.borders)),
    ...numberMarks(marks, rows),
  ];
  const changed = request.edited?.cells(selection.layer, selection.focus) ?? [];
  const edited = editedMarks(marks, changed);
  const over = [...edited, ...(near ? crossHairMarks(marks, near) : []), ...pinMarks(marks, rows, columns)];
  const note = attention.scale === "weight" ? SCALE_NOTES[request.colors ?? "root"] : "";
  const legend = legendMarks(
    { attention, theme, measure, more: cells.name, note, right: width },
    fit.frame.left,
    fit.frame.bottom + 16,
  );
  return {
    scene: {
      width,
      height: fit.height,
      marks: [
        { ...framed(marks, 0, inside), name: "cells" },
        { ...framed(marks, 3, over), name: "pins" },
        { kind: "texts", items: labels },
        ...legend,
      ],
    },
    signs: [
      ...(hatched.length > 0 ? ["hatched" as const] : []),
      ...(edited.length > 0 ? ["edited" as const] : []),
    ],
    leftOut: leftOut(cells, fit),
  };
}

function raster({ cells, fit, ink }: MatrixRequest) {
  const { cell, x, y } = fit.home;
  const gap = cells.columns > MOST || cells.rows > MOST ? 0 : gapOf(cell);
  return matrixRaster(
    cells,
    ink,
    { x, y, width: cell * cells.columns, height: cell * cells.rows, gap },
    MOST,
  );
}

function paperFit(cells: MatrixCells, { width, measure }: FigureStyle): MatrixFit {
  const { rows, columns } = cells;
  const fontSize = labelSize(Math.max(rows, columns));
  const slant = Math.sin((SLANT * Math.PI) / 180);
  const left = Math.ceil(Math.min(LABEL_MOST, widest(measure, cells.rowWords, fontSize)) + 14);
  const top = Math.ceil(Math.min(LABEL_MOST, widest(measure, cells.columnWords, fontSize)) * slant + 16);
  const lean = Math.min(60, widest(measure, cells.columnWords.slice(-3), fontSize) * 0.56);
  const largest = Math.max(LARGEST, Math.min(LARGEST_OF_FEW, width / rows));
  const cell = Math.min(largest, (width - left - Math.max(4, lean)) / columns);
  const frame = { left, top, right: left + cell * columns, bottom: top + cell * rows };
  return {
    width,
    height: Math.ceil(frame.bottom + LEGEND),
    frame,
    home: { cell, x: left, y: top },
    fontSize,
    rows,
    columns,
  };
}

function leftOut({ rows, columns }: MatrixCells, fit: MatrixFit): string[] {
  // Columns are turned, and so the first that are left out.
  const step = labelStep(fit.fontSize, fit.home.cell, SLANT);
  const out: string[] = [];
  if (step > 1) out.push("Not every row and column has its word written beside it.");
  if (rows > MOST || columns > MOST) {
    out.push(
      `${rows} × ${columns} weights are drawn as ${Math.min(rows, MOST)} × ${Math.min(columns, MOST)} cells, each with the largest weight it covers.`,
    );
  }
  return out;
}
