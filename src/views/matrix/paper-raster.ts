// The cells of a matrix on paper, where a raster of any size stands for them.

import type { Ink } from "../look/ink.ts";
import type { Raster } from "../scene/scene.ts";
import { colour, MASKED, type Painted, pool } from "./picture.ts";

/** The cells of a matrix as a raster of at most `most` rows and columns: the largest weights of the cells they share. */
export function matrixRaster(
  cells: Painted,
  ink: Ink,
  box: Omit<Raster, "rows" | "columns" | "pixels">,
  most: number,
): Raster {
  const [rows, columns] = [Math.min(most, cells.rows), Math.min(most, cells.columns)];
  const pixels = new Uint32Array(rows * columns);
  const line = new Float32Array(columns);
  const colors = new Uint32Array(columns);
  const starts = Int32Array.from({ length: cells.columns }, (_, i) =>
    Math.floor((i * columns) / cells.columns),
  );
  const edges = { starts, ends: starts, pooled: true };
  for (let row = 0, next = 0; row < rows; row++) {
    line.fill(MASKED);
    const end = Math.ceil(((row + 1) * cells.rows) / rows);
    for (; next < end; next++) {
      const part = cells.part(next, 0, cells.columns);
      pool(line, part.weights, part.first, edges, ink.signed);
    }
    colour(colors, line, ink);
    pixels.set(colors, row * columns);
  }
  return { ...box, rows, columns, pixels };
}
