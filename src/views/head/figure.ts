// The head view laid out for paper: every word, nothing scrolled, the numbers beside them, which head has which colour.

import type { Attention } from "../../trace/index.ts";
import type { Figure, FigureStyle } from "../figure.ts";
import { COLORS } from "../look/theme.ts";
import { wordsOf } from "../read/words.ts";
import { widest } from "../scene/measure.ts";
import { boxes, type Mark, type TextItem } from "../scene/scene.ts";
import type { CellFilter, Hover, Selection } from "../view.ts";
import { lineColors, massOf, unitNote } from "./colors.ts";
import type { Combine } from "./column-weights.ts";
import { HeadData } from "./data.ts";
import { omission } from "./edges.ts";
import { type LinesLayout, PADDING, paperLayout } from "./layout.ts";
import { restingOpacity } from "./lines.ts";
import { looksOf, numbersOf, type Spot } from "./picture.ts";
import { type HeadSceneRequest, headMarks, isLongTitle, titleItems } from "./scene.ts";
import { drawnOf } from "./shown-lines.ts";
import { wordsUnder } from "./word-columns.ts";

/** What the figure shows. */
export interface HeadFigureRequest {
  readonly attention: Attention;
  readonly selection: Selection;
  readonly filter: CellFilter;
  readonly hover?: Hover | null;
  readonly combine?: Combine;
}

/** Space above the words for titles, below them for what was left out, and for the legend of heads. */
const TITLE = 24;
const FOOT = 20;
const LEGEND = 22;
const SQUARE = 14;
const never = (): boolean => false;

/** The figure of the active heads of a layer. */
export function headFigure(request: HeadFigureRequest, style: FigureStyle): Figure {
  const { attention, selection, filter } = request;
  const data = new HeadData({ attention, selection, filter }, null);
  const layout = layoutOf(data, attention, style);
  const { scene, leftOut, rest } = drawn(request, data, layout, style);
  const legend = legendMarks(request, layout, style);
  const long = isLongTitle(scene);
  const top = legend.length > 0 || long ? LEGEND : 0;
  const unit = unitNote(attention);
  const lines = (leftOut !== null || rest !== "" ? 1 : 0) + (unit === "" ? 0 : 1);
  const foot = Math.max(4, lines * FOOT);
  const height = top + TITLE + layout.height;
  const notes = [
    ...footItems(leftOut, rest, layout, style, height + FOOT / 2),
    ...unitItems(unit, layout, style, height + foot - FOOT / 2),
  ];
  return {
    scene: {
      width: style.width,
      height: Math.ceil(height + foot),
      marks: [
        ...legend,
        { kind: "texts", items: titleItems(scene, top + TITLE / 2, long ? LEGEND / 2 : top + TITLE / 2) },
        { kind: "group", y: top + TITLE, marks: headMarks(scene) },
        ...(notes.length > 0 ? [{ kind: "texts", items: notes } as const] : []),
      ],
    },
    leftOut: said(leftOut, data, layout, style),
  };
}

function layoutOf(data: HeadData, attention: Attention, { width, measure }: FigureStyle): LinesLayout {
  const marked =
    attention.parts.some((name) => name.length > 1) && data.columns.left.tokens.some((t) => t.segment > 0);
  return paperLayout({
    width,
    rows: data.count,
    widest: (size) => widest(measure, shownWords(data), size),
    lead: marked ? 44 : 14,
  });
}

function shownWords({ columns }: HeadData): string[] {
  return [columns.left, columns.right].flatMap(({ tokens, shown }) => {
    const words = wordsOf(tokens);
    return shown.map((position) => words[position]!);
  });
}

interface Drawing {
  readonly scene: HeadSceneRequest;
  readonly leftOut: string | null;
  readonly rest: string;
}

function drawn(request: HeadFigureRequest, data: HeadData, layout: LinesLayout, style: FigureStyle): Drawing {
  const { attention, selection, filter, combine = "mean", hover } = request;
  const { theme, measure } = style;
  const { heads, pins, side } = selection;
  const { queries } = data.slice;
  const rowOf = (at: Selection["side"], position: number): number =>
    (at === "query" ? data.leftRows : data.rightRows)[position] ?? -1;
  const hovered = wordsUnder(hover, selection.layer).filter((word) => rowOf(word.side, word.position) >= 0);
  const active = hovered[0]
    ? { side: hovered[0].side, positions: [hovered[0].position] }
    : { side, positions: pins.filter((pin) => rowOf(side, pin) >= 0) };
  const any = active.positions.length > 0;
  const weights = data.weights(heads, active, queries, combine, never);
  const spot: Spot = { attention, selection, data, active, hovered, weights, combine };
  const window = [0, data.count] as const;
  const colors = lineColors(attention, selection, theme);
  const numbers = numbersOf(spot, window, layout.barWidth > 0);
  const edges = data.resting(heads, queries, false);
  const strong = any ? data.strong(heads, active, queries) : null;
  return {
    scene: {
      ...{ attention, data, layout, theme, measure, colors, numbers },
      resting: drawnOf(edges, data, { layout, window }, colors, false),
      strong: strong && drawnOf(strong, data, { layout, window }, colors, true),
      faded: any ? restingOpacity(data.count, theme) : 1,
      look: looksOf(spot),
    },
    leftOut: omission(edges, massOf(attention), filter.least),
    rest: numbers.rest,
  };
}

/** A square and a number for each active head, where there are several. */
function legendMarks(
  { attention, selection }: HeadFigureRequest,
  layout: LinesLayout,
  style: FigureStyle,
): Mark[] {
  const { heads, layer } = selection;
  if (heads.length < 2) return [];
  const { theme, measure, width } = style;
  const colors = lineColors(attention, selection, theme).heads;
  const y = LEGEND / 2;
  const items: TextItem[] = [{ text: "heads", x: layout.lead, y, size: 11, color: COLORS[theme]["text-3"] }];
  const squares: [number, number, number, number][] = [];
  let x = layout.lead + measure("heads", 11) + 10;
  for (const head of heads) {
    const text = `${layer}.${head}`;
    const end = x + SQUARE + measure(text, 11) + 12;
    if (end > width) break;
    squares.push([x, y - SQUARE / 2 + 2, SQUARE - 4, SQUARE - 4]);
    items.push({ text, x: x + SQUARE, y, size: 11, color: COLORS[theme]["text-2"] });
    x = end;
  }
  const shown = colors.slice(0, squares.length);
  return [
    { kind: "rects", boxes: boxes(...squares), fill: shown, radius: 2 },
    { kind: "texts", items },
  ];
}

/** What the numbers are, below all else. */
function unitItems(text: string, layout: LinesLayout, { theme, width }: FigureStyle, y: number): TextItem[] {
  const color = COLORS[theme]["text-3"];
  const x = layout.lead;
  return text === "" ? [] : [{ text, x, y, size: 11, color, width: width - x - 4, role: "unit" }];
}

function footItems(
  leftOut: string | null,
  rest: string,
  layout: LinesLayout,
  { theme, width }: FigureStyle,
  y: number,
): TextItem[] {
  const look = { y, size: 11, color: COLORS[theme]["text-3"], role: "foot" };
  const half = layout.weightLeft - layout.lead - 8;
  return [
    ...(leftOut === null ? [] : [{ ...look, text: leftOut, x: layout.lead, width: half }]),
    ...(rest === "" ? [] : [{ ...look, text: rest, x: width - 4, anchor: "end" as const }]),
  ];
}

function said(
  leftOut: string | null,
  data: HeadData,
  layout: LinesLayout,
  { measure }: FigureStyle,
): string[] {
  const cut = widest(measure, shownWords(data), layout.fontSize) > layout.tokenWidth - 2 * PADDING;
  return [
    ...(leftOut === null ? [] : [`The lines show ${leftOut}.`]),
    ...(cut ? ["Long words are cut."] : []),
  ];
}
