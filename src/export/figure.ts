// Any view of a trace as a figure: one request, one scene with its caption line, whatever the view and the file.

import { Failure } from "../tensor/index.ts";
import { type Attention, attentionOf, headName, type Trace } from "../trace/index.ts";
import { barMarks } from "../views/bar/scene.ts";
import type { Figure, FigureStyle } from "../views/figure.ts";
import { layersFigure } from "../views/head/beside-figure.ts";
import { headFigure } from "../views/head/figure.ts";
import type { Orientation } from "../views/head/layout.ts";
import type { InkScale } from "../views/look/ink.ts";
import { COLORS } from "../views/look/theme.ts";
import type { MapCut } from "../views/map/cut.ts";
import { mapFigure } from "../views/map/figure.ts";
import { matrixFigure } from "../views/matrix/figure.ts";
import { neuronFigure } from "../views/neuron/figure.ts";
import { shorten } from "../views/scene/canvas.ts";
import { keyMarks } from "../views/scene/key.ts";
import type { Scene, TextItem } from "../views/scene/scene.ts";
import type { CellFilter, Edited, Hover, Selection, Unmatched } from "../views/view.ts";
import { sourceText } from "./source-text.ts";

/** Views that figures are made of. */
export const FIGURE_VIEWS = ["head", "model", "matrix", "neuron"] as const;
export type FigureView = (typeof FIGURE_VIEWS)[number];

/** What is shown. */
export interface FigureRequest {
  readonly view: FigureView;
  readonly trace: Trace;
  readonly selection: Selection;
  readonly filter: CellFilter;
  /** What is shown in place of the selection's block: joined runs, a difference. */
  readonly attention?: Attention;
  readonly hover?: Hover | null;
  /** What edits changed: in pink. */
  readonly edited?: Edited | null;
  /** Tokens without a counterpart in the run that this one is compared with: hatched. */
  readonly unmatched?: Unmatched | null;
  /** A score for each head, for the model map. */
  readonly scores?: { readonly name: string; readonly values: ArrayLike<number> } | null;
  readonly sort?: "layers" | "score";
  /** Layers and heads of the model map; all where left out. */
  readonly cut?: MapCut | null;
  /** Of the model map: false where nobody chose a head, so that none stands out. */
  readonly chosen?: boolean;
  /** Of the head view: words in columns, or in rows; vertical where left out. */
  readonly orientation?: Orientation;
  /** Of the head view: layers beside each other, ascending; the selection's alone where left out. */
  readonly layers?: readonly number[];
  /** How weights become colours in the matrix. */
  readonly colors?: InkScale;
  readonly vectors?: "keys" | "values";
  /** Most keys of the neuron view. */
  readonly rows?: number;
  /** A line that says model, text and head. */
  readonly caption?: boolean;
  /** Above the picture the layer and a square for each head, as in the page. */
  readonly bar?: boolean;
}

/** A figure that cannot be made; the message says why. */
export class FigureError extends Failure {
  override name = "FigureError";
}

const CAPTION = 24;
/** Room around the picture, and below the head bar. */
const MARGIN = 6;
const BAR_GAP = 6;
const KEY_LEFT = 4;

/** The figure of a request, `style.width` px wide. */
export function figureOf(request: FigureRequest, style: FigureStyle): Figure {
  const above = MARGIN + (request.caption ? CAPTION : 0);
  const tallest = (style.tallest ?? Number.POSITIVE_INFINITY) - above - MARGIN;
  const figure = drawn(request, { ...style, width: style.width - 2 * MARGIN, tallest });
  const { scene } = figure;
  const leftOut = [...figure.leftOut, ...cutNotes(request, figure.leftOut)];
  const caption = request.caption ? captionItems(request, scene.width, style) : [];
  const bar = request.bar ? barOf(request, scene.width, style) : { marks: [], height: 0 };
  const top = above + (bar.height > 0 ? bar.height + BAR_GAP : 0);
  const key = keyOf(figure, style);
  const bottom = top + scene.height;
  const marks: Scene["marks"] = [
    ...(caption.length > 0 ? [{ kind: "texts", items: caption } as const] : []),
    ...(bar.height > 0
      ? [{ kind: "group", name: "bar", x: MARGIN, y: above, marks: bar.marks } as const]
      : []),
    { kind: "group", name: request.view, x: MARGIN, y: top, marks: scene.marks },
    ...(key.height > 0
      ? [{ kind: "group", name: "key", x: MARGIN, y: bottom, marks: key.marks } as const]
      : []),
  ];
  return {
    scene: { width: scene.width + 2 * MARGIN, height: bottom + key.height + MARGIN, marks },
    leftOut,
  };
}

/** What the signs of a figure mean, below it. */
function keyOf({ scene, signs = [] }: Figure, { theme, measure }: FigureStyle) {
  return keyMarks({ signs, theme, measure, left: KEY_LEFT, right: scene.width - KEY_LEFT });
}

function barOf(request: FigureRequest, width: number, { theme, measure }: FigureStyle) {
  const { trace, selection, edited } = request;
  const attention = request.attention ?? attentionOf(trace, selection.block);
  return barMarks({ attention, selection, edited, layers: layersOf(request), theme, measure, width });
}

/** Which words are shown, where rows or columns were chosen. */
function cutNotes(
  { trace, selection, filter, attention, view }: FigureRequest,
  said: readonly string[],
): string[] {
  if (view === "neuron") return [];
  const shown = attention ?? attentionOf(trace, selection.block);
  return [...filterNotes(filter, shown), ...rangeNotes(filter, shown, said)];
}

/** Which words a filter takes away. */
function filterNotes({ segments, hideFirst, hideSpecial }: CellFilter, { parts }: Attention): string[] {
  return [
    ...(segments ? [`Only attention from ${parts[segments.query]} to ${parts[segments.key]} is drawn.`] : []),
    ...(hideFirst ? ["The first token is left out as a word that is attended to."] : []),
    ...(hideSpecial ? ["Special tokens are left out as words that are attended to."] : []),
  ];
}

/** Which positions are shown, where the view has not said of fewer that they are. */
function rangeNotes(filter: CellFilter, shown: Attention, said: readonly string[]): string[] {
  return (["query", "key"] as const).flatMap((side) => {
    const range = side === "query" ? filter.rows : filter.columns;
    const what = side === "query" ? "Words that attend" : "Words attended to";
    if (!range || said.some((note) => note.startsWith(what))) return [];
    return [`${what}: positions ${range[0]} to ${range[1]} of ${shown.tokens(side).length}.`];
  });
}

function drawn(request: FigureRequest, style: FigureStyle): Figure {
  const { view, trace, selection } = request;
  const attention = request.attention ?? attentionOf(trace, selection.block);
  if (view === "model") {
    const { values = null, name = "score" } = request.scores ?? {};
    return mapFigure({ ...request, attention, scores: values, scoreName: name }, style);
  }
  const layers = layersOf(request);
  if (layers.length > 1) return layersFigure({ ...request, attention }, layers, style);
  const { layer } = selection;
  const heads = shownHeads(request);
  if (heads.every((head) => attention.state(layer, head) === "absent")) {
    throw new FigureError(`${named(attention, layer, heads[0]!)} was not recorded in this run.`);
  }
  if (view === "head") return headFigure({ ...request, attention }, style);
  if (view === "matrix") return matrixFigure({ ...request, attention }, style);
  const figure = neuronFigure(request, style);
  if (typeof figure === "string") throw new FigureError(figure);
  return figure;
}

/** A head at the beginning of a sentence. */
function named(attention: Attention, layer: number, head: number): string {
  const name = headName(attention, layer, head);
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** Layers of the head view; none of other views. */
function layersOf({ view, layers = [] }: FigureRequest): readonly number[] {
  return view === "head" ? layers : [];
}

/** The head view shows all active heads, the others the focused one. */
function shownHeads({ view, selection }: FigureRequest): readonly number[] {
  return view === "head" ? selection.heads : [selection.focus];
}

/** Heads, three and more in a row as the first and the last: "3, 5–11". */
function listOf(heads: readonly number[], name: (head: number) => string = String): string {
  const parts: string[] = [];
  for (let at = 0; at < heads.length; ) {
    let last = at;
    while (heads[last + 1] === heads[last]! + 1) last++;
    if (last - at < 2) last = at;
    parts.push(last > at ? `${name(heads[at]!)}–${name(heads[last]!)}` : name(heads[at]!));
    at = last + 1;
  }
  return parts.join(", ");
}

/** " · head 4.11", " · heads 4.3, 4.11", " · heads 4.0–4.11", or "" for all heads. */
function whatOf(request: FigureRequest): string {
  const { layer, heads } = request.selection;
  if (request.view === "model") return "";
  const layers = layersOf(request);
  if (layers.length > 1) {
    const named = `head${heads.length > 1 ? "s" : ""} ${listOf(heads)}`;
    return ` · layers ${listOf(layers)}, ${named}`;
  }
  const shown = shownHeads(request);
  if (shown.length === 1 && request.attention && request.view !== "neuron")
    return ` · ${headName(request.attention, layer, shown[0]!)}`;
  return ` · head${shown.length > 1 ? "s" : ""} ${listOf(shown, (head) => `${layer}.${head}`)}`;
}

/** Most of the line that model and head take where the text would need all of it. */
const MOST_NAME = 0.75;

/** Model and head on the left, the text on the right. The head stays whole: the name is cut before it, and the text. */
function captionItems(request: FigureRequest, width: number, { theme, measure }: FigureStyle): TextItem[] {
  const colors = COLORS[theme];
  const look = { y: MARGIN + 9, size: 12, role: "caption" };
  const wide = (text: string): number => measure(text, 12, 620);
  const { name: model } = request.trace.manifest.model;
  const what = model ? whatOf(request) : whatOf(request).replace(" · ", "");
  const text = sourceText(request.trace);
  const free = width - 12;
  const most = Math.max(MOST_NAME * free, free - measure(text, 12));
  const name = `${shorten(model, most - wide(what), wide)}${what}`;
  const rest = shorten(text, free - Math.min(most, wide(name)), (part) => measure(part, 12));
  // It ends at the right edge, but is held where it begins: wider letters than these lead out of the picture, not into the name.
  const x = width + MARGIN - measure(rest, 12);
  return [
    { ...look, text: name, x: MARGIN, weight: 620, color: colors.text, width: most },
    { ...look, text: rest, x, color: colors["text-3"] },
  ];
}
