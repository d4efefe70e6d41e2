// Draws what the matrix shows into its frame: cells, labels, legend, note, list, and the marks above the cells.

import { sizeCanvas } from "../look/canvas.ts";
import { SCALE_NOTES } from "../look/ink.ts";
import { headColors } from "../look/palette.ts";
import { COLORS } from "../look/theme.ts";
import { paintScene } from "../scene/canvas.ts";
import { layTexts } from "../scene/text.ts";
import type { Selection } from "../view.ts";
import type { MatrixCells } from "./cells.ts";
import type { MatrixFrame } from "./frame.ts";
import type { MatrixImage } from "./image.ts";
import { labelItems } from "./labels.ts";
import { type Camera, type MatrixFit, type MatrixPoint, RAIL } from "./layout.ts";
import type { MatrixProps } from "./props.ts";
import type { Region } from "./region.ts";
import { missingNote } from "./said.ts";
import {
  askedMarks,
  crossHairMarks,
  editedMarks,
  framed,
  type MatrixRequest,
  numberMarks,
  pinMarks,
  regionMarks,
  sentenceMarks,
  unmatchedMarks,
} from "./scene.ts";
import { drawSide } from "./side.ts";

/** What the matrix shows now. */
export interface Shown {
  readonly props: MatrixProps;
  readonly cells: MatrixCells;
  readonly fit: MatrixFit;
  readonly camera: Camera;
  /** What is pointed at, here or in another view. */
  readonly near: MatrixPoint | null;
  /** What is being marked. */
  readonly region: Region | null;
  /** Rows that were asked for and are not here. */
  readonly waiting: number;
  /** Why they do not come, or "". */
  readonly problem: string;
}

/** Rows or columns of the pinned words. */
export function pinnedIn({ cells, props }: Shown, side: Selection["side"]): ReadonlySet<number> {
  return cells.pinned(props.selection, side);
}

/** Rows and columns of the pinned words and of those that somebody asks about. */
function askedIn({ cells, props }: Shown): [ReadonlySet<number>, ReadonlySet<number>] {
  const { selection, to = [] } = props;
  const side = selection.side === "query" ? "key" : "query";
  const [own, other] = [selection, { ...selection, pins: to, side } as const];
  const [rows, columns] = side === "key" ? [own, other] : [other, own];
  return [cells.pinned(rows, "query"), cells.pinned(columns, "key")];
}

function requestOf({ cells, fit, camera, props }: Shown): MatrixRequest {
  const { theme, colors } = props;
  return { cells, fit, camera, theme, ink: cells.ink(theme, colors) };
}

/** The cells with their numbers; `missing` rows are not among them yet. */
export function drawCells(frame: MatrixFrame, image: MatrixImage, shown: Shown, missing: number): void {
  const { cells, fit, props } = shown;
  const surface = sizeCanvas(frame.canvas, fit.width, fit.height);
  const request = requestOf(shown);
  surface.context.putImageData(image.of(surface, { ...request, missing }), 0, 0);
  const { unmatched, filter } = props;
  const marks = [
    ...(unmatched ? unmatchedMarks(request, unmatched) : []),
    ...(filter.segments ? [] : sentenceMarks(request, ...cells.borders)),
    ...numberMarks(request, pinnedIn(shown, "query")),
  ];
  paintScene({ context: surface.context, texts: true }, { marks: [framed(request, 0, marks)] });
}

/** Words along the two sides. */
export function drawLabels(frame: MatrixFrame, shown: Shown): void {
  const { cells, fit, camera, near, props } = shown;
  const items = labelItems({
    fit,
    camera,
    theme: props.theme,
    rowWord: (row) => cells.rowWords[row]!,
    columnWord: (column) => cells.columnWords[column]!,
    pinnedRows: pinnedIn(shown, "query"),
    pinnedColumns: pinnedIn(shown, "key"),
    near,
    upright: props.full ?? false,
  });
  layTexts(frame.labels, items);
}

/** What stands around the cells: the legend, a note, the list of a full matrix. */
export function drawAround(frame: MatrixFrame, shown: Shown): void {
  drawLegend(frame, shown);
  drawNote(frame, shown);
  drawList(frame, shown);
}

function drawLegend(frame: MatrixFrame, { cells, fit, camera, props }: Shown): void {
  const { theme, attention, full, colors = "root" } = props;
  const note = attention.scale === "weight" ? SCALE_NOTES[colors] : "";
  const { rows, columns } = fit;
  const bottom = Math.min(fit.frame.bottom, camera.y + rows * camera.cell);
  const zoomed = camera.cell > fit.home.cell;
  const drags = zoomed ? "drag to move, Shift drag to pin a region" : "drag to pin a region";
  const size = `Rows attend to columns. ${rows} × ${columns} weights. Scroll to zoom, ${drags}.`;
  const what = full ? size : cells.name;
  const right = fit.width - (full ? RAIL : 0) - 8;
  const place = { left: Math.max(fit.frame.left, camera.x), top: bottom + 6, right };
  frame.legend(theme, attention, what, note, place);
}

/** Why cells are missing: what went wrong, what is still to come, what was not recorded; else why half is empty. */
function drawNote(frame: MatrixFrame, shown: Shown): void {
  const text = shown.problem || missingNote(shown.cells, shown.waiting);
  if (text) frame.note(text, 12, shown.fit.home.y + 4);
  else drawCausalNote(frame, shown);
}

/** Where there is room to say so. */
function drawCausalNote(frame: MatrixFrame, { cells, fit, camera, props }: Shown): void {
  const { home, rows, columns, width } = fit;
  const causal = props.attention.reach(cells.layer).causal;
  const room = columns * home.cell > 230 && rows > 6 && home.cell > 15;
  const said = causal && !props.full && room && camera === home;
  const right = width - home.x - columns * home.cell + 2;
  frame.note(said ? "future tokens are masked" : "", right, home.y + home.cell / 2 - 8);
}

function drawList(frame: MatrixFrame, shown: Shown): void {
  const { full, selection, theme, attention } = shown.props;
  frame.side.style.display = full ? "" : "none";
  if (!full) return;
  const colors = headColors(theme, selection.heads, attention.heads(selection.layer));
  const color = colors[shown.cells.head] ?? COLORS[theme].ink;
  drawSide(frame.side, shown.cells, [...pinnedIn(shown, "query")], color);
}

/** Marks above the cells: what edits changed, what is pointed at, pinned, asked for and being marked. */
export function drawOverlay(frame: MatrixFrame, shown: Shown): void {
  const { cells, fit, near, region, props } = shown;
  if (fit.width === 0) return;
  const { context } = sizeCanvas(frame.overlay, fit.width, fit.height);
  const request = requestOf(shown);
  const marks = [
    ...editedMarks(request, props.edited?.cells(cells.layer, cells.head) ?? []),
    ...(near ? crossHairMarks(request, near) : []),
    ...pinMarks(request, pinnedIn(shown, "query"), pinnedIn(shown, "key")),
    ...askedMarks(request, ...askedIn(shown)),
    ...(region ? regionMarks(request, region) : []),
  ];
  paintScene({ context, texts: true }, { marks: [framed(request, 3, marks)] });
}
