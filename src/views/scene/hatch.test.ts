import { expect, test } from "vitest";
import { hatchMarks, hatchShapes, unmatchedBoxes } from "./hatch.ts";

test("diagonals stay in their box and go on in the next", () => {
  const paths = (left: number) => {
    const [mark] = hatchMarks([[left, 0, 10, 10]], 5, "#000000");
    return mark?.kind === "polylines" ? mark.paths.map((path) => [...path]) : [];
  };
  expect(paths(0)).toEqual([
    [0, 5, 5, 0],
    [0, 10, 10, 0],
    [5, 10, 10, 5],
  ]);
  expect(paths(10)[0]).toEqual([10, 5, 15, 0]);
  expect(hatchMarks([], 5, "#000000")).toEqual([]);
});

test("diagonals of a shape end at its edges: those of a box are the same, a slanted one leans", () => {
  const box = Float32Array.of(0, 0, 10, 0, 10, 10, 0, 10);
  expect(hatchShapes([box], 5, "#000000")).toEqual(hatchMarks([[0, 0, 10, 10]], 5, "#000000"));
  const leaning = Float32Array.of(0, 0, 10, 0, 16, 10, 6, 10);
  const [mark] = hatchShapes([leaning], 5, "#000000");
  for (const path of mark?.kind === "polylines" ? mark.paths : []) {
    for (const [x, y] of [path.subarray(0, 2), path.subarray(2)] as unknown as [number, number][]) {
      expect((x + y) % 5).toBeCloseTo(0, 4);
      expect(x - 0.6 * y).toBeGreaterThan(-1e-4);
      expect(x - 0.6 * y).toBeLessThan(10 + 1e-4);
    }
  }
  expect(hatchShapes([], 5, "#000000")).toEqual([]);
});

test("rows and columns of tokens without a counterpart, as far as they have cells", () => {
  const causal = (query: number, key: number) => key <= query;
  const slice = { queries: [0, 1, 2, 3], keys: [1, 2, 3] };
  const unmatched = { query: new Set([2]), key: new Set([2, 9]) };
  expect(unmatchedBoxes(slice, unmatched, causal)).toEqual([
    [0, 2, 2, 1],
    [1, 2, 1, 2],
  ]);
});
