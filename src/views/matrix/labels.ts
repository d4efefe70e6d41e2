// Words along the two sides of a matrix, as text that can be read, selected and found on the page.

import { FONTS } from "../look/theme.ts";
import { type Camera, labelStep, type MatrixFit, SLANT, span } from "./layout.ts";

/** What the labels show. */
export interface LabelRequest {
  readonly fit: MatrixFit;
  readonly camera: Camera;
  readonly rowWord: (row: number) => string;
  readonly columnWord: (column: number) => string;
  readonly pinnedRows: ReadonlySet<number>;
  readonly pinnedColumns: ReadonlySet<number>;
  readonly near: { readonly row: number; readonly column: number } | null;
  /** Upright column labels. */
  readonly upright: boolean;
}

/** From this many words per label on, labels are sparse. */
const SPARSE = 4;
/** Room between a label and the cells. */
const SPACE = 8;

/** Draws labels into `holder`, thinned out where they would touch. */
export function drawLabels(holder: HTMLElement, request: LabelRequest): void {
  const { fit, camera, pinnedRows, pinnedColumns, near } = request;
  const { frame, fontSize } = fit;
  const step = spacing(labelStep(fontSize, camera.cell));
  const [firstRow, endRow] = span(camera.y, camera.cell, fit.rows, frame.top, frame.bottom);
  const [first, end] = span(camera.x, camera.cell, fit.columns, frame.left, frame.right);
  const left = Math.max(frame.left, camera.x) - SPACE;
  const rows = labelled(firstRow, endRow, step, pinnedRows, near?.row ?? null).map((row) => {
    const label = text(holder, "row", request.rowWord(row), pinnedRows.has(row), near?.row === row);
    const y = camera.y + (row + 0.5) * camera.cell;
    label.style.cssText = `width:${left - 4}px;left:4px;top:${y - 8}px;font-size:${fontSize}px`;
    return inFrame(y, frame.top, frame.bottom) ? label : null;
  });
  const columns = labelled(first, end, step, pinnedColumns, near?.column ?? null).map((column) => {
    const label = text(
      holder,
      "column",
      request.columnWord(column),
      pinnedColumns.has(column),
      near?.column === column,
    );
    const x = camera.x + (column + 0.5) * camera.cell;
    const angle = request.upright ? 90 : SLANT;
    const width = (frame.top - SPACE - 4) / Math.sin((angle * Math.PI) / 180);
    label.style.cssText = `left:${x}px;top:${frame.top - 16}px;max-width:${width}px;font-size:${fontSize}px;transform:rotate(-${angle}deg)`;
    return inFrame(x, frame.left, frame.right) ? label : null;
  });
  holder.replaceChildren(...[...rows, ...columns].filter((label) => label !== null));
}

/** Words that do not stand beside each other in the text do not stand close here either. */
function spacing(step: number): number {
  return step > SPARSE ? step * 2 : step;
}

function inFrame(value: number, from: number, to: number): boolean {
  return value >= from && value <= to;
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

function text(holder: HTMLElement, side: string, word: string, pinned: boolean, near: boolean): HTMLElement {
  const label = holder.ownerDocument.createElement("span");
  label.className = side;
  label.classList.toggle("pinned", pinned);
  label.classList.toggle("near", near);
  label.dir = "auto";
  label.textContent = word;
  return label;
}

/** Width of the widest of `words` in CSS px; measures the longest ones only. */
export function longestLabel(
  context: CanvasRenderingContext2D,
  words: readonly string[],
  fontSize: number,
): number {
  context.font = `450 ${fontSize}px ${FONTS.sans}`;
  const longest = [...new Set(words)].sort((a, b) => b.length - a.length).slice(0, 20);
  return Math.max(0, ...longest.map((word) => context.measureText(word).width));
}
