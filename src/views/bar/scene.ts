// The head bar on paper: the layer's name and a numbered square for each head, as above the views of a page.

import { parseHex, textOn } from "../look/palette.ts";
import { COLORS, type ThemeName } from "../look/theme.ts";
import type { Measure } from "../scene/measure.ts";
import { boxes, type Mark, type TextItem } from "../scene/scene.ts";
import { type BarState, layerName, MANY, ROW, type Square, squaresOf } from "./picture.ts";

/** What is drawn. */
export interface BarScene extends BarState {
  readonly layers: readonly number[];
  readonly theme: ThemeName;
  readonly measure: Measure;
  /** Squares that do not fit go on in another row. */
  readonly width: number;
}

const NAME = 12;
const GAP = 3;
/** Space around the squares, where the ring of the focused one lies. */
const AROUND = 4;

/** The marks of the bar from (0, 0) on, and how high it is; nothing for a single head. */
export function barMarks(request: BarScene): { readonly marks: readonly Mark[]; readonly height: number } {
  const { theme, measure, width, layers, selection } = request;
  const squares = squaresOf(request, theme);
  if (squares.length < 2) return { marks: [], height: 0 };
  const side = squares.length >= MANY ? 18 : 20;
  const name = layerName(layers, selection);
  const left = measure(name, NAME, 620) + 12;
  const fit = Math.max(1, Math.floor((width - left - 2 * AROUND + GAP) / (side + GAP)));
  const columns = squares.length >= MANY ? Math.min(ROW, fit) : fit;
  const placed = squares.map((square, i) => ({
    ...square,
    x: left + AROUND + (i % columns) * (side + GAP),
    y: AROUND + Math.floor(i / columns) * (side + GAP),
  }));
  const color = COLORS[theme].text;
  const label = { text: name, x: 0, y: AROUND + side / 2, size: NAME, weight: 620, color, role: "layer" };
  return {
    marks: [
      ...squareMarks(placed, side, theme),
      { kind: "texts", items: [label, ...placed.map((at) => numberOf(at, side, theme))] },
    ],
    height: 2 * AROUND + Math.ceil(squares.length / columns) * (side + GAP) - GAP,
  };
}

type Placed = Square & { readonly x: number; readonly y: number };

function squareMarks(all: readonly Placed[], side: number, theme: ThemeName): Mark[] {
  const { ink, edit } = COLORS[theme];
  const box = ({ x, y }: Placed, grow: number) =>
    [x - grow, y - grow, side + 2 * grow, side + 2 * grow] as const;
  const [filled, empty] = [all.filter(({ active }) => active), all.filter(({ active }) => !active)];
  const dots = all.filter(({ edited }) => edited);
  const marks: Mark[] = [
    {
      kind: "rects",
      boxes: boxes(...filled.map((at) => box(at, 0))),
      fill: filled.map(({ color }) => color),
      radius: 4,
    },
    {
      kind: "group",
      opacity: 0.5,
      marks: [
        {
          kind: "outlines",
          boxes: boxes(...empty.map((at) => box(at, -0.75))),
          stroke: empty.map(({ color }) => color),
          width: 1.5,
          radius: 3.5,
        },
      ],
    },
    {
      kind: "outlines",
      boxes: boxes(...all.filter(({ focused }) => focused).map((at) => box(at, 2.5))),
      stroke: ink,
      width: 2,
      radius: 6,
    },
    {
      kind: "rects",
      boxes: boxes(...dots.map(({ x, y }) => [x + side - 3.5, y - 3.5, 7, 7] as const)),
      fill: edit,
      radius: 3.5,
    },
  ];
  return marks.filter((mark) => mark.kind === "group" || !("boxes" in mark) || mark.boxes.length > 0);
}

function numberOf({ head, x, y, active, color }: Placed, side: number, theme: ThemeName): TextItem {
  return {
    text: String(head),
    x: x + side / 2,
    y: y + side / 2,
    size: side >= 20 ? 11 : 10,
    weight: 620,
    color: active ? textOn(parseHex(color)) : COLORS[theme]["text-2"],
    anchor: "middle",
    role: "square",
  };
}
