// What is on screen as a figure, a table or a file: what the Share popover writes. Fonts and the PDF writer are
// fetched when they are first asked for.

import type { FigureRequest, FigureView } from "../../export/figure.ts";
import type { FigureFile, Paper, PngOptions } from "../../export/files.ts";
import type { FontSet } from "../../export/fonts.ts";
import { numbersOf, toTsv } from "../../export/numbers.ts";
import { onPaper, paperSvg } from "../../export/svg-figure.ts";
import { canShow, READING_LABELS, readingOf } from "../../views/read/reading.ts";
import { paintScene } from "../../views/scene/canvas.ts";
import type { Scene } from "../../views/scene/scene.ts";
import type { AppState } from "../state/state.ts";

/** Names of the views for people. */
export const VIEW_NAMES: Readonly<Record<FigureView, string>> = {
  head: "Lines",
  model: "All heads",
  matrix: "Matrix",
  neuron: "Neurons",
};

/** What of the page is drawn; null where there is no run. */
export function figureRequest(
  app: AppState,
  view: FigureView,
  { caption, bar }: { readonly caption: boolean; readonly bar: boolean },
): FigureRequest | null {
  const [trace, readable, filter] = [app.trace.value, app.readings.readable.value, app.filter.value];
  if (!trace || !readable || !filter) return null;
  const { read, colors, orientation } = app.place.value;
  const { attention, selection } = readingOf(canShow(view, read) ? read : "plain", readable);
  const score = app.scores.chosen.value;
  return {
    view,
    trace,
    attention,
    selection,
    filter,
    hover: null,
    ...(selection === app.selection.value && {
      edited: app.edited.value,
      unmatched: app.comparison.unmatched.value,
    }),
    colors,
    orientation,
    ...(view === "head" ? { layers: app.layers.value } : {}),
    scores: score && { name: score.name, values: score.values },
    sort: app.place.value.sort === "score" ? "score" : "layers",
    vectors: app.place.value.vec === "v" ? "values" : "keys",
    caption,
    bar,
  };
}

/** The views that show something now. */
export function viewsAtHand(app: AppState): FigureView[] {
  const neurons = app.neurons.ready.value ? (["neuron"] as const) : [];
  return ["head", "matrix", "model", ...neurons];
}

/** A figure as an address for an image element: its SVG as it would be written. */
export function preview(request: FigureRequest, paper: Paper): { url: string; notes: readonly string[] } {
  const { scene, leftOut } = onPaper(request, paper, null);
  const svg = paperSvg(scene, paper, null);
  return { url: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`, notes: leftOut };
}

/** A figure as a file, and what it does not show. */
export async function figureFile(
  request: FigureRequest,
  kind: FigureFile,
  paper: Paper,
): Promise<{ readonly blob: Blob; readonly notes: readonly string[] }> {
  const { writeFigure } = await import("../../export/files.ts");
  const tools = { fonts: pageFonts, png: pngOf, ownPng: true, remedy: REMEDY };
  const { bytes, leftOut } = await writeFigure(request, kind, paper, tools);
  return { blob: new Blob([bytes as Uint8Array<ArrayBuffer>], { type: TYPES[kind] }), notes: leftOut };
}

const REMEDY =
  "PNG and SVG use the fonts of this browser and of the reader; the command line takes a font with --font.";

const TYPES: Readonly<Record<FigureFile, string>> = {
  svg: "image/svg+xml",
  png: "image/png",
  pdf: "application/pdf",
  csv: "text/csv",
};

/** In a page the canvas that draws the views draws the picture too. */
async function pngOf(scene: Scene, { pixels, background }: PngOptions): Promise<Uint8Array> {
  const ratio = pixels / scene.width;
  const canvas = new OffscreenCanvas(pixels, Math.round(scene.height * ratio));
  const context = canvas.getContext("2d") as unknown as CanvasRenderingContext2D | null;
  if (!context)
    throw new Error(
      `No drawing surface of ${canvas.width} × ${canvas.height} pixels: choose a smaller width.`,
    );
  if (background) {
    context.fillStyle = background;
    context.fillRect(0, 0, canvas.width, canvas.height);
  }
  context.scale(ratio, ratio);
  paintScene({ context, texts: true }, scene);
  const blob = await canvas.convertToBlob({ type: "image/png" });
  return new Uint8Array(await blob.arrayBuffer());
}

let fonts: Promise<FontSet> | undefined;

/** The fonts that files embed, from the page's own server. */
function pageFonts(): Promise<FontSet> {
  fonts ??= import("../worker/page-fonts.ts").then((module) => module.loadFonts());
  fonts.catch(() => {
    fonts = undefined;
  });
  return fonts;
}

/** All views as one offline HTML file. */
export async function htmlFile(
  app: AppState,
  maxBytes?: number,
): Promise<{ blob: Blob; notes: readonly string[] }> {
  const [trace, selection, filter] = [app.trace.value, app.selection.value, app.filter.value];
  if (!trace || !selection || !filter) throw new Error("There is no run to save.");
  const response = await fetch(new URL("panel.js", document.baseURI));
  if (!response.ok)
    throw new Error(
      `The script of HTML files did not come (${response.status}). Is headscope still running?`,
    );
  const place = app.place.value;
  const { printHtml } = await import("../../export/html.ts");
  const { html, leftOut } = await printHtml(trace, {
    selection,
    state: { view: "panel", selection, filter, orientation: place.orientation, colors: place.colors },
    script: await response.text(),
    ...(maxBytes === undefined ? {} : { maxBytes }),
    ...(place.theme ? { theme: place.theme } : {}),
  });
  return { blob: new Blob([html], { type: "text/html" }), notes: [...leftOut, ...plainNotes(app)] };
}

/** The offline page shows the run as it is. */
function plainNotes(app: AppState): string[] {
  const { read } = app.place.value;
  const other =
    app.attention.value?.scale === "difference"
      ? "the difference of two runs"
      : read === "plain"
        ? null
        : READING_LABELS[read].toLowerCase();
  return other === null ? [] : [`It shows attention as it is, not ${other}.`];
}

/** The numbers of a view for the clipboard. */
export function numbersText(request: FigureRequest): string {
  return toTsv(numbersOf(request));
}

/** Hand a file to the browser's downloads. */
export function download(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** A file name that says model, text, head and view. */
export function fileName(app: AppState, view: FigureView | "trace" | "all", kind: string): string {
  const selection = app.selection.value;
  const head =
    selection && view !== "model" && view !== "trace" && view !== "all"
      ? `-${selection.layer}.${selection.focus}`
      : "";
  const what = view === "trace" ? "" : `-${view}`;
  // Signs without a picture stand in names as \u202E.
  const model = app.modelName.value.replace(/(?:\\u[0-9A-F]{4}|[^\p{L}\p{M}\p{N}_.-])+/gu, "-").slice(0, 80);
  return `${model}${slugOf(app.run.value?.input.text ?? "")}${head}${what}.${kind}`;
}

/** The first words of a text as a part of a file name. */
function slugOf(text: string): string {
  const words =
    text
      .slice(0, 200)
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  const slug = words.slice(0, 4).join("-").slice(0, 40);
  return slug && `-${slug}`;
}
