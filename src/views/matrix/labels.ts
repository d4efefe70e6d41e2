// Words along the two sides of a matrix, thinned out where they would touch.

import { COLORS, type ThemeName } from "../look/theme.ts";
import type { TextItem } from "../scene/scene.ts";
import { type Camera, labelStep, type MatrixFit, type MatrixPoint, SLANT, span } from "./layout.ts";

/** What the labels show. */
export interface LabelRequest {
  readonly fit: MatrixFit;
  readonly camera: Camera;
  readonly theme: ThemeName;
  readonly rowWord: (row: number) => string;
  readonly columnWord: (column: number) => string;
  readonly pinnedRows: ReadonlySet<number>;
  readonly pinnedColumns: ReadonlySet<number>;
  readonly near: MatrixPoint | null;
  /** Upright column labels. */
  readonly upright: boolean;
}

/** From this many words per label on, labels are sparse. */
const SPARSE = 4;
/** Room between a label and the cells. */
const SPACE = 8;

/** The labels of rows and columns in sight. */
export function labelItems(request: LabelRequest): TextItem[] {
  return [...rowLabels(request), ...columnLabels(request)];
}

function rowLabels(request: LabelRequest): TextItem[] {
  const { fit, camera, pinnedRows, near, rowWord } = request;
  const { frame, fontSize } = fit;
  const [first, end] = span(camera.y, camera.cell, fit.rows, frame.top, frame.bottom);
  const right = Math.max(frame.left, camera.x) - SPACE;
  const step = labelStep(fontSize, camera.cell);
  return labelled(first, end, step, pinnedRows, near?.row ?? null).flatMap((row): TextItem[] => {
    const y = camera.y + (row + 0.5) * camera.cell;
    if (y < frame.top || y > frame.bottom) return [];
    const look = lookOf(request, "row", pinnedRows.has(row), near?.row === row);
    return [{ text: rowWord(row), x: right, y, size: fontSize, anchor: "end", width: right - 4, ...look }];
  });
}

function columnLabels(request: LabelRequest): TextItem[] {
  const { fit, camera, pinnedColumns, near, columnWord, upright } = request;
  const { frame, fontSize } = fit;
  const [first, end] = span(camera.x, camera.cell, fit.columns, frame.left, frame.right);
  const angle = upright ? 90 : SLANT;
  const y = frame.top - SPACE;
  const step = labelStep(fontSize, camera.cell, angle);
  const columns = labelled(first, end, step, pinnedColumns, near?.column ?? null);
  return columns.flatMap((column): TextItem[] => {
    const x = camera.x + (column + 0.5) * camera.cell;
    if (x < frame.left || x > frame.right) return [];
    const look = lookOf(request, "column", pinnedColumns.has(column), near?.column === column);
    const width = roomFor(angle, y - 4, fit.width - x - 2);
    return [{ text: columnWord(column), x, y, size: fontSize, angle: -angle, width, ...look }];
  });
}

/** Length of a turned label that ends below the upper border and before the right one. */
function roomFor(angle: number, up: number, right: number): number {
  const turn = (angle * Math.PI) / 180;
  return Math.max(0, Math.min(up / Math.sin(turn), angle < 90 ? right / Math.cos(turn) : up));
}

function lookOf(
  { theme }: LabelRequest,
  side: "row" | "column",
  pinned: boolean,
  near: boolean,
): Pick<TextItem, "role" | "color" | "weight"> {
  const colors = COLORS[theme];
  const role = [side, ...(pinned ? ["pinned"] : []), ...(near ? ["near"] : [])].join(" ");
  return { role, color: pinned || near ? colors.text : colors["text-2"], weight: pinned ? 620 : 450 };
}

/**
 * Numbers whose labels are written, `step` apart at least: the one under the pointer, then pins, then every step-th of
 * the others. Where few are written they are fewer still: words that do not stand beside each other in the text do not
 * stand close here either.
 */
function labelled(
  first: number,
  end: number,
  step: number,
  pinned: ReadonlySet<number>,
  near: number | null,
): number[] {
  const written: number[] = [];
  const write = (i: number, apart: number): void => {
    const free = written.every((other) => Math.abs(other - i) >= apart);
    if (i >= first && i < end && free) written.push(i);
  };
  if (near !== null) write(near, step);
  for (const pin of pinned) write(pin, step);
  const sparse = step > SPARSE ? step * 2 : step;
  const must = [...written];
  for (let i = Math.ceil(first / sparse) * sparse; i < end; i += sparse) {
    if (must.every((m) => Math.abs(m - i) >= sparse)) written.push(i);
  }
  return written.sort((a, b) => a - b);
}
