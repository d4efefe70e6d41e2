// A scene: a picture as a value. What stands where, as typed arrays and texts, in CSS px of the picture; no element,
// no canvas, no trace. Painters turn it into pixels (canvas.ts), into SVG (svg.ts) or into selectable text (text.ts).
// Marks are painted in order. Colours are "#rrggbb"; opacity is 0 to 1 and 1 where left out.

/** A picture of one size. */
export interface Scene {
  readonly width: number;
  readonly height: number;
  readonly marks: readonly Mark[];
}

export type Mark = Rects | Outlines | Lines | Polylines | Rasters | Texts | Group;

/** Filled boxes. */
export interface Rects {
  readonly kind: "rects";
  /** x, y, width, height of each box, [count, 4]. */
  readonly boxes: Float32Array;
  /** One colour for all boxes, or one for each. */
  readonly fill: string | readonly string[];
  /** One opacity for all boxes, or one for each, [count]. */
  readonly opacity?: number | Float32Array;
  readonly radius?: number;
}

/** Boxes drawn as outlines; the stroke runs along the middle of the edge. */
export interface Outlines {
  readonly kind: "outlines";
  /** x, y, width, height of each box, [count, 4]. */
  readonly boxes: Float32Array;
  readonly stroke: string | readonly string[];
  readonly width: number;
  readonly radius?: number;
}

/** Lines between two columns or two rows, from weak to strong: curves, or straight hairlines where there are many. */
export interface Lines {
  readonly kind: "lines";
  readonly count: number;
  /** Along which axis lines run; x where left out, between two columns, else y, between two rows. */
  readonly axis?: "x" | "y";
  /** All lines run from `from` to `to` on that axis. */
  readonly from: number;
  readonly to: number;
  /** Place on the other axis where a line begins and where it ends, [count]: y at its left and right, or x. */
  readonly left: Float32Array;
  readonly right: Float32Array;
  /** Stroke width, [count]. */
  readonly widths: Float32Array;
  /** Opacity, [count]. */
  readonly opacities: Float32Array;
  /** Index into `palette`, [count]. */
  readonly colors: Uint16Array;
  readonly palette: readonly string[];
  /** Cubic curves; straight lines otherwise. */
  readonly curved: boolean;
}

/** Paths of straight pieces: arrows, brackets, rules. */
export interface Polylines {
  readonly kind: "polylines";
  /** x, y of each point, [points, 2], for each path. */
  readonly paths: readonly Float32Array[];
  readonly closed: boolean;
  readonly fill?: string;
  readonly stroke?: string;
  readonly width?: number;
  /** Lengths of dashes and gaps. */
  readonly dash?: readonly number[];
  readonly opacity?: number;
}

/** Pictures made of cells of one colour each. */
export interface Rasters {
  readonly kind: "rasters";
  readonly items: readonly Raster[];
}

/** One grid of cells in a box. */
export interface Raster {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly rows: number;
  readonly columns: number;
  /** Colour of each cell, [rows, columns], as `pixelOf` packs it; 0 is nothing. */
  readonly pixels: Uint32Array;
  /** Space between cells; 0 where left out. */
  readonly gap?: number;
}

/** Words and numbers. */
export interface Texts {
  readonly kind: "texts";
  readonly items: readonly TextItem[];
}

/** One line of text; (x, y) is its anchor on the base line's middle, half the letters' height above it. */
export interface TextItem {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  /** Font size in px. */
  readonly size: number;
  /** 100 to 900; 450 where left out. */
  readonly weight?: number;
  readonly color: string;
  readonly anchor?: "start" | "middle" | "end";
  /** Degrees, clockwise, about (x, y). */
  readonly angle?: number;
  /** A longer text is cut with an ellipsis. */
  readonly width?: number;
  readonly opacity?: number;
  /** What the text is, e.g. "row" or "number"; a class name where it becomes an element. */
  readonly role?: string;
  /** Written with a line under it: words that a model wrote. */
  readonly underline?: boolean;
  readonly mono?: boolean;
}

/** Where the line under letters begins below a text's y, and how thick it is, as shares of the font size. */
export const UNDERLINE = { from: 0.48, thick: 0.06 } as const;

/** Marks that are moved, cut to a box, or faded together. */
export interface Group {
  readonly kind: "group";
  readonly marks: readonly Mark[];
  readonly x?: number;
  readonly y?: number;
  /** x, y, width, height outside of which nothing is drawn, before the move. */
  readonly clip?: readonly [number, number, number, number];
  readonly opacity?: number;
  /** What it is, for people who read the file: "cells", "pins". */
  readonly name?: string;
}

/** Packs a colour of 0 to 255 as a canvas keeps it (alpha in the highest byte: screens are little-endian). */
export function pixelOf([r, g, b]: readonly [number, number, number]): number {
  return ((255 << 24) | (Math.round(b) << 16) | (Math.round(g) << 8) | Math.round(r)) >>> 0;
}

/** The colour of a packed pixel as "#rrggbb". */
export function hexOf(pixel: number): string {
  const rgb = ((pixel & 255) << 16) | (pixel & 0xff00) | ((pixel >>> 16) & 255);
  return `#${rgb.toString(16).padStart(6, "0")}`;
}

/** Boxes as [count, 4]. */
export function boxes(...list: readonly (readonly [number, number, number, number])[]): Float32Array {
  return Float32Array.from(list.flat());
}

/** Texts of a scene with where they stand after the moves of their groups, in order. */
export function* textsOf(
  marks: readonly Mark[],
  dx = 0,
  dy = 0,
): Generator<TextItem & { readonly x: number; readonly y: number }> {
  for (const mark of marks) {
    if (mark.kind === "texts")
      for (const item of mark.items) yield { ...item, x: item.x + dx, y: item.y + dy };
    if (mark.kind === "group") yield* textsOf(mark.marks, dx + (mark.x ?? 0), dy + (mark.y ?? 0));
  }
}
