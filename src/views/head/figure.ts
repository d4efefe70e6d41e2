// The head view laid out for paper: every word, nothing scrolled, the numbers beside them, which head has which colour.

import type { Attention } from "../../trace/index.ts";
import type { Figure, FigureStyle } from "../figure.ts";
import { widest } from "../scene/measure.ts";
import { unitNote } from "./colors.ts";
import { HeadData } from "./data.ts";
import { editedLines } from "./edited-lines.ts";
import { footItems, headLegend, LEGEND, unitItems } from "./figure-legend.ts";
import { type HeadFigureRequest, type HeadState, signsOf, stateOf, wordsShown } from "./figure-state.ts";
import { horizontalFigure } from "./horizontal/figure.ts";
import { type LinesLayout, PADDING } from "./layout.ts";
import { paperLayout } from "./paper-layout.ts";
import { type HeadSceneRequest, headMarks, isLongTitle, titleItems } from "./scene.ts";
import { drawnOf } from "./shown-lines.ts";

/** Space above the words for titles and below them for what was left out. */
const TITLE = 24;
const FOOT = 20;

export type { HeadFigureRequest } from "./figure-state.ts";

/** The figure of the active heads of a layer. */
export function headFigure(request: HeadFigureRequest, style: FigureStyle): Figure {
  if (request.orientation === "horizontal") return horizontalFigure(request, style);
  const { attention, selection, filter } = request;
  const data = new HeadData({ attention, selection, filter }, null);
  const layout = layoutOf(data, attention, style);
  const state = stateOf(request, data, style.theme, layout.barWidth > 0);
  const { leftOut, rest } = state;
  const scene = { ...sceneOf(data, state, layout, attention, style), edited: editedLines(request, data) };
  const legend = headLegend(request, layout.lead, style);
  const long = isLongTitle(scene);
  const top = legend.height + (long ? LEGEND : 0);
  const unit = unitNote(attention);
  const lines = (leftOut !== null || rest !== "" ? 1 : 0) + (unit === "" ? 0 : 1);
  const foot = Math.max(4, lines * FOOT);
  const height = top + TITLE + layout.height;
  const notes = [
    ...footItems(state, style, layout.lead, height + FOOT / 2),
    ...unitItems(unit, layout.lead, style, height + foot - FOOT / 2),
  ];
  return {
    scene: {
      width: style.width,
      height: Math.ceil(height + foot),
      marks: [
        ...legend.marks,
        {
          kind: "texts",
          items: titleItems(scene, top + TITLE / 2, long ? legend.height + LEGEND / 2 : top + TITLE / 2),
        },
        { kind: "group", y: top + TITLE, marks: headMarks(scene) },
        ...(notes.length > 0 ? [{ kind: "texts", items: notes } as const] : []),
      ],
    },
    signs: signsOf(state, data, scene.edited.length),
    leftOut: said(leftOut, data, layout, style),
  };
}

function layoutOf(data: HeadData, attention: Attention, { width, measure }: FigureStyle): LinesLayout {
  const marked =
    attention.parts.some((name) => name.length > 1) && data.columns.left.tokens.some((t) => t.segment > 0);
  return paperLayout({
    width,
    rows: data.count,
    widest: (size) => widest(measure, Object.values(wordsShown(data)).flat(), size),
    lead: marked ? 44 : 14,
  });
}

function sceneOf(
  data: HeadData,
  state: HeadState,
  layout: LinesLayout,
  attention: Attention,
  style: FigureStyle,
): HeadSceneRequest {
  const { theme, measure } = style;
  const { colors, numbers, faded, look, edges, strong } = state;
  const stretch = { layout, window: [0, data.count] as const };
  return {
    ...{ attention, data, layout, theme, measure, colors, numbers, faded, look },
    resting: drawnOf(edges, data, stretch, colors, false),
    strong: strong && drawnOf(strong, data, stretch, colors, true),
  };
}

function said(
  leftOut: string | null,
  data: HeadData,
  layout: LinesLayout,
  { measure }: FigureStyle,
): string[] {
  const cut =
    widest(measure, Object.values(wordsShown(data)).flat(), layout.fontSize) >
    layout.tokenWidth - 2 * PADDING;
  return [
    ...(leftOut === null ? [] : [`The lines show ${leftOut}.`]),
    ...(cut ? ["Long words are cut."] : []),
  ];
}
