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
  return labelled(first, end, stepOf(request), pinnedRows, near?.row ?? null).flatMap((row): TextItem[] => {
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
  const width = (frame.top - SPACE - 4) / Math.sin((angle * Math.PI) / 180);
  const columns = labelled(first, end, stepOf(request), pinnedColumns, near?.column ?? null);
  return columns.flatMap((column): TextItem[] => {
    const x = camera.x + (column + 0.5) * camera.cell;
    if (x < frame.left || x > frame.right) return [];
    const look = lookOf(request, "column", pinnedColumns.has(column), near?.column === column);
    const y = frame.top - SPACE;
    return [{ text: columnWord(column), x, y, size: fontSize, angle: -angle, width, ...look }];
  });
}

/** Words that do not stand beside each other in the text do not stand close here either. */
function stepOf({ fit, camera }: LabelRequest): number {
  const step = labelStep(fit.fontSize, camera.cell);
  return step > SPARSE ? step * 2 : step;
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

/** Every step-th number, and pins and the one under the pointer in place of their neighbours. */
function labelled(
  first: number,
  end: number,
  step: number,
  pinned: ReadonlySet<number>,
  near: number | null,
): number[] {
  const must = [...pinned, ...(near === null ? [] : [near])].filter((i) => i >= first && i < end);
  const others = [];
  for (let i = Math.ceil(first / step) * step; i < end; i += step) {
    if (must.every((m) => Math.abs(m - i) >= step)) others.push(i);
  }
  return [...new Set([...others, ...must])].sort((a, b) => a - b);
}
