// The lines of the head view as they were drawn, and what is said of the one under the pointer.

import type { Side } from "../../trace/index.ts";
import type { TipContent } from "../look/tip.ts";
import { wordOf } from "../read/words.ts";
import type { CommonProps, Hover } from "../view.ts";
import type { HeadData } from "./data.ts";
import type { Edges } from "./edges.ts";
import { type LineList, lineList } from "./lines.ts";
import type { Stretch } from "./lines-canvas.ts";
import { lineAt } from "./lines-hit.ts";

/** Edges and how they are drawn; the same order in both. */
export interface Drawn {
  readonly edges: Edges;
  readonly list: LineList;
}

/** How `edges` are drawn on a stretch of rows: at rest, or strongly for pinned and hovered words. */
export function drawnOf(edges: Edges, data: HeadData, stretch: Stretch, pinned: boolean): Drawn {
  const { colors, layout, window } = stretch;
  const rows = Math.min(window[1], data.slice.queries.length) - window[0];
  const list = lineList(edges, {
    layout,
    rows: data.count,
    heads: colors.length,
    pinned,
    height: Math.max(0, rows) * layout.rowHeight,
    leftRow: (query) => data.leftRows[query]!,
    rightRow: (key) => data.rightRows[key]!,
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
  const word = (side: Side, at: number): string => wordOf(attention.tokens(side)[at]!);
  const [query, key] = [drawn.edges.queries[line]!, drawn.edges.keys[line]!];
  const { layer } = selection;
  const head = selection.heads[drawn.edges.heads[line]!]!;
  return {
    place: { layer, head, query, key },
    tip: {
      title: `${word("query", query)} → ${word("key", key)}`,
      detail: `head ${layer}.${head}`,
      rows: data.cell(head, query, key),
      note: "",
    },
  };
}
