// A horizontal head figure as marks: lines down, words along the top and the bottom, numbers and bars beyond them.

import type { Side } from "../../../trace/index.ts";
import { formatNumber } from "../../look/palette.ts";
import { COLORS, type ThemeName } from "../../look/theme.ts";
import { secondSentence } from "../../read/sentences.ts";
import { tiedToBefore, wordsOf } from "../../read/words.ts";
import { wordHatch } from "../../scene/hatch.ts";
import type { Measure } from "../../scene/measure.ts";
import { boxes, type Group, type Mark, type Polylines, type TextItem } from "../../scene/scene.ts";
import { barLengths, barsAt } from "../bars.ts";
import { partColors } from "../colors.ts";
import type { HeadData } from "../data.ts";
import type { Edges } from "../edges.ts";
import { type EditedLine, editedLineMarks } from "../edited-lines.ts";
import type { HeadState } from "../figure-state.ts";
import { lineMark } from "../lines.ts";
import type { WordLook } from "../picture.ts";
import { wordColor } from "../scene.ts";
import { BAR, columnMiddle, GAP, type HorizontalLayout, NUMBER, shiftOf, textLeft } from "./layout.ts";
import { leadOf, placeWord } from "./words.ts";

/** What is drawn. */
export interface HorizontalScene {
  readonly data: HeadData;
  readonly state: HeadState;
  readonly layout: HorizontalLayout;
  /** Names of the two sentences. */
  readonly parts: readonly [string, string];
  /** Lines of weights that edits changed. */
  readonly edited: readonly EditedLine[];
  readonly theme: ThemeName;
  readonly measure: Measure;
}

/** Everything from the title of the queries to that of the keys. */
export function horizontalMarks(request: HorizontalScene): Mark[] {
  const { edges, strong, faded } = request.state;
  const { edited, layout, data, theme } = request;
  return [
    { kind: "group", name: "lines", opacity: faded, marks: [lines(request, edges, false)] },
    ...(strong ? [{ kind: "group", name: "active", marks: [lines(request, strong, true)] } as const] : []),
    ...editedLineMarks(edited, layout, data.count, theme),
    wordMarks(request, "query"),
    wordMarks(request, "key"),
    ...betweenSentences(request),
    { kind: "group", name: "weights", marks: numberMarks(request) },
    { kind: "texts", items: titleItems(request) },
  ];
}

function lines({ data, state, layout }: HorizontalScene, edges: Edges, pinned: boolean): Mark {
  const { palette, signed, heads } = state.colors;
  return lineMark(edges, {
    ...{ palette, signed, layout, pinned, heads: heads.length, axis: "y", rows: data.count },
    height: data.slice.queries.length * layout.rowHeight,
    leftAt: (query) => columnMiddle(layout, "query", data.leftRows[query]!),
    rightAt: (key) => columnMiddle(layout, "key", data.rightRows[key]!),
  });
}

/** One row of words with all that belongs to it. */
function wordMarks(request: HorizontalScene, side: Side): Group {
  const { data, layout, measure, state, theme } = request;
  const { tokens, shown, written } = side === "query" ? data.columns.left : data.columns.right;
  const words = wordsOf(tokens);
  const under: Mark[] = [];
  const items: TextItem[] = [];
  const rules: Polylines[] = [];
  for (const [index, position] of shown.entries()) {
    const look = state.look(side, position);
    const placed = placeWord(layout, side, index, words[position]!, measure);
    const behind = partsBehind(request, look);
    if (behind.length > 0) under.push(...placed.behind(behind));
    if (look.unmatched) under.push(...wordHatch(placed.corners, COLORS[theme]["text-3"]));
    const changed = look.changed && !look.pinned;
    const color = changed ? COLORS[theme].edit : wordColor(theme, look, tokens[position]!.special);
    const weight = look.pinned ? 560 : 450;
    for (const letters of placed.letters)
      items.push({
        ...letters,
        size: layout.fontSize,
        weight,
        color,
        underline: position >= written,
        role: "word",
      });
    if (side === "query" && shown[index - 1] === position - 1 && tiedToBefore(tokens, position))
      rules.push(tieMark(request, index));
    if (index > 0 && position >= written && shown[index - 1]! < written)
      rules.push(divider(request, side, index, COLORS[theme]["line-3"]));
  }
  return { kind: "group", name: side, marks: [...under, ...rules, { kind: "texts", items }] };
}

/** What lies behind a word: ink where it is pinned, else its stripes, or grey under the pointer. */
function partsBehind(
  { theme, state }: HorizontalScene,
  { pinned, hovered, shades }: WordLook,
): { readonly fill: string; readonly opacity: number }[] {
  if (pinned) return [{ fill: COLORS[theme].ink, opacity: 1 }];
  if (shades.length === 0) return hovered ? [{ fill: COLORS[theme]["surface-3"], opacity: 1 }] : [];
  const colors = partColors(state.colors, shades);
  return shades.map((shade, i) => ({ fill: colors[i]!, opacity: Math.abs(shade) }));
}

/** The bracket between a piece of a word and the one before it, where the lines begin. */
function tieMark({ layout, theme }: HorizontalScene, index: number): Polylines {
  const [a, b] = [index - 1, index].map((at) => columnMiddle(layout, "query", at)) as [number, number];
  const inset = Math.sign(b - a) * 2;
  const y = layout.from + 1.5;
  const path = Float32Array.of(a + inset, y - 3, a + inset, y, b - inset, y, b - inset, y - 3);
  return { kind: "polylines", paths: [path], closed: false, stroke: COLORS[theme]["line-2"], width: 1 };
}

/** A line between two words, as they stand. */
function divider(
  { layout }: HorizontalScene,
  side: Side,
  index: number,
  stroke: string,
  more: Partial<Polylines> = {},
): Polylines {
  const { depth } = layout.rows[side];
  const x = (columnMiddle(layout, side, index - 1) + columnMiddle(layout, side, index)) / 2;
  const [edge, away] = side === "query" ? [layout.from, -1] : [layout.to, 1];
  const path = Float32Array.of(x, edge, x + shiftOf(layout, side), edge + away * depth);
  return { kind: "polylines", paths: [path], closed: false, stroke, width: 1, ...more };
}

/** Names of the sentences of a pair above the queries, a dotted line where the second begins. */
function betweenSentences(request: HorizontalScene): Mark[] {
  const { data, layout, theme, parts } = request;
  const { left, right } = data.columns;
  const [from, to] = [secondSentence(left), secondSentence(right)];
  const dots = { dash: [1, 2], opacity: 0.6 };
  const rule = (side: Side, index: number): Mark[] =>
    index > 0 ? [divider(request, side, index, COLORS[theme]["line-3"], dots)] : [];
  const items = (from > 0 ? [0, from] : []).map((index, i) => nameItem(layout, theme, index, parts[i]!));
  return [
    ...(items.length > 0 ? [{ kind: "texts", items } as const] : []),
    ...rule("query", from),
    ...rule("key", to),
  ];
}

function nameItem(layout: HorizontalLayout, theme: ThemeName, index: number, text: string): TextItem {
  const { depth, fromRight } = layout.rows.query;
  const x = columnMiddle(layout, "query", index) + shiftOf(layout, "query");
  const anchor = text.length === 1 ? "middle" : fromRight ? "end" : "start";
  const y = layout.from - depth - 7;
  return { text, x, y, anchor, size: 11, weight: 620, color: COLORS[theme]["text-3"], role: "sentence" };
}

/** Bars of all heads from the words on, and the numbers beyond them. */
function numberMarks({ layout, theme, state, measure }: HorizontalScene): Mark[] {
  const { side, top, height } = layout.numbers;
  const away = side === "query" ? -1 : 1;
  const base = side === "query" ? top + height - GAP : top + GAP;
  const shift = shiftOf(layout, side);
  const size = Math.min(11, layout.fontSize);
  const isTurned = measure(formatNumber(0.99), size) + 4 > layout.rowHeight;
  const thick = Math.min(8, layout.rowHeight - 6);
  const items: TextItem[] = [];
  const list: [number, number, number, number][] = [];
  const fill: string[] = [];
  const leads: Float32Array[] = [];
  for (const { row, word, text, high, parts } of state.numbers.rows) {
    const x = columnMiddle(layout, side, row) + shift;
    leads.push(...leadOf(layout, side, row, measure(word, layout.fontSize)));
    const look = { size, weight: high ? 620 : 450, color: COLORS[theme][high ? "text" : "text-2"] };
    const place = isTurned
      ? { y: base + away * (BAR + GAP), angle: -90, anchor: away > 0 ? ("end" as const) : ("start" as const) }
      : { y: base + away * (BAR + NUMBER / 2), anchor: "middle" as const };
    items.push({ text, x, ...look, ...place, role: "number" });
    for (const bar of barsAt(barLengths(parts, BAR))) {
      const y = away > 0 ? base + bar.x : base - bar.x - bar.length;
      list.push([x - thick / 2, y, thick, bar.length]);
      fill.push(partColors(state.colors, parts)[bar.head]!);
    }
  }
  const stroke = COLORS[theme]["line-2"];
  return [
    ...(leads.length > 0
      ? [{ kind: "polylines", paths: leads, closed: false, stroke, width: 1 } as const]
      : []),
    ...(list.length > 0 ? [{ kind: "rects", boxes: boxes(...list), fill, radius: 1 } as const] : []),
    ...(items.length > 0 ? [{ kind: "texts", items } as const] : []),
  ];
}

/** What each row of words is, and beside it what the numbers are. */
function titleItems({ layout, state, theme, measure }: HorizontalScene): TextItem[] {
  const look = { size: 11, color: COLORS[theme]["text-3"], role: "title" };
  const { side } = layout.numbers;
  const titles = { query: "attends from", key: "attends to" } as const;
  const [from, to] = (["query", "key"] as const).map((of) => ({
    ...look,
    text: titles[of],
    x: textLeft(layout),
    y: layout.titles[of],
  })) as [TextItem, TextItem];
  const own = side === "query" ? from : to;
  const x = own.x + measure(own.text, 11) + 6;
  return [from, to, { ...look, text: `· ${state.numbers.title}`, x, y: own.y }];
}
