// The head view with words along the top and the bottom, laid out for paper: texts that run from the right start at the
// right, Chinese, Japanese and Korean words stand upright, others are turned where they are longer than their column.

import type { Side } from "../../../trace/index.ts";
import type { Figure, FigureStyle } from "../../figure.ts";
import { secondSentence } from "../../read/sentences.ts";
import type { CellFilter } from "../../view.ts";
import { unitNote } from "../colors.ts";
import { HeadData } from "../data.ts";
import { editedLines } from "../edited-lines.ts";
import { footItems, headLegend, unitItems } from "../figure-legend.ts";
import { type HeadFigureRequest, signsOf, stateOf, wordsShown } from "../figure-state.ts";
import {
  columnsThatFit,
  type HorizontalLayout,
  type HorizontalRequest,
  horizontalLayout,
  stackedLength,
  textLeft,
} from "./layout.ts";
import { horizontalMarks } from "./scene.ts";

const FOOT = 20;

/** The figure of the active heads of a layer. */
export function horizontalFigure(request: HeadFigureRequest, style: FigureStyle): Figure {
  const { data, cut } = dataThatFits(request, style);
  const state = stateOf(request, data, style.theme, true);
  const layout = horizontalLayout(layoutRequest(data, state.numbers.named ? "query" : "key", style));
  const left = textLeft(layout);
  const legend = headLegend(request, left, style);
  const top = legend.height;
  const unit = unitNote(request.attention);
  const foot = footItems(state, style, left, top + layout.height + FOOT / 2);
  const below = top + layout.height + (foot.length > 0 ? FOOT : 0);
  const notes = [...foot, ...unitItems(unit, left, style, below + FOOT / 2)];
  const { theme, measure } = style;
  const edited = editedLines(request, data);
  const scene = { data, state, layout, parts: request.attention.parts, edited, theme, measure };
  return {
    scene: {
      width: style.width,
      height: Math.ceil(below + (unit === "" ? 4 : FOOT)),
      marks: [
        ...legend.marks,
        { kind: "group", y: top, marks: horizontalMarks(scene) },
        ...(notes.length > 0 ? [{ kind: "texts", items: notes } as const] : []),
      ],
    },
    signs: signsOf(state, data, edited.length),
    leftOut: [
      ...(state.leftOut === null ? [] : [`The lines show ${state.leftOut}.`]),
      ...(hasCutWords(data, layout, style) ? ["Long words are cut."] : []),
      ...cut,
    ],
  };
}

function layoutRequest(data: HeadData, numbers: Side, { width, measure }: FigureStyle): HorizontalRequest {
  const marked = secondSentence(data.columns.left) > 0;
  return { width, words: wordsShown(data), numbers, marked, measure };
}

interface Fitting {
  readonly data: HeadData;
  /** Sentences about the words that did not fit. */
  readonly cut: readonly string[];
}

/** All words, or, where a row of words is too long, those around the last pinned one. */
function dataThatFits(request: HeadFigureRequest, style: FigureStyle): Fitting {
  const { attention, selection, filter } = request;
  const all = new HeadData({ attention, selection, filter }, null);
  const most = columnsThatFit(layoutRequest(all, "key", style));
  if (all.count <= most) return { data: all, cut: [] };
  const pinned = selection.side === "query" ? all.leftRows : all.rightRows;
  const first = Math.max(0, (pinned[selection.pins.at(-1) ?? -1] ?? 0) - Math.floor(most / 2));
  const rows = rangeOf(all.slice.queries, first, most);
  const columns = rangeOf(all.slice.keys, first, most);
  const shorter: CellFilter = { ...filter, ...(rows ? { rows } : {}), ...(columns ? { columns } : {}) };
  const say = (what: string, range: CellFilter["rows"], side: Side): string[] =>
    range
      ? [
          `${what}: positions ${range[0]} to ${range[1]} of ${attention.tokens(side).length}, as many as fit in the width.`,
        ]
      : [];
  return {
    data: new HeadData({ attention, selection, filter: shorter }, null),
    cut: [...say("Words that attend", rows, "query"), ...say("Words attended to", columns, "key")],
  };
}

/** Positions of at most `most` words from the one at `first` on; undefined where all fit. */
function rangeOf(positions: readonly number[], first: number, most: number): CellFilter["rows"] {
  if (positions.length <= most) return undefined;
  const start = Math.min(first, positions.length - most);
  return [positions[start]!, positions[start + most - 1]!];
}

function hasCutWords(
  data: HeadData,
  { rows, fontSize }: HorizontalLayout,
  { measure }: FigureStyle,
): boolean {
  const words = wordsShown(data);
  return (["query", "key"] as const).some((side) => {
    const { stand, longest } = rows[side];
    const length = (word: string): number =>
      stand === "stacked" ? stackedLength(word, fontSize, measure) : measure(word, fontSize);
    return words[side].some((word) => length(word) > longest + 0.5);
  });
}
