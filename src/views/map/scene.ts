// What is drawn over the thumbnails of a map, as marks: outlines of unrecorded heads, score bars, ids.

import type { Slice } from "../../analysis/index.ts";
import { COLORS, type ThemeName } from "../look/theme.ts";
import { type Box, hatchMarks, unmatchedBoxes } from "../scene/hatch.ts";
import { boxes, type Mark, type TextItem } from "../scene/scene.ts";
import type { Unmatched } from "../view.ts";
import type { MapGrid } from "./grid.ts";

/** Thumbnails below this size have no room for hatching. */
const SMALLEST_HATCHED = 16;

/** What is marked besides what the layout has room for. */
export interface MapMarks {
  readonly unrecorded: readonly number[];
  /** A score for each head, [layers * heads]; NaN where unknown. */
  readonly scores: ArrayLike<number> | null;
  readonly threshold: number;
  /** Heads that edits changed. */
  readonly edited?: readonly number[];
  /** Tokens without a counterpart, in the rows and columns of a thumbnail. */
  readonly unmatched?: { readonly slice: Slice; readonly of: Unmatched } | null;
}

/** Everything that stands over the thumbnails on their canvas. */
export function mapMarks(
  grid: MapGrid,
  theme: ThemeName,
  { unrecorded, scores, threshold, edited = [], unmatched }: MapMarks,
): Mark[] {
  return [
    ...(unmatched ? hatching(grid, theme, unmatched) : []),
    ...outlines(grid, theme, unrecorded),
    ...(scores && grid.layout.marks ? scoreBars(grid, theme, scores, threshold) : []),
    ...dots(grid, theme, edited),
    ...(grid.layout.ids ? [{ kind: "texts", items: ids(grid, theme) } as const] : []),
  ];
}

/** The outline of each head of `unrecorded`. */
function outlines(grid: MapGrid, theme: ThemeName, unrecorded: readonly number[]): Mark[] {
  if (unrecorded.length === 0) return [];
  const side = grid.layout.side - 1;
  const frames = unrecorded.map((index) => {
    const { x, y } = grid.cornerOf(index);
    return [x + 0.5, y + 0.5, side, side] as const;
  });
  return [{ kind: "outlines", boxes: boxes(...frames), stroke: COLORS[theme].line, width: 1 }];
}

/** Hatched bands over each thumbnail, where it has the size to show them. */
export function hatching(
  grid: MapGrid,
  theme: ThemeName,
  { slice, of: unmatched }: NonNullable<MapMarks["unmatched"]>,
): Mark[] {
  const { cell } = grid.layout;
  if (cell < SMALLEST_HATCHED) return [];
  const scale = cell / Math.max(1, slice.queries.length, slice.keys.length);
  const ofLayer = new Map<number, readonly Box[]>();
  const boxesOf = (layer: number) => {
    const visible = (query: number, key: number) => unmatched.visible(layer, query, key);
    const known = ofLayer.get(layer) ?? unmatchedBoxes(slice, unmatched, visible);
    ofLayer.set(layer, known);
    return known;
  };
  const all = [...grid.order].flatMap((index) => {
    const { x, y } = grid.cornerOf(index);
    return boxesOf(grid.layerOf(index)).map(
      ([left, top, w, h]): Box => [x + left * scale, y + top * scale, w * scale, h * scale],
    );
  });
  return hatchMarks(all, 3, COLORS[theme]["text-3"]);
}

/** A dot on the corner of each head of `edited`. */
function dots(grid: MapGrid, theme: ThemeName, edited: readonly number[]): Mark[] {
  if (edited.length === 0) return [];
  const { cell } = grid.layout;
  const size = Math.max(4, Math.min(7, cell / 4));
  const places = edited.map((index) => {
    const { x, y } = grid.cornerOf(index);
    return [x + cell - 0.75 * size, y - 0.25 * size, size, size] as const;
  });
  return [{ kind: "rects", boxes: boxes(...places), fill: COLORS[theme].edit, radius: size / 2 }];
}

/** A bar as long as the score under each cell; thin and faint below `threshold`. */
function scoreBars(grid: MapGrid, theme: ThemeName, scores: ArrayLike<number>, threshold: number): Mark[] {
  const { cell } = grid.layout;
  const sizes = Array.from(scores, (score) => (Number.isNaN(score) ? 0 : Math.abs(score)));
  const largest = sizes.reduce((a, b) => Math.max(a, b), threshold);
  const bars: (readonly [number, number, number, number])[] = [];
  const opacity: number[] = [];
  sizes.forEach((size, index) => {
    if (!grid.shows(index)) return;
    const length = Math.round((cell * size) / largest);
    if (length === 0) return;
    const { x, y } = grid.cornerOf(index);
    const found = size >= threshold;
    bars.push([x, y + cell + 1, length, found ? 2 : 1.5]);
    opacity.push(found ? 1 : 0.28);
  });
  const fill = COLORS[theme].ink;
  return [{ kind: "rects", boxes: boxes(...bars), fill, opacity: Float32Array.from(opacity) }];
}

/** 4.11 under each cell. */
function ids(grid: MapGrid, theme: ThemeName): TextItem[] {
  const { cell } = grid.layout;
  const look = {
    size: 10,
    weight: 500,
    color: COLORS[theme]["text-3"],
    anchor: "middle",
    role: "id",
  } as const;
  return [...grid.order].map((index) => {
    const { x, y } = grid.cornerOf(index);
    return { text: grid.nameOf(index), x: x + cell / 2, y: y + cell + 8.5, ...look };
  });
}
