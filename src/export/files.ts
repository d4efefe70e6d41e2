// A figure as a file by its kind: what the command line writes and the page offers, apart from PNG in a page.

import { COLORS, type ThemeName } from "../views/look/theme.ts";
import { tableMeasure } from "../views/scene/measure.ts";
import type { Scene } from "../views/scene/scene.ts";
import { PAPER_FONTS, printSvg } from "../views/scene/svg.ts";
import { type FigureRequest, figureOf } from "./figure.ts";
import type { FontSet } from "./fonts.ts";
import { numbersOf, toCsv } from "./numbers.ts";

/** Kinds of files that a figure becomes. */
export const FIGURE_FILES = ["svg", "png", "pdf", "csv"] as const;
export type FigureFile = (typeof FIGURE_FILES)[number];

/** How a figure is put on paper. */
export interface Paper {
  /** Width in points, 1/72 inch. */
  readonly width: number;
  /** Size of its letters in points. */
  readonly fontSize: number;
  readonly theme: ThemeName;
  readonly transparent: boolean;
  /** Pixels per inch of a PNG. */
  readonly dpi: number;
  /** Letters as paths in SVG, so that the file needs no font. */
  readonly paths: boolean;
  readonly title: string;
}

/** A finished file, and what its picture does not show. */
export interface Written {
  readonly bytes: Uint8Array;
  readonly leftOut: readonly string[];
}

/** Font size of the views in px. */
const VIEW_FONT = 12;

/** What writing needs of the outside: fonts where letters are embedded or drawn, and what draws a PNG. */
export interface Tools {
  readonly fonts: () => Promise<FontSet>;
  readonly png: (scene: Scene, options: PngOptions) => Promise<Uint8Array>;
}

/** How a PNG is drawn. */
export interface PngOptions {
  readonly fonts: FontSet;
  /** Width in pixels. */
  readonly pixels: number;
  /** Colour behind everything; transparent where null. */
  readonly background: string | null;
}

/** Write a figure. */
export async function writeFigure(
  request: FigureRequest,
  kind: FigureFile,
  paper: Paper,
  tools: Tools,
): Promise<Written> {
  if (kind === "csv") return { bytes: encoded(toCsv(numbersOf(request))), leftOut: [] };
  const fonts = kind === "svg" && !paper.paths ? null : await tools.fonts();
  const width = (paper.width * VIEW_FONT) / paper.fontSize;
  const measure = fonts?.measure ?? tableMeasure;
  const { scene, leftOut } = figureOf(request, { width, theme: paper.theme, measure });
  const notes = [...leftOut, ...smallLetters(scene.width, width, paper), ...lostLetters(fonts, request)];
  return { bytes: await bytesOf(scene, kind, paper, tools, fonts), leftOut: notes };
}

async function bytesOf(
  scene: Scene,
  kind: Exclude<FigureFile, "csv">,
  paper: Paper,
  { png }: Tools,
  fonts: FontSet | null,
): Promise<Uint8Array> {
  const { width, title, dpi } = paper;
  const background = paper.transparent ? null : COLORS[paper.theme].surface;
  if (kind === "png")
    return png(scene, { fonts: fonts!, pixels: Math.round((width / 72) * dpi), background });
  if (kind === "pdf") {
    const { printPdf } = await import("./pdf.ts");
    return printPdf(scene, { fonts: fonts!, points: width, background, title });
  }
  const size = (value: number): string => `${Math.round(value * 1000) / 1000}pt`;
  const letters = fonts ? { measure: fonts.measure, outline: fonts.outline } : { measure: tableMeasure };
  const height = size((scene.height * width) / scene.width);
  return encoded(
    printSvg(scene, { width: size(width), height, background, title, fonts: PAPER_FONTS, ...letters }),
  );
}

function encoded(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function smallLetters(drawn: number, wanted: number, { fontSize }: Paper): string[] {
  if (drawn <= wanted + 1) return [];
  const size = (fontSize * wanted) / drawn;
  return [`At this width the letters are ${size.toFixed(1)} pt, not ${fontSize}.`];
}

function lostLetters(fonts: FontSet | null, { trace }: FigureRequest): string[] {
  if (!fonts) return [];
  const text = trace.manifest.streams.flatMap(({ tokens }) => tokens.map((token) => token.text)).join("");
  const lost = fonts.missing(text.replace(/[\p{C}\p{Z}]/gu, ""));
  if (lost.length === 0) return [];
  return [
    `The embedded fonts lack ${lost.length} letters of this text (${lost.slice(0, 8).join(" ")}); they are drawn as boxes. An SVG with text uses the fonts of its reader.`,
  ];
}
