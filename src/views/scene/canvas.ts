// Paints a scene on a canvas. Hairlines are gathered by colour and opacity, because a browser rasters 1 px lines
// several times faster than wider ones; cells of rasters go in one putImageData for all of them where nothing moves.

import { FONTS } from "../look/theme.ts";
import { beginsFromRight } from "../read/writing.ts";
import { charactersOf } from "./characters.ts";
import {
  type Group,
  type Lines,
  type Mark,
  type Outlines,
  type Polylines,
  type Raster,
  type Rects,
  type Scene,
  type TextItem,
  UNDERLINE,
} from "./scene.ts";

/** Distance of a curve's handles from its ends, as a share of the span. */
export const HANDLE = 0.42;
/** The transformation that makes lines along x lines along y. */
export const SWAP_AXES = [0, 1, 1, 0, 0, 0] as const;
/** Opacities of hairlines are rounded to parts of this; lines that round to none are not drawn. */
const STEPS = 64;

/**
 * Curves up to this wide, in device px, are painted as hairlines with the same ink: in software a browser rasters them four
 * times faster (14 µs instead of 62 for one of 560 px), and a quarter of a pixel is not seen.
 */
const HAIR = 1.25;

/** How a scene is painted on this canvas. */
export interface Pen {
  readonly context: CanvasRenderingContext2D;
  /** Whether texts are painted too; false where they are elements over the canvas. */
  readonly texts: boolean;
}

/** Paint all marks of a scene. The context's unit is one CSS px; what is there already stays. */
export function paintScene(pen: Pen, scene: Pick<Scene, "marks">): void {
  for (const mark of scene.marks) paintMark(pen, mark);
}

function paintMark(pen: Pen, mark: Mark): void {
  const { context } = pen;
  if (mark.kind === "rects") paintRects(context, mark);
  else if (mark.kind === "outlines") paintOutlines(context, mark);
  else if (mark.kind === "lines") paintLines(context, mark, 0, mark.count);
  else if (mark.kind === "polylines") paintPolylines(context, mark);
  else if (mark.kind === "rasters") for (const item of mark.items) paintRaster(context, item);
  else if (mark.kind === "group") paintGroup(pen, mark);
  else if (pen.texts) for (const item of mark.items) paintText(context, item);
}

function paintGroup(pen: Pen, { marks, x = 0, y = 0, clip, opacity }: Group): void {
  const { context } = pen;
  context.save();
  context.translate(x, y);
  if (clip) {
    context.beginPath();
    context.rect(...clip);
    context.clip();
  }
  if (opacity !== undefined) context.globalAlpha *= opacity;
  paintScene(pen, { marks });
  context.restore();
}

function paintRects(
  context: CanvasRenderingContext2D,
  { boxes, fill, opacity = 1, radius = 0 }: Rects,
): void {
  const base = context.globalAlpha;
  for (let i = 0; i < boxes.length; i += 4) {
    const [x, y, width, height] = [boxes[i]!, boxes[i + 1]!, boxes[i + 2]!, boxes[i + 3]!];
    context.fillStyle = typeof fill === "string" ? fill : fill[i / 4]!;
    context.globalAlpha = base * (typeof opacity === "number" ? opacity : opacity[i / 4]!);
    if (radius === 0) context.fillRect(x, y, width, height);
    else {
      context.beginPath();
      context.roundRect(x, y, width, height, radius);
      context.fill();
    }
  }
  context.globalAlpha = base;
}

function paintOutlines(
  context: CanvasRenderingContext2D,
  { boxes, stroke, width, radius = 0 }: Outlines,
): void {
  context.lineWidth = width;
  for (let i = 0; i < boxes.length; i += 4) {
    context.strokeStyle = typeof stroke === "string" ? stroke : stroke[i / 4]!;
    context.beginPath();
    context.roundRect(boxes[i]!, boxes[i + 1]!, boxes[i + 2]!, boxes[i + 3]!, radius);
    context.stroke();
  }
}

/** Paint lines `from` to `to` (one past last) of a mark: a picture of many lines is drawn a part at a time. */
export function paintLines(context: CanvasRenderingContext2D, mark: Lines, from: number, to: number): void {
  context.save();
  context.lineCap = "butt";
  if (mark.axis === "y") context.transform(...SWAP_AXES);
  if (mark.curved) paintCurves(context, mark, from, to);
  else paintHairlines(context, mark, from, to);
  context.restore();
}

function paintCurves(context: CanvasRenderingContext2D, mark: Lines, from: number, to: number): void {
  const base = context.globalAlpha;
  const bend = (mark.to - mark.from) * HANDLE;
  const hair = 0.999 / scaleOf(context);
  for (let i = from; i < to; i++) {
    const [y0, y1] = [mark.left[i]!, mark.right[i]!];
    const wide = mark.widths[i]!;
    const thick = wide > hair && wide <= HAIR * hair ? wide / hair : 1;
    context.strokeStyle = mark.palette[mark.colors[i]!]!;
    context.globalAlpha = Math.min(1, base * mark.opacities[i]! * thick);
    context.lineWidth = wide / thick;
    context.beginPath();
    context.moveTo(mark.from, y0);
    context.bezierCurveTo(mark.from + bend, y0, mark.to - bend, y1, mark.to, y1);
    context.stroke();
  }
}

/** Device px of a unit of the context. */
function scaleOf(context: CanvasRenderingContext2D): number {
  const { a, b } = context.getTransform();
  return Math.hypot(a, b);
}

/** Lines of one colour, width and rounded opacity. */
export interface Hairlines {
  readonly color: string;
  readonly opacity: number;
  readonly width: number;
  /** Indices of the lines. */
  readonly lines: readonly number[];
}

/** Hairlines `from` to `to` gathered by what they look like, faint ones first. */
export function gatherHairlines(mark: Lines, from: number, to: number): Hairlines[] {
  const groups = new Map<number, number[]>();
  const { palette } = mark;
  for (let i = from; i < to; i++) {
    const step = Math.round(mark.opacities[i]! * STEPS);
    if (step === 0) continue;
    const wide = mark.widths[i]! > 1 ? Math.round(mark.widths[i]! * 2) : 2;
    const name = (wide * (STEPS + 1) + step) * palette.length + mark.colors[i]!;
    const lines = groups.get(name);
    if (lines) lines.push(i);
    else groups.set(name, [i]);
  }
  return [...groups]
    .sort((a, b) => a[0] - b[0])
    .map(([name, lines]) => {
      const rest = Math.floor(name / palette.length);
      const [color, opacity] = [palette[name % palette.length]!, (rest % (STEPS + 1)) / STEPS];
      return { color, opacity, width: Math.floor(rest / (STEPS + 1)) / 2, lines };
    });
}

function paintHairlines(context: CanvasRenderingContext2D, mark: Lines, from: number, to: number): void {
  const base = context.globalAlpha;
  for (const { color, opacity, width, lines } of gatherHairlines(mark, from, to)) {
    context.strokeStyle = color;
    context.globalAlpha = base * opacity;
    context.lineWidth = width;
    context.beginPath();
    for (const i of lines) {
      context.moveTo(mark.from, mark.left[i]!);
      context.lineTo(mark.to, mark.right[i]!);
    }
    context.stroke();
  }
}

function paintPolylines(context: CanvasRenderingContext2D, mark: Polylines): void {
  const base = context.globalAlpha;
  context.globalAlpha = base * (mark.opacity ?? 1);
  context.beginPath();
  for (const path of mark.paths) {
    for (let i = 0; i < path.length; i += 2) {
      if (i === 0) context.moveTo(path[i]!, path[i + 1]!);
      else context.lineTo(path[i]!, path[i + 1]!);
    }
    if (mark.closed) context.closePath();
  }
  if (mark.fill) {
    context.fillStyle = mark.fill;
    context.fill();
  }
  if (mark.stroke) {
    context.strokeStyle = mark.stroke;
    context.lineWidth = mark.width ?? 1;
    context.setLineDash([...(mark.dash ?? [])]);
    context.stroke();
    context.setLineDash([]);
  }
  context.globalAlpha = base;
}

/** Cells at their edges rounded to device pixels, so that they are crisp and leave no seams. */
function paintRaster(context: CanvasRenderingContext2D, raster: Raster): void {
  const { a: sx, d: sy, e: dx, f: dy } = context.getTransform();
  const { x, y, width, height, rows, columns, pixels, gap = 0 } = raster;
  const edges = (origin: number, size: number, count: number, scale: number, shift: number): Float64Array =>
    Float64Array.from({ length: count + 1 }, (_, i) => {
      const at = (origin + (i * size) / count) * scale + shift;
      return (Math.round(at) - shift) / scale;
    });
  const [xs, ys] = [edges(x, width, columns, sx, dx), edges(y, height, rows, sy, dy)];
  let last = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const pixel = pixels[row * columns + column]!;
      if (pixel === 0) continue;
      if (pixel !== last) context.fillStyle = cssOf(pixel);
      last = pixel;
      const [left, top] = [xs[column]!, ys[row]!];
      context.fillRect(left, top, xs[column + 1]! - left - gap, ys[row + 1]! - top - gap);
    }
  }
}

function cssOf(pixel: number): string {
  return `rgb(${pixel & 255} ${(pixel >> 8) & 255} ${(pixel >> 16) & 255})`;
}

/** The CSS font of a text. */
export function fontOf({
  size,
  weight = 450,
  mono = false,
}: Pick<TextItem, "size" | "weight" | "mono">): string {
  return `${weight} ${size}px ${mono ? FONTS.mono : FONTS.sans}`;
}

const ALIGN = { start: "left", middle: "center", end: "right" } as const;

function paintText(context: CanvasRenderingContext2D, item: TextItem): void {
  const { x, y, color, anchor = "start", angle = 0, opacity = 1, width } = item;
  const base = context.globalAlpha;
  context.save();
  context.globalAlpha = base * opacity;
  context.font = fontOf(item);
  context.fillStyle = color;
  context.textAlign = ALIGN[anchor];
  context.textBaseline = "middle";
  context.direction = beginsFromRight(item.text) ? "rtl" : "ltr";
  context.translate(x, y);
  if (angle !== 0) context.rotate((angle * Math.PI) / 180);
  const text = width === undefined ? item.text : fitted(context, item.text, width);
  context.fillText(text, 0, 0);
  if (item.underline) {
    const width = context.measureText(text).width;
    const left = anchor === "start" ? 0 : anchor === "end" ? -width : -width / 2;
    context.fillRect(left, item.size * UNDERLINE.from, width, item.size * UNDERLINE.thick);
  }
  context.restore();
}

function fitted(context: CanvasRenderingContext2D, text: string, width: number): string {
  return shorten(text, width, (part) => context.measureText(part).width);
}

/** A text cut to a width with an ellipsis; whole characters stay whole. */
export function shorten(text: string, width: number, measure: (text: string) => number): string {
  if (measure(text) <= width) return text;
  const characters = charactersOf(text);
  let [low, high] = [0, characters.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (measure(`${characters.slice(0, middle).join("")}…`) <= width) low = middle;
    else high = middle - 1;
  }
  return `${characters.slice(0, low).join("")}…`;
}
