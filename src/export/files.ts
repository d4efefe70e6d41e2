// A figure as a file by its kind: what the command line writes and the page offers, apart from PNG in a page.

import { type Scene, textsOf } from "../views/scene/scene.ts";
import type { FigureRequest } from "./figure.ts";
import type { FontSet } from "./fonts.ts";
import { numbersOf, toCsv } from "./numbers.ts";
import { onPaper, type Paper, paperColor, paperSvg } from "./svg-figure.ts";

export type { Paper };

/** Kinds of files that a figure becomes. */
export const FIGURE_FILES = ["svg", "png", "pdf", "csv"] as const;
export type FigureFile = (typeof FIGURE_FILES)[number];

/** A finished file, and what its picture does not show. */
export interface Written {
  readonly bytes: Uint8Array;
  readonly leftOut: readonly string[];
}

/** What writing needs of the outside: fonts where letters are embedded or drawn, and what draws a PNG. */
export interface Tools {
  readonly fonts: () => Promise<FontSet>;
  readonly png: (scene: Scene, options: PngOptions) => Promise<Uint8Array>;
  /** True where a PNG is drawn with other fonts. */
  readonly ownPng?: boolean;
  /** What can be done about letters that the fonts lack. */
  readonly remedy: string;
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
  const { scene, leftOut } = onPaper(request, paper, fonts);
  const notes = [...leftOut, ...lostLetters(kind, fonts, scene, tools)];
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
  const background = paperColor(paper);
  if (kind === "png")
    return png(scene, { fonts: fonts!, pixels: Math.round((width / 72) * dpi), background });
  if (kind === "pdf") {
    const { printPdf } = await import("./pdf.ts");
    return printPdf(scene, { fonts: fonts!, points: width, background, title });
  }
  return encoded(paperSvg(scene, paper, fonts));
}

function encoded(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A sentence about letters that no embedded font has; a page draws a PNG with the fonts of its browser. */
function lostLetters(
  kind: FigureFile,
  fonts: FontSet | null,
  { marks }: Scene,
  { remedy, ownPng }: Tools,
): string[] {
  if (!fonts || (kind === "png" && ownPng)) return [];
  const lost = fonts.missing([...textsOf(marks)].map(({ text }) => text).join(""));
  if (lost.length === 0) return [];
  const [some, more] = [lost.slice(0, 8).map(nameOf).join(" "), lost.length > 8 ? " …" : ""];
  const letters = lost.length === 1 ? "1 character" : `${lost.length} characters`;
  return [`The embedded fonts lack ${letters} of this text (${some}${more}), drawn as boxes. ${remedy}`];
}

/** A letter as itself; a mark, or what no font may have, by its number. */
function nameOf(character: string): string {
  if (/[\p{L}\p{N}\p{P}\p{S}]/u.test(character)) return character;
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`;
}
