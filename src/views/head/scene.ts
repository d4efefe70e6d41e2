// The head view as marks: lines, words with their shading, brackets, marks of sentences, bars and numbers, titles.
// In a page the lines are painted on canvases and the words are elements (list boxes); a figure is made of all of it.

import type { Attention, Side } from "../../trace/index.ts";
import { COLORS, type ThemeName } from "../look/theme.ts";
import { tiedToBefore, wordsOf } from "../read/words.ts";
import { wordHatch } from "../scene/hatch.ts";
import type { Measure } from "../scene/measure.ts";
import { boxes, type Group, type Mark, type Polylines, type TextItem } from "../scene/scene.ts";
import { barHeight, barLengths, barRoom, barsAt, NAME_WIDTH } from "./bars.ts";
import { type LineColors, partColors } from "./colors.ts";
import type { HeadData } from "./data.ts";
import { type EditedLine, editedLineMarks } from "./edited-lines.ts";
import { type LinesLayout, PADDING, rowMiddle, tieOf } from "./layout.ts";
import type { HeadNumbers, WordLook } from "./picture.ts";
import { sentenceMarks } from "./sentence-marks.ts";
import type { Drawn } from "./shown-lines.ts";

/** What is drawn. */
export interface HeadSceneRequest {
  readonly attention: Attention;
  readonly data: HeadData;
  readonly layout: LinesLayout;
  readonly theme: ThemeName;
  readonly measure: Measure;
  readonly colors: LineColors;
  readonly resting: Drawn;
  /** Lines of the active words, or null. */
  readonly strong: Drawn | null;
  /** Opacity of the resting lines. */
  readonly faded: number;
  readonly look: (side: Side, position: number) => WordLook;
  readonly numbers: HeadNumbers;
  /** Lines of weights that edits changed. */
  readonly edited?: readonly EditedLine[];
}

/** Everything below the titles, rows from y = 0 on. */
export function headMarks(request: HeadSceneRequest): Mark[] {
  const { resting, strong, faded } = request;
  return [
    { kind: "group", name: "lines", opacity: faded, marks: [resting.list] },
    ...(strong ? [{ kind: "group", name: "active", marks: [strong.list] } as const] : []),
    ...editedLineMarks(request.edited ?? [], request.layout, request.data.count, request.theme),
    wordMarks(request, "query"),
    wordMarks(request, "key"),
    ...betweenSentences(request),
    { kind: "group", name: "weights", marks: numberMarks(request) },
  ];
}

/** Room of the title "attends to". */
const ATTENDS_TO = 66;

/** True if the title of the numbers is longer than what is free beside the other titles. */
export function isLongTitle({ layout, numbers, measure }: HeadSceneRequest): boolean {
  return measure(numbers.title, 11) > layout.weightWidth + layout.tokenWidth - ATTENDS_TO;
}

/** The titles of the columns, their middle at y; that of the numbers at `numbersY`. */
export function titleItems(request: HeadSceneRequest, y: number, numbersY: number): TextItem[] {
  const { layout, theme, numbers, measure } = request;
  const look = { y, size: 11, color: COLORS[theme]["text-3"], role: "title" };
  const width = measure(numbers.title, 11);
  const items: TextItem[] = [
    { ...look, text: "attends from", x: layout.from - 8, anchor: "end" },
    { ...look, text: "attends to", x: layout.to + 8 },
  ];
  const x = layout.weightLeft + Math.min(0, layout.weightWidth - width);
  return layout.barWidth > 0 ? [...items, { ...look, text: numbers.title, x, y: numbersY }] : items;
}

/** One column of words with all that belongs to it. */
function wordMarks(request: HeadSceneRequest, side: Side): Group {
  const { data, layout, measure, look } = request;
  const { tokens, shown, written } = side === "query" ? data.columns.left : data.columns.right;
  const words = wordsOf(tokens);
  const under: Mark[] = [];
  const items: TextItem[] = [];
  const rules: Polylines[] = [];
  for (const [row, position] of shown.entries()) {
    const token = tokens[position]!;
    const word = words[position]!;
    const state = look(side, position);
    const width = Math.min(layout.tokenWidth, measure(word, layout.fontSize) + 2 * PADDING);
    under.push(...backMarks(request, side, row, width, state));
    if (state.unmatched) under.push(...hatchOf(request, side, row, width));
    if (state.changed) under.push(ringOf(request, side, row, width));
    items.push(
      wordItem(
        request,
        side,
        row,
        word,
        wordColor(request.theme, state, token.special),
        state.pinned,
        position >= written,
      ),
    );
    if (side === "query" && shown[row - 1] === position - 1 && tiedToBefore(tokens, position))
      rules.push(tieMark(request, row, words[position - 1]!, word));
    if (row > 0 && position >= written && shown[row - 1]! < written)
      rules.push(beginMark(request, side, row));
  }
  return { kind: "group", name: side, marks: [...under, ...rules, { kind: "texts", items }] };
}

function wordItem(
  { layout }: HeadSceneRequest,
  side: Side,
  row: number,
  text: string,
  color: string,
  pinned: boolean,
  underline: boolean,
): TextItem {
  const place =
    side === "query" ? ({ x: layout.from - PADDING, anchor: "end" } as const) : { x: layout.to + PADDING };
  const width = layout.tokenWidth - 2 * PADDING;
  const weight = pinned ? 560 : 450;
  return {
    ...place,
    text,
    y: rowMiddle(layout, row),
    size: layout.fontSize,
    weight,
    color,
    width,
    underline,
    role: "word",
  };
}

/** The colour of a word's letters. */
export function wordColor(theme: ThemeName, { pinned, hovered, faint }: WordLook, special: boolean): string {
  const colors = COLORS[theme];
  if (pinned) return colors["on-ink"];
  if (hovered) return colors.text;
  if (special) return colors["text-3"];
  return faint ? colors["text-2"] : colors.text;
}

/** Hatching of a word without a counterpart. */
function hatchOf({ layout, theme }: HeadSceneRequest, side: Side, row: number, width: number): Mark[] {
  const x = side === "query" ? layout.from - width : layout.to;
  const [top, right] = [row * layout.rowHeight, x + width];
  const bottom = top + layout.rowHeight - 1;
  const corners = Float32Array.of(x, top, right, top, right, bottom, x, bottom);
  return wordHatch(corners, COLORS[theme]["text-3"]);
}

/** The frame of a word whose stream was changed. */
function ringOf({ layout, theme }: HeadSceneRequest, side: Side, row: number, width: number): Mark {
  const x = side === "query" ? layout.from - width : layout.to;
  const box = [x + 0.75, row * layout.rowHeight + 0.75, width - 1.5, layout.rowHeight - 2.5] as const;
  return { kind: "outlines", boxes: boxes(box), stroke: COLORS[theme].edit, width: 1.5, radius: 4 };
}

/** What lies behind a word: ink where it is pinned, else its stripes, or grey under the pointer. */
function backMarks(
  { layout, theme, colors }: HeadSceneRequest,
  side: Side,
  row: number,
  width: number,
  { pinned, hovered, shades }: WordLook,
): Mark[] {
  const x = side === "query" ? layout.from - width : layout.to;
  const [y, height] = [row * layout.rowHeight, layout.rowHeight - 1];
  const whole = (fill: string): Mark[] => [
    { kind: "rects", boxes: boxes([x, y, width, height]), fill, radius: 4 },
  ];
  if (pinned) return whole(COLORS[theme].ink);
  if (shades.length === 0) return hovered ? whole(COLORS[theme]["surface-3"]) : [];
  const share = width / shades.length;
  return [
    {
      kind: "rects",
      boxes: boxes(...shades.map((_, i) => [x + i * share, y, share, height] as const)),
      fill: partColors(colors, shades),
      opacity: Float32Array.from(shades, Math.abs),
      ...(shades.length === 1 ? { radius: 4 } : {}),
    },
  ];
}

/** The bracket between a piece of a word and the one above it. */
function tieMark(
  { layout, theme, measure }: HeadSceneRequest,
  row: number,
  above: string,
  below: string,
): Polylines {
  const { fontSize, tokenWidth, rowHeight, from } = layout;
  const tie = tieOf(measure(above, fontSize), measure(below, fontSize), tokenWidth);
  const x = from - tie.reach + 0.5;
  const top = (row - 0.5) * rowHeight + 2.5;
  const bottom = top + rowHeight - 4;
  const path = [x + Math.max(2, tie.above), top, x, top, x, bottom, x + Math.max(2, tie.below), bottom];
  return {
    kind: "polylines",
    paths: [Float32Array.from(path)],
    closed: false,
    stroke: COLORS[theme]["line-2"],
    width: 1,
  };
}

/** The line above the first word that a model wrote. */
function beginMark({ layout, theme }: HeadSceneRequest, side: Side, row: number): Polylines {
  const width = layout.tokenWidth - 12;
  const x = side === "query" ? layout.from - 4 - width : layout.to + 4;
  return rule(x, row * layout.rowHeight, width, COLORS[theme]["line-3"]);
}

function rule(x: number, y: number, width: number, stroke: string, more: Partial<Polylines> = {}): Polylines {
  const path = Float32Array.of(x, y, x + width, y);
  return { kind: "polylines", paths: [path], closed: false, stroke, width: 1, ...more };
}

function betweenSentences({ data, layout, theme, attention }: HeadSceneRequest): Mark[] {
  const { left, right } = data.columns;
  const { letters, dividers, width } = sentenceMarks(left, right, layout, attention.parts);
  const color = COLORS[theme]["text-3"];
  const items = letters.map((letter) => ({ ...letter, size: 11, weight: 620, color, role: "sentence" }));
  const dots = { dash: [1, 2], opacity: 0.6 };
  return [
    ...(items.length > 0 ? [{ kind: "texts", items } as const] : []),
    ...dividers.map(({ x, y }) => rule(x, y, width, COLORS[theme]["line-3"], dots)),
  ];
}

/** Bars of all heads, numbers, and the words they belong to where those stand on the other side. */
function numberMarks({ layout, theme, colors, numbers }: HeadSceneRequest): Mark[] {
  const { named } = numbers;
  const roomy = layout.barWidth > 0;
  const left = layout.weightLeft + (named ? NAME_WIDTH : 0);
  const size = Math.min(12, layout.fontSize);
  const items: TextItem[] = [];
  const list: [number, number, number, number][] = [];
  const fill: string[] = [];
  for (const { row, text, word, high, parts } of numbers.rows) {
    const y = rowMiddle(layout, row);
    const color = COLORS[theme][high ? "text" : "text-2"];
    const end = layout.weightLeft + layout.weightWidth - 4;
    items.push({ text, x: end, y, size, weight: high ? 620 : 450, color, anchor: "end", role: "number" });
    if (!roomy) continue;
    if (named)
      items.push({ text: word, x: layout.weightLeft, y, size, color, width: NAME_WIDTH - 4, role: "name" });
    const height = barHeight(layout);
    for (const { head, x, length } of barsAt(barLengths(parts, barRoom(layout, named)))) {
      list.push([left + x, y - height / 2, length, height]);
      fill.push(partColors(colors, parts)[head]!);
    }
  }
  return [
    ...(list.length > 0 ? [{ kind: "rects", boxes: boxes(...list), fill, radius: 1 } as const] : []),
    ...(items.length > 0 ? [{ kind: "texts", items } as const] : []),
  ];
}
