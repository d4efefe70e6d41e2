// The neuron view laid out for paper: every key of the pinned word, or as many as asked for and a line for the rest.

import type { Trace } from "../../trace/index.ts";
import type { Figure, FigureStyle } from "../figure.ts";
import { headColors } from "../look/palette.ts";
import { COLORS } from "../look/theme.ts";
import { placedWordsOf } from "../read/words.ts";
import { widest } from "../scene/measure.ts";
import type { Edited, Selection } from "../view.ts";
import { vectorsShown } from "./edited.ts";
import { chooseRows, type NeuronLayout, neuronLayout, RANKING, type ShownRows } from "./layout.ts";
import {
  LEAST_STACKED,
  mostStacked,
  type NeuronPaper,
  neuronPaperLayout,
  SIDE_BY_SIDE,
} from "./paper-layout.ts";
import { type NeuronPicture, neuronPicture, type Vectors } from "./picture.ts";
import { neuronScene } from "./scene.ts";
import { BEFORE_BLOCKS, columnNeeds, neuronTexts, STRONG } from "./texts.ts";
import { scoreNote } from "./words.ts";

/** What the figure shows. */
export interface NeuronFigureRequest {
  readonly trace: Trace;
  readonly selection: Selection;
  readonly vectors?: Vectors;
  /** Most keys that are drawn; the strongest stay. */
  readonly rows?: number;
  /** A dimension whose column is framed. */
  readonly neuron?: number | null;
  readonly edited?: Edited | null;
}

const ROWS = 40;
const ROW = 24;
const AROUND = 124;

/** The figure, or why there is none. */
export function neuronFigure(request: NeuronFigureRequest, style: FigureStyle): Figure | string {
  const { trace, selection, vectors = "keys", neuron = null } = request;
  const picture = neuronPicture(trace, selection, vectors);
  if (typeof picture === "string") return picture;
  const paper = paperOf(request, picture, style);
  const rows = chooseRows(
    picture.weights,
    request.rows ?? (paper ? Math.min(ROWS, mostStacked(paper)) : ROWS),
  );
  const layout = layoutOf({ request, picture, rows, style, paper });
  const { block, layer, heads, focus } = selection;
  const color = headColors(style.theme, heads, trace.heads(block, layer))[focus] ?? COLORS[style.theme].ink;
  const changed = vectorsShown(request.edited, selection, picture);
  const texts = neuronTexts({ trace, selection, picture, layout, rows, changed });
  const place = neuron === null ? null : picture.order.indexOf(neuron);
  const group = picture.groups.findIndex(({ dims }) => neuron !== null && dims.includes(neuron));
  const scene = neuronScene(
    { picture, layout, rows, theme: style.theme, color, changed },
    texts,
    group >= 0 ? group : place !== null && place >= 0 ? place : null,
  );
  const signs = changed.length > 0 ? (["edited"] as const) : [];
  return { scene, signs, leftOut: leftOut(wordsWidth(request, style), layout, rows) };
}

type Paper = Pick<NeuronPaper, "width" | "tallest" | "kind" | "noted">;

/** The column of a paper that the key block and the products share, one above the other; null where both fit side by side. */
function paperOf(
  { trace, selection }: NeuronFigureRequest,
  { kind }: NeuronPicture,
  style: FigureStyle,
): Paper | null {
  if (style.width >= SIDE_BY_SIDE) return null;
  const { tallest = Number.POSITIVE_INFINITY } = style;
  const noted = kind === "keys" && scoreNote(trace.recipe(selection.block, selection.layer)) !== "";
  return { width: Math.max(LEAST_STACKED, style.width), tallest, kind, noted };
}

interface Laid {
  readonly request: NeuronFigureRequest;
  readonly picture: NeuronPicture;
  readonly rows: ShownRows;
  readonly style: FigureStyle;
  readonly paper: Paper | null;
}

function layoutOf({ request, picture, rows, style, paper }: Laid): NeuronLayout {
  const { trace, selection } = request;
  const lines = rows.places.length + (rows.others ? 1 : 0) + (picture.sink ? 1 : 0);
  const words = Math.max(columnNeeds({ trace, selection, picture, rows }), wordsWidth(request, style));
  if (paper)
    return neuronPaperLayout({ ...paper, keys: rows.places.length, lines, dims: picture.size, words });
  return neuronLayout(style.width + RANKING, AROUND + lines * ROW, lines, picture.size, words);
}

/** px that the widest word of the keys needs. */
function wordsWidth({ trace, selection }: NeuronFigureRequest, { measure }: FigureStyle): number {
  const { tokens } = trace.stream(trace.block(selection.block).keys);
  return widest((text, size) => measure(text, size, STRONG), placedWordsOf(tokens), 12);
}

function leftOut(words: number, { tokenWidth, scores }: NeuronLayout, { others }: ShownRows): string[] {
  return [
    ...(others ? [`${others.count} of the keys are drawn as one line, with their weights added up.`] : []),
    ...(words > tokenWidth - BEFORE_BLOCKS ? ["Long words are cut."] : []),
    ...(scores === null ? ["The scores before softmax have no room at this width."] : []),
  ];
}
