// The lines of the head view as they were drawn, and what is said of the one under the pointer.

import { headName, type Side } from "../../trace/index.ts";
import type { TipContent } from "../look/tip.ts";
import { wordsOf } from "../read/words.ts";
import type { Lines } from "../scene/scene.ts";
import type { CommonProps, Hover } from "../view.ts";
import { axisOf, middleOf, rowsIn, type Stretch } from "./axis.ts";
import type { LineColors } from "./colors.ts";
import type { HeadData } from "./data.ts";
import type { Edges } from "./edges.ts";
import { lineMark } from "./lines.ts";
import { lineAt } from "./lines-hit.ts";

/** Edges and how they are drawn; the same order in both. */
export interface Drawn {
  readonly edges: Edges;
  readonly list: Lines;
}

/** How `edges` are drawn on a stretch of words: at rest, or strongly for pinned and hovered words. */
export function drawnOf(
  edges: Edges,
  data: HeadData,
  { layout, window }: Stretch,
  colors: LineColors,
  pinned: boolean,
): Drawn {
  const [first, end] = rowsIn(layout, "query", window, data.count);
  const rows = Math.min(end, data.slice.queries.length) - first;
  const list = lineMark(edges, {
    palette: colors.palette,
    signed: colors.signed,
    heads: colors.heads.length,
    axis: axisOf(layout),
    layout,
    rows: data.count,
    pinned,
    height: Math.max(0, rows) * layout.rowHeight,
    leftAt: (query) => middleOf(layout, "query", data.leftRows[query]!),
    rightAt: (key) => middleOf(layout, "key", data.rightRows[key]!),
  });
  return { edges, list };
}

/** How near the pointer has to be to a line, in px. */
const NEAR = 5;

/** A line with its numbers. */
export interface FoundLine {
  readonly place: Hover;
  readonly tip: TipContent;
}

/** The line at a point of the content, or null. */
export function findLine(
  drawn: Drawn,
  data: HeadData,
  { attention, selection }: Pick<CommonProps, "attention" | "selection">,
  x: number,
  y: number,
): FoundLine | null {
  const line = lineAt(drawn.list, x, y, NEAR);
  if (line < 0) return null;
  const word = (side: Side, at: number): string => wordsOf(attention.tokens(side))[at]!;
  const [query, key] = [drawn.edges.queries[line]!, drawn.edges.keys[line]!];
  const { layer } = selection;
  const head = selection.heads[drawn.edges.heads[line]!]!;
  return {
    place: { layer, head, query, key },
    tip: {
      title: `${word("query", query)} → ${word("key", key)}`,
      detail: headName(attention, layer, head),
      rows: data.cell(head, query, key),
      note: "",
    },
  };
}
