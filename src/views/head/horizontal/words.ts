// The words of a horizontal head figure: where the letters of each stand, and the shape behind it.

import type { Side } from "../../../trace/index.ts";
import { standsUpright } from "../../read/writing.ts";
import type { Measure } from "../../scene/measure.ts";
import { boxes, type Mark, type TextItem } from "../../scene/scene.ts";
import {
  columnMiddle,
  GAP,
  type HorizontalLayout,
  LETTER,
  SLANT,
  stackedLength,
  standingLetters,
} from "./layout.ts";

/** Where letters stand. */
export type Letters = Pick<TextItem, "text" | "x" | "y" | "anchor" | "angle" | "width">;

/** A word in its column. */
export interface PlacedWord {
  readonly letters: readonly Letters[];
  /** The shape of the whole word, x, y of each corner. */
  readonly corners: Float32Array;
  /** What lies behind it: parts of equal length, each with a colour and an opacity. */
  behind(parts: readonly { readonly fill: string; readonly opacity: number }[]): Mark[];
}

/** Place word `index` of a side. */
export function placeWord(
  layout: HorizontalLayout,
  side: Side,
  index: number,
  word: string,
  measure: Measure,
): PlacedWord {
  const place = { layout, side, x: columnMiddle(layout, side, index), word, measure };
  const { stand } = layout.rows[side];
  if (stand === "level") return level(place);
  return stand === "stacked" ? stacked(place) : turned(place);
}

interface Place {
  readonly layout: HorizontalLayout;
  readonly side: Side;
  readonly x: number;
  readonly word: string;
  readonly measure: Measure;
}

/** Where lines begin or end, and which way words lie from there. */
function edgeOf({ layout, side }: Place): readonly [edge: number, away: 1 | -1] {
  return side === "query" ? [layout.from, -1] : [layout.to, 1];
}

function level(place: Place): PlacedWord {
  const { layout, side, x, word, measure } = place;
  const { fontSize, rowHeight, rows } = layout;
  const [edge, away] = edgeOf(place);
  const { depth } = rows[side];
  const width = Math.min(rowHeight - 1, measure(word, fontSize) + 4 * GAP);
  const top = Math.min(edge, edge + away * depth);
  return {
    letters: [{ text: word, x, y: edge + (away * depth) / 2, anchor: "middle" }],
    corners: cornersOf(x - width / 2, top + 1, width, depth - 2),
    behind: (parts) => {
      const share = width / parts.length;
      const list = parts.map((_, i) => [x - width / 2 + i * share, top + 1, share, depth - 2] as const);
      return [rects(list, parts)];
    },
  };
}

function stacked(place: Place): PlacedWord {
  const { layout, side, x, word, measure } = place;
  const { fontSize, rowHeight, rows } = layout;
  const [edge, away] = edgeOf(place);
  const { longest } = rows[side];
  const length = Math.min(longest, stackedLength(word, fontSize, measure));
  const top = away > 0 ? edge + GAP : edge - GAP - length;
  const width = Math.min(rowHeight - 1, fontSize + 2 * GAP);
  const height = length + 2 * GAP - 2;
  return {
    letters: standsUpright([word])
      ? standing(word, x, top, length, LETTER * fontSize)
      : [{ text: word, x, y: top, angle: 90, width: length + 0.5 }],
    corners: cornersOf(x - width / 2, top - GAP + 1, width, height),
    behind: (parts) => {
      const share = height / parts.length;
      const list = parts.map((_, i) => [x - width / 2, top - GAP + 1 + i * share, width, share] as const);
      return [rects(list, parts)];
    },
  };
}

/** Letters one below the other; what does not fit is an ellipsis. */
function standing(word: string, x: number, top: number, length: number, step: number): Letters[] {
  const all = standingLetters(word);
  const fit = Math.floor(length / step + 0.01);
  const shown = all.length <= fit ? all : [...all.slice(0, fit - 1), "…"];
  return shown.map((text, i) => {
    const y = top + (i + 0.5) * step;
    if (STOPS.test(text))
      return { text, x: x + STOP_SHIFT * step, y: y - STOP_SHIFT * step, anchor: "middle" };
    return { text, x, y, anchor: "middle", ...(LYING.test(text) ? { angle: 90 } : {}) };
  });
}

/** Signs that lie down where letters stand: long vowels, dashes, brackets. Stops move to the upper right of their box. */
const LYING = /^[ーｰ〜～―—–…‥：；＝|｜「」『』（）()［］[\]【】〔〕〈〉《》〖〗｛｝{}]/u;
const STOPS = /^[、。，．]/u;
const STOP_SHIFT = 0.5;

/** Words at an angle, all of a text in the same direction: from the lines up, and from below up to the lines. */
function turned(place: Place): PlacedWord {
  const { layout, side, x, word, measure } = place;
  const { fontSize, rowHeight, rows } = layout;
  const [edge, away] = edgeOf(place);
  const { fromRight, longest } = rows[side];
  const radians = (SLANT * Math.PI) / 180;
  const right = fromRight === away > 0;
  const [dx, dy] = slopeOf(layout, side);
  const length = Math.min(longest, measure(word, fontSize)) + 2 * GAP;
  const half = Math.min(0.5 * fontSize + 3, 0.5 * rowHeight * Math.sin(radians) - 0.5);
  const at = (along: number, across: number) =>
    [x + dx * along - dy * across, edge + dy * along + dx * across] as const;
  const [tx, ty] = at(GAP, 0);
  const piece = (from: number, to: number): Float32Array =>
    Float32Array.from([...at(from, -half), ...at(to, -half), ...at(to, half), ...at(from, half)]);
  return {
    letters: [
      {
        text: word,
        x: tx,
        y: ty,
        angle: fromRight ? SLANT : -SLANT,
        anchor: right ? "start" : "end",
        width: longest + 0.5,
      },
    ],
    corners: piece(0, length),
    behind: (parts) =>
      parts.map(({ fill, opacity }, i) => {
        const path = piece((i / parts.length) * length, ((i + 1) / parts.length) * length);
        return { kind: "polylines", paths: [path], closed: true, fill, opacity };
      }),
  };
}

/** Where a turned word of a side runs to from the lines, as a step of length 1. */
function slopeOf({ rows }: HorizontalLayout, side: Side): readonly [dx: number, dy: number] {
  const radians = (SLANT * Math.PI) / 180;
  const away = side === "query" ? -1 : 1;
  return [(rows[side].fromRight === away > 0 ? 1 : -1) * Math.cos(radians), away * Math.sin(radians)];
}

/** Shorter lines are not drawn. */
const SHORTEST_LEAD = 8;

/** The line from the end of a turned word of `length` to its number, where the word is shorter than others. */
export function leadOf(layout: HorizontalLayout, side: Side, index: number, length: number): Float32Array[] {
  const { stand, depth, longest } = layout.rows[side];
  if (stand !== "turned") return [];
  const [dx, dy] = slopeOf(layout, side);
  const [from, to] = [Math.min(longest, length) + 2 * GAP, depth / Math.abs(dy)];
  if ((to - from) * Math.abs(dy) < SHORTEST_LEAD) return [];
  const edge = side === "query" ? layout.from : layout.to;
  const x = columnMiddle(layout, side, index);
  return [Float32Array.of(x + dx * from, edge + dy * from, x + dx * to, edge + dy * to)];
}

function cornersOf(x: number, y: number, width: number, height: number): Float32Array {
  return Float32Array.of(x, y, x + width, y, x + width, y + height, x, y + height);
}

function rects(
  list: readonly (readonly [number, number, number, number])[],
  parts: readonly { readonly fill: string; readonly opacity: number }[],
): Mark {
  return {
    kind: "rects",
    boxes: boxes(...list),
    fill: parts.map(({ fill }) => fill),
    opacity: Float32Array.from(parts, ({ opacity }) => opacity),
    ...(parts.length === 1 ? { radius: 4 } : {}),
  };
}
