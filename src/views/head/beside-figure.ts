// Head figures of several layers in one, over the same words, heads and pins: side by side where words have room, else
// one row of them below the other.

import type { Figure, FigureStyle } from "../figure.ts";
import { COLORS } from "../look/theme.ts";
import type { Mark, TextItem } from "../scene/scene.ts";
import { type HeadFigureRequest, headFigure } from "./figure.ts";
import { inLayer } from "./layer-selection.ts";
import { notRecorded } from "./picture.ts";

/** Narrower figures have no room for lines between the words. */
const NARROWEST = 300;
const GAP = 20;
/** Room of a layer's name above its figure. */
const NAME = 20;

/** The figure of all `layers`; those of which no head was recorded are named in its place. */
export function layersFigure(
  request: HeadFigureRequest,
  layers: readonly number[],
  style: FigureStyle,
): Figure {
  const across = request.orientation === "horizontal" ? 1 : columnsIn(style.width, layers.length);
  const width = (style.width - (across - 1) * GAP) / across;
  const figures = layers.map((layer) => figureOf(request, layer, { ...style, width }));
  const marks: Mark[] = [];
  let top = 0;
  for (let first = 0; first < layers.length; first += across) {
    const row = figures.slice(first, first + across);
    const items = row.map((_, i) => nameOf(layers[first + i]!, i * (width + GAP), top, style));
    marks.push({ kind: "texts", items });
    for (const [i, { scene }] of row.entries())
      marks.push({ kind: "group", x: i * (width + GAP), y: top + NAME, marks: scene.marks });
    top += NAME + Math.max(...row.map(({ scene }) => scene.height)) + GAP;
  }
  const leftOut = figures.flatMap(({ leftOut }, i) => leftOut.map((text) => `Layer ${layers[i]}: ${text}`));
  const signs = figures.flatMap((figure) => figure.signs ?? []);
  return { scene: { width: style.width, height: top - GAP, marks }, signs, leftOut };
}

/** As many as fit, in rows of equal length. */
function columnsIn(width: number, count: number): number {
  const most = Math.max(1, Math.floor((width + GAP) / (NARROWEST + GAP)));
  return Math.ceil(count / Math.ceil(count / most));
}

function figureOf(request: HeadFigureRequest, layer: number, style: FigureStyle): Figure {
  const { attention, hover } = request;
  const selection = inLayer(request.selection, layer, attention);
  const missing = notRecorded(attention, selection);
  if (missing !== "") {
    const item = { text: missing, x: 4, y: 10, size: 11, color: COLORS[style.theme]["text-3"] };
    return {
      scene: { width: style.width, height: 24, marks: [{ kind: "texts", items: [item] }] },
      leftOut: [missing],
    };
  }
  return headFigure({ ...request, selection, hover: hover ? { ...hover, layer } : null }, style);
}

function nameOf(layer: number, x: number, y: number, { theme }: FigureStyle): TextItem {
  return {
    text: `Layer ${layer}`,
    x,
    y: y + 9,
    size: 12,
    weight: 620,
    color: COLORS[theme]["text-2"],
    role: "layer",
  };
}
