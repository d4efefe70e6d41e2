// The neuron view laid out for paper: every key of the pinned word, or as many as asked for and a line for the rest.

import type { Trace } from "../../trace/index.ts";
import type { Figure, FigureStyle } from "../figure.ts";
import { headColors } from "../look/palette.ts";
import { COLORS } from "../look/theme.ts";
import { placedWordsOf } from "../read/words.ts";
import { widest } from "../scene/measure.ts";
import type { Edited, Selection } from "../view.ts";
import { vectorsShown } from "./edited.ts";
import { chooseRows, neuronLayout, RANKING } from "./layout.ts";
import { neuronPicture, type Vectors } from "./picture.ts";
import { neuronScene } from "./scene.ts";
import { columnNeeds, neuronTexts } from "./texts.ts";

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
/** Narrower figures would lose scores and the key block. */
const LEAST = 640;

/** The figure, or why there is none. */
export function neuronFigure(request: NeuronFigureRequest, style: FigureStyle): Figure | string {
  const { trace, selection, vectors = "keys", rows: most = ROWS, neuron = null } = request;
  const picture = neuronPicture(trace, selection, vectors);
  if (typeof picture === "string") return picture;
  const rows = chooseRows(picture.weights, most);
  const count = rows.places.length + (rows.others ? 1 : 0) + (picture.sink ? 1 : 0);
  const { block, layer, heads, focus } = selection;
  const width = Math.max(LEAST, style.width);
  const words = columnNeeds({ trace, selection, picture, rows });
  const layout = neuronLayout(width + RANKING, AROUND + count * ROW, count, picture.size, words);
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
  return { scene, leftOut: leftOut(request, rows.others?.count ?? 0, style) };
}

function leftOut(
  { trace, selection }: NeuronFigureRequest,
  others: number,
  { measure }: FigureStyle,
): string[] {
  const { tokens } = trace.stream(trace.block(selection.block).keys);
  const long = widest(measure, placedWordsOf(tokens), 12) > 64;
  return [
    ...(others > 0 ? [`${others} of the keys are drawn as one line, with their weights added up.`] : []),
    ...(long ? ["Long words are cut."] : []),
  ];
}
