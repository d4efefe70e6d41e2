// Puts a display list of lines on a canvas. Curves are stroked one by one; hairlines are gathered by colour and
// opacity, because a browser rasters 1 px lines several times faster than wider ones.

import type { LineList } from "./lines.ts";

/** Distance of the curve's handles from its ends, as a share of the span. */
export const HANDLE = 0.42;
/** Opacities of hairlines are rounded to parts of this; lines that round to none are not drawn. */
const STEPS = 64;

/** Which lines of a list are drawn, and how. */
export interface LinesPart {
  readonly list: LineList;
  /** One CSS colour per head. */
  readonly colors: readonly string[];
  /** CSS px by which everything is moved up. */
  readonly top: number;
  /** Lines: first and one past last. */
  readonly from: number;
  readonly to: number;
}

/** Draw a part of a list of lines. */
export function drawLines(context: CanvasRenderingContext2D, part: LinesPart): void {
  context.lineCap = "butt";
  if (part.list.curved) drawCurves(context, part);
  else drawHairlines(context, part);
  context.globalAlpha = 1;
}

function drawCurves(context: CanvasRenderingContext2D, { list, colors, top, from, to }: LinesPart): void {
  const bend = (list.to - list.from) * HANDLE;
  for (let i = from; i < to; i++) {
    const [y0, y1] = [list.left[i]! - top, list.right[i]! - top];
    context.strokeStyle = colors[list.colors[i]!]!;
    context.globalAlpha = list.opacities[i]!;
    context.lineWidth = list.widths[i]!;
    context.beginPath();
    context.moveTo(list.from, y0);
    context.bezierCurveTo(list.from + bend, y0, list.to - bend, y1, list.to, y1);
    context.stroke();
  }
}

function drawHairlines(context: CanvasRenderingContext2D, { list, colors, top, from, to }: LinesPart): void {
  const paths = new Map<number, Path2D>();
  for (let i = from; i < to; i++) {
    const step = Math.round(list.opacities[i]! * STEPS);
    if (step === 0) continue;
    const wide = list.widths[i]! > 1 ? Math.round(list.widths[i]! * 2) : 2;
    const name = (wide * (STEPS + 1) + step) * colors.length + list.colors[i]!;
    const path = paths.get(name) ?? new Path2D();
    paths.set(name, path);
    path.moveTo(list.from, list.left[i]! - top);
    path.lineTo(list.to, list.right[i]! - top);
  }
  for (const [name, path] of [...paths].sort((a, b) => a[0] - b[0])) {
    const rest = Math.floor(name / colors.length);
    context.strokeStyle = colors[name % colors.length]!;
    context.globalAlpha = (rest % (STEPS + 1)) / STEPS;
    context.lineWidth = Math.floor(rest / (STEPS + 1)) / 2;
    context.stroke(path);
  }
}
