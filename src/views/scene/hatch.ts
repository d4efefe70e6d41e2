// Hatching: what has no counterpart in the run it is compared with. A texture, so that it needs no colour to be seen.

import type { Mark } from "./scene.ts";

/** x, y, width and height. */
export type Box = readonly [x: number, y: number, width: number, height: number];

/** Diagonals over boxes, `step` pixels apart and in one grid for all, so that neighbouring boxes go on. */
export function hatchMarks(boxes: readonly Box[], step: number, stroke: string): Mark[] {
  const paths = boxes.flatMap((box) => diagonals(box, step));
  return paths.length === 0 ? [] : [{ kind: "polylines", paths, closed: false, stroke, width: 1 }];
}

/** The lines x + y = n · step, cut to the box. */
function diagonals([left, top, width, height]: Box, step: number): Float32Array[] {
  const [right, bottom] = [left + width, top + height];
  const lines: Float32Array[] = [];
  for (let sum = Math.ceil((left + top) / step) * step; sum <= right + bottom; sum += step) {
    const [from, to] = [Math.max(left, sum - bottom), Math.min(right, sum - top)];
    if (to > from) lines.push(Float32Array.of(from, sum - from, to, sum - to));
  }
  return lines;
}

/** Lines behind a word: further apart and paler than those of cells, so that it can be read. */
const WORD_STEP = 7;
const WORD_OPACITY = 0.4;

/** Diagonals over a convex shape behind a word, x, y of each corner, in one grid for all words. */
export function wordHatch(corners: Float32Array, stroke: string): Mark[] {
  const paths = diagonalsIn(corners, WORD_STEP);
  if (paths.length === 0) return [];
  return [{ kind: "polylines", paths, closed: false, stroke, width: 1, opacity: WORD_OPACITY }];
}

/** The lines x + y = n · step, cut to a convex shape. */
function diagonalsIn(corners: Float32Array, step: number): Float32Array[] {
  const points = Array.from(
    { length: corners.length / 2 },
    (_, i) => [corners[2 * i]!, corners[2 * i + 1]!] as const,
  );
  const sums = points.map(([x, y]) => x + y);
  const [least, most] = [Math.min(...sums), Math.max(...sums)];
  const lines: Float32Array[] = [];
  for (let sum = Math.ceil(least / step) * step; sum <= most; sum += step) {
    const crossed = points.flatMap(([x, y], i) => {
      const [u, v] = points[(i + 1) % points.length]!;
      const [here, next] = [x + y - sum, u + v - sum];
      if (here === next || here * next > 0) return [];
      return [x + ((u - x) * here) / (here - next)];
    });
    const [from, to] = [Math.min(...crossed), Math.max(...crossed)];
    if (to > from) lines.push(Float32Array.of(from, sum - from, to, sum - to));
  }
  return lines;
}

/** Where a square picture of a head has tokens without a counterpart: rows of queries and columns of keys. */
export function unmatchedBoxes(
  { queries, keys }: { readonly queries: readonly number[]; readonly keys: readonly number[] },
  unmatched: { readonly query: ReadonlySet<number>; readonly key: ReadonlySet<number> },
  visible: (query: number, key: number) => boolean,
): Box[] {
  const rows = queries.flatMap((query, row): Box[] => {
    const end = unmatched.query.has(query) ? keys.findLastIndex((key) => visible(query, key)) + 1 : 0;
    return end > 0 ? [[0, row, end, 1]] : [];
  });
  const columns = keys.flatMap((key, column): Box[] => {
    const first = unmatched.key.has(key) ? queries.findIndex((query) => visible(query, key)) : -1;
    return first < 0 ? [] : [[column, first, 1, queries.length - first]];
  });
  return [...rows, ...columns];
}
