// A figure on paper, and its SVG: nothing here needs fonts, files or a process, so it also runs in Python's embedded V8.

import type { FigureStyle } from "../views/figure.ts";
import { COLORS, type ThemeName } from "../views/look/theme.ts";
import type { Measure } from "../views/scene/measure.ts";
import type { Scene } from "../views/scene/scene.ts";
import { PAPER_FONTS, printSvg } from "../views/scene/svg.ts";
import { tableMeasure } from "../views/scene/table-measure.ts";
import { type FigureRequest, figureOf } from "./figure.ts";
import type { FontSet } from "./fonts.ts";

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

/** Font size of the views in px. */
const VIEW_FONT = 12;
/** What stands on a page of a paper between its margins, 230 mm, in points. */
const PAGE = 652;

/** How a figure is laid out for its paper. */
export function paperStyle({ width, fontSize, theme }: Paper, measure: Measure): FigureStyle {
  const scale = VIEW_FONT / fontSize;
  return { width: width * scale, tallest: PAGE * scale, theme, measure };
}

/** The scene of a figure as wide as its paper, and what it does not show; `measure`: widths in other fonts than given. */
export function onPaper(
  request: FigureRequest,
  paper: Paper,
  fonts: FontSet | null,
  measure: Measure = fonts?.measure ?? tableMeasure,
) {
  const style = paperStyle(paper, measure);
  const { scene, leftOut } = figureOf(request, style);
  return { scene, leftOut: [...leftOut, ...smallLetters(scene.width, style.width, paper)] };
}

/** The SVG of such a scene; letters are paths where fonts are given. `measure`: as the scene was laid out. */
export function paperSvg(
  scene: Scene,
  paper: Paper,
  fonts: FontSet | null,
  measure: Measure | undefined = fonts?.measure,
): string {
  const { width, title } = paper;
  const background = paperColor(paper);
  const size = (value: number): string => `${Math.round(value * 1000) / 1000}pt`;
  const letters = { ...(measure && { measure }), ...(fonts && { outline: fonts.outline }) };
  const height = size((scene.height * width) / scene.width);
  return printSvg(scene, { width: size(width), height, background, title, fonts: PAPER_FONTS, ...letters });
}

/** The colour behind a figure; null where it is transparent. */
export function paperColor({ transparent, theme }: Paper): string | null {
  return transparent ? null : COLORS[theme].surface;
}

function smallLetters(drawn: number, wanted: number, { fontSize }: Paper): string[] {
  if (drawn <= wanted + 1) return [];
  const size = (fontSize * wanted) / drawn;
  return [`At this width the letters are ${size.toFixed(1)} pt, not ${fontSize}.`];
}
