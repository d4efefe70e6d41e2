// Prints a scene as SVG 1.1: text stays text, cells are merged into paths by colour, every number is rounded, so that
// the same scene gives the same file everywhere. Text of tokens is escaped and never becomes markup.

import { beginsFromRight } from "../read/writing.ts";
import { isMeasured } from "./advances.ts";
import { gatherHairlines, HANDLE, shorten } from "./canvas.ts";
import type { Measure } from "./measure.ts";
import {
  type Group,
  hexOf,
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
import { tableMeasure } from "./table-measure.ts";

/** Fonts that a paper's tools have. */
export const PAPER_FONTS = "Helvetica, Arial, 'Liberation Sans', sans-serif";
const PAPER_MONO = "Courier, 'Liberation Mono', monospace";
/** From the middle of small letters with ascenders down to the base line, as a share of the font size. */
export const TO_BASE = 0.36;

/** How a scene is printed. */
export interface SvgOptions {
  /** Size written into the file, e.g. "85mm"; CSS px where left out. */
  readonly width?: string;
  readonly height?: string;
  /** Colour behind everything; nothing where null or left out. */
  readonly background?: string | null;
  readonly fonts?: string;
  /**
   * How wide texts are in the fonts that will draw them. Where left out, texts are laid out for `PAPER_FONTS`, and the file
   * tells their width, so that none lies on another where a reader has other fonts.
   */
  readonly measure?: Measure;
  /** For people who cannot see it, and for search. */
  readonly title?: string;
  readonly description?: string;
  /** A text as the data of a path whose base line begins at (0, 0), in place of text; null for what it lacks. */
  readonly outline?: (item: TextItem, text: string) => { readonly d: string; readonly width: number } | null;
}

/** The SVG file of a scene. */
export function printSvg(scene: Scene, options: SvgOptions = {}): string {
  const { width, height } = scene;
  const { background, fonts = PAPER_FONTS, title, description } = options;
  const size = `width="${options.width ?? n(width)}" height="${options.height ?? n(height)}"`;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} viewBox="0 0 ${n(width)} ${n(height)}" font-family="${escapeXml(fonts)}" role="img">`,
    ...(title ? [`<title>${escapeXml(title)}</title>`] : []),
    ...(description ? [`<desc>${escapeXml(description)}</desc>`] : []),
    ...(background ? [`<rect width="${n(width)}" height="${n(height)}" fill="${background}"/>`] : []),
  ];
  const printer = new Printer(options);
  for (const mark of scene.marks) parts.push(printer.mark(mark));
  const defs = printer.clips.length > 0 ? [`<defs>${printer.clips.join("")}</defs>`] : [];
  return `${[...parts, ...defs, "</svg>"].filter((part) => part !== "").join("\n")}\n`;
}

class Printer {
  readonly clips: string[] = [];
  readonly #options: SvgOptions;
  readonly #measure: Measure;

  constructor(options: SvgOptions) {
    this.#options = options;
    this.#measure = options.measure ?? tableMeasure;
  }

  mark(mark: Mark): string {
    if (mark.kind === "rects") return rects(mark);
    if (mark.kind === "outlines") return outlines(mark);
    if (mark.kind === "lines") return mark.curved ? curves(mark) : hairlines(mark);
    if (mark.kind === "polylines") return polylines(mark);
    if (mark.kind === "rasters") return mark.items.map(raster).join("\n");
    if (mark.kind === "group") return this.#group(mark);
    return mark.items.map((item) => this.#text(item)).join("\n");
  }

  #group({ marks, x = 0, y = 0, clip, opacity, name }: Group): string {
    const inner = marks.map((mark) => this.mark(mark)).filter((part) => part !== "");
    if (inner.length === 0) return "";
    const attributes = [
      ...(name ? [`class="${escapeXml(name)}"`] : []),
      ...(x !== 0 || y !== 0 ? [`transform="translate(${n(x)} ${n(y)})"`] : []),
      ...(opacity !== undefined ? [`opacity="${n(opacity)}"`] : []),
      ...(clip ? [`clip-path="url(#${this.#clip(clip)})"`] : []),
    ];
    return `<g${attributes.map((a) => ` ${a}`).join("")}>\n${inner.join("\n")}\n</g>`;
  }

  #clip([x, y, width, height]: NonNullable<Group["clip"]>): string {
    const id = `clip${this.clips.length}`;
    this.clips.push(`<clipPath id="${id}">${box(x, y, width, height)}</clipPath>`);
    return id;
  }

  #text(item: TextItem): string {
    const { x, y, size, weight = 450, color, anchor = "start", angle = 0, opacity = 1, width, role } = item;
    const measure = (text: string): number => this.#measure(text, size, weight);
    const text = width === undefined ? item.text : shorten(item.text, width, measure);
    const base = y + size * TO_BASE;
    const look = `fill="${color}"${opacity < 1 ? ` opacity="${n(opacity)}"` : ""}`;
    const turn = angle === 0 ? "" : `rotate(${n(angle)} ${n(x)} ${n(y)})`;
    const path = this.#options.outline?.(item, text);
    if (path) {
      const shift = anchor === "start" ? 0 : anchor === "end" ? -path.width : -path.width / 2;
      const d = item.underline ? `${path.d}${underlineOf(path.width, size)}` : path.d;
      return `<path ${look} transform="${`${turn} translate(${n(x + shift)} ${n(base)})`.trim()}" d="${d}"/>`;
    }
    const parts = [
      `x="${n(x)}" y="${n(base)}" font-size="${n(size)}" ${look}`,
      ...(weight >= 600 ? [`font-weight="bold"`] : []),
      ...directionOf(text, anchor),
      ...this.#held(item, text, measure),
      ...(turn ? [`transform="${turn}"`] : []),
      ...(item.mono ? [`font-family="${PAPER_MONO}"`] : []),
      ...(item.underline ? [`text-decoration="underline"`] : []),
      ...(role ? [`class="${escapeXml(role)}"`] : []),
    ];
    return `<text ${parts.join(" ")} xml:space="preserve">${escapeXml(text)}</text>`;
  }

  /** The width that a text has in any font; of letters without one in the table it would be a guess that distorts them. */
  #held({ mono }: TextItem, text: string, measure: (text: string) => number): string[] {
    if (this.#options.measure || mono || !isMeasured(text)) return [];
    return [`textLength="${n(measure(text))}" lengthAdjust="spacingAndGlyphs"`];
  }
}

/** Which way a text runs. Where it starts is the right end of one from the right. */
function directionOf(text: string, anchor: NonNullable<TextItem["anchor"]>): string[] {
  if (!beginsFromRight(text)) return anchor === "start" ? [] : [`text-anchor="${anchor}"`];
  const turned = { start: "end", middle: "middle", end: "start" } as const;
  return [`direction="rtl" text-anchor="${turned[anchor]}"`];
}

/** The path of a line under letters whose base line begins at (0, 0). */
function underlineOf(width: number, size: number): string {
  const [top, thick] = [(UNDERLINE.from - TO_BASE) * size, UNDERLINE.thick * size];
  return `M0 ${n(top)}h${n(width)}v${n(thick)}h${n(-width)}z`;
}

/** A number with at most two decimals, as short as it can be written. */
function n(value: number): string {
  const rounded = Math.round(value * 100) / 100;
  return Object.is(rounded, -0) ? "0" : String(rounded);
}

function box(x: number, y: number, width: number, height: number, rest = ""): string {
  return `<rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}"${rest}/>`;
}

function* eachBox(boxes: Float32Array): Generator<readonly [number, number, number, number, number]> {
  for (let i = 0; i < boxes.length; i += 4) {
    yield [i / 4, boxes[i]!, boxes[i + 1]!, boxes[i + 2]!, boxes[i + 3]!];
  }
}

function rects({ boxes, fill, opacity = 1, radius = 0 }: Rects): string {
  const out: string[] = [];
  for (const [i, x, y, width, height] of eachBox(boxes)) {
    const alpha = typeof opacity === "number" ? opacity : opacity[i]!;
    const look = ` fill="${typeof fill === "string" ? fill : fill[i]}"${alpha < 1 ? ` opacity="${n(alpha)}"` : ""}`;
    out.push(box(x, y, width, height, `${look}${radius > 0 ? ` rx="${n(radius)}"` : ""}`));
  }
  return out.join("\n");
}

function outlines({ boxes, stroke, width: line, radius = 0 }: Outlines): string {
  const out: string[] = [];
  for (const [i, x, y, width, height] of eachBox(boxes)) {
    const color = typeof stroke === "string" ? stroke : stroke[i];
    const rest = ` fill="none" stroke="${color}" stroke-width="${n(line)}"${radius > 0 ? ` rx="${n(radius)}"` : ""}`;
    out.push(box(x, y, width, height, rest));
  }
  return out.join("\n");
}

/** A point of a line, written by its place along the lines and across them. */
function pointOf(axis: Lines["axis"], along: number, across: number): string {
  return axis === "y" ? `${n(across)} ${n(along)}` : `${n(along)} ${n(across)}`;
}

function curves(mark: Lines): string {
  const { axis, count, from, to, left, right, widths, opacities, colors, palette } = mark;
  const bend = (to - from) * HANDLE;
  const out: string[] = [];
  for (let i = 0; i < count; i++) {
    const at = (along: number, across: number): string => pointOf(axis, along, across);
    const [a, b] = [left[i]!, right[i]!];
    const d = `M${at(from, a)}C${at(from + bend, a)} ${at(to - bend, b)} ${at(to, b)}`;
    const look = `stroke="${palette[colors[i]!]}" stroke-width="${n(widths[i]!)}" stroke-opacity="${n(opacities[i]!)}"`;
    out.push(`<path fill="none" ${look} d="${d}"/>`);
  }
  return out.join("\n");
}

function hairlines(mark: Lines): string {
  const { axis, from, to, left, right } = mark;
  return gatherHairlines(mark, 0, mark.count)
    .map(({ color, opacity, width, lines }) => {
      const d = lines
        .map((i) => `M${pointOf(axis, from, left[i]!)}L${pointOf(axis, to, right[i]!)}`)
        .join("");
      return `<path fill="none" stroke="${color}" stroke-width="${n(width)}" stroke-opacity="${n(opacity)}" d="${d}"/>`;
    })
    .join("\n");
}

function polylines({ paths, closed, fill, stroke, width = 1, dash, opacity }: Polylines): string {
  if (paths.length === 0) return "";
  const d = paths.map((path) => {
    const points: string[] = [];
    for (let i = 0; i < path.length; i += 2) points.push(`${n(path[i]!)} ${n(path[i + 1]!)}`);
    return `M${points.join("L")}${closed ? "Z" : ""}`;
  });
  const look = [
    `fill="${fill ?? "none"}"`,
    ...(stroke ? [`stroke="${stroke}" stroke-width="${n(width)}"`] : []),
    ...(dash && dash.length > 0 ? [`stroke-dasharray="${dash.map(n).join(" ")}"`] : []),
    ...(opacity === undefined ? [] : [`opacity="${n(opacity)}"`]),
  ];
  return `<path ${look.join(" ")} d="${d.join("")}"/>`;
}

/** Cells of one colour in one path, neighbours in a row as one piece, in units of cells. */
function raster({ x, y, width, height, rows, columns, pixels, gap = 0 }: Raster): string {
  const paths = new Map<number, string[]>();
  const [sx, sy] = [width / columns, height / rows];
  const [w, h] = [1 - gap / sx, 1 - gap / sy];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; ) {
      const pixel = pixels[row * columns + column]!;
      const first = column++;
      if (gap === 0) while (column < columns && pixels[row * columns + column] === pixel) column++;
      if (pixel === 0) continue;
      const length = gap === 0 ? String(column - first) : three(w);
      const list = paths.get(pixel) ?? [];
      paths.set(pixel, list);
      list.push(`M${first} ${row}h${length}v${three(h)}h-${length}z`);
    }
  }
  if (paths.size === 0) return "";
  const inner = [...paths].map(([pixel, list]) => `<path fill="${hexOf(pixel)}" d="${list.join("")}"/>`);
  const place = `translate(${n(x)} ${n(y)}) scale(${precise(sx)} ${precise(sy)})`;
  return `<g transform="${place}" shape-rendering="crispEdges">\n${inner.join("\n")}\n</g>`;
}

function three(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}

/** Scales are multiplied by up to thousands of cells. */
function precise(value: number): string {
  return String(Math.round(value * 1e6) / 1e6);
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
/** Characters that XML 1.0 does not have: controls, halves of surrogate pairs, non-characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/gu;

/** A text for use in XML and HTML; characters that XML does not have become U+FFFD. */
export function escapeXml(text: string): string {
  return text.replace(NOT_XML, "\ufffd").replace(/[&<>"']/g, (c) => ESCAPES[c]!);
}
