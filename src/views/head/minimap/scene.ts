// The minimap as marks: one lane for each side, strengths as ticks, chosen words as blocks, a frame around what is in
// sight. Written along either axis: y where words stand below each other, x where they stand beside each other.

import { COLORS, type ThemeName } from "../../look/theme.ts";
import { boxes, type Mark } from "../../scene/scene.ts";
import type { MinimapPicture } from "./picture.ts";

/** The axis that the strip runs along. */
export type StripAxis = "x" | "y";

/** Width of the strip. */
export const THICK = 12;
/** Lanes of the two sides: where they begin and how wide they are. */
const LANES = { query: { at: 2, thick: 3 }, key: { at: 6, thick: 4 } } as const;
/** Weaker ones are not drawn. */
const LEAST = 0.05;
/** Length of the block of a chosen word. */
const BLOCK = 3;

/** How a strip looks. */
export interface MinimapLook {
  readonly theme: ThemeName;
  readonly axis: StripAxis;
  /** Weights are differences: coloured by sign. */
  readonly signed: boolean;
  /** Pixels of the strip that are in sight: from, to. */
  readonly sight: readonly [number, number];
}

type Box = readonly [number, number, number, number];

/** The marks of a strip. */
export function minimapMarks(picture: MinimapPicture, look: MinimapLook): Mark[] {
  const { theme, axis, sight } = look;
  const colors = COLORS[theme];
  const place = (from: number, size: number, lane: number, thick: number): Box =>
    axis === "y" ? [lane, from, thick, size] : [from, lane, size, thick];
  const [from, to] = sight;
  const window = boxes(place(from, to - from, 0, THICK));
  const edge = boxes(place(from + 0.5, Math.max(1, to - from - 1), 0.5, THICK - 1));
  const lane = LANES[picture.side === "key" ? "query" : "key"];
  const blocks = picture.chosen.map((at) => place(at - 1, BLOCK, lane.at, lane.thick));
  return [
    { kind: "rects", boxes: boxes(place(0, picture.length, 0, THICK)), fill: colors["surface-2"] },
    { kind: "rects", boxes: window, fill: colors["surface-3"] },
    ...ticks(picture, look, place),
    ...(blocks.length > 0 ? [{ kind: "rects", boxes: boxes(...blocks), fill: colors.ink } as const] : []),
    { kind: "outlines", boxes: edge, stroke: colors["line-3"], width: 1 },
  ];
}

function ticks(
  { strengths, side }: MinimapPicture,
  { theme, signed }: MinimapLook,
  place: (from: number, size: number, lane: number, thick: number) => Box,
): Mark[] {
  const { ink, pos, neg } = COLORS[theme];
  const drawn = [...strengths.keys()].filter((at) => Math.abs(strengths[at]!) >= LEAST);
  if (drawn.length === 0) return [];
  const fill = signed ? drawn.map((at) => (strengths[at]! < 0 ? neg : pos)) : ink;
  const opacity = Float32Array.from(drawn, (at) => Math.sqrt(Math.abs(strengths[at]!)));
  const lane = LANES[side];
  const list = drawn.map((at) => place(at, 1, lane.at, lane.thick));
  return [{ kind: "rects", boxes: boxes(...list), fill, opacity }];
}
