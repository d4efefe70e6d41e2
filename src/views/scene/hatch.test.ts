import { expect, test } from "vitest";
import { hatchMarks, unmatchedBoxes, wordHatch } from "./hatch.ts";

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

test("hatching of a word ends at its edges, also of a slanted one, and is paler than that of cells", () => {
  const leaning = Float32Array.of(0, 0, 14, 0, 20, 10, 6, 10);
  const [mark] = wordHatch(leaning, "#000000");
  if (mark?.kind !== "polylines") throw new Error("no hatching");
  expect(mark.opacity).toBeLessThan(0.5);
  expect(mark.paths.length).toBe(4);
  for (const path of mark.paths) {
    for (const [x, y] of [path.subarray(0, 2), path.subarray(2)] as unknown as [number, number][]) {
      expect((x + y) % 7).toBeCloseTo(0, 4);
      expect(x - 0.6 * y).toBeGreaterThan(-1e-4);
      expect(x - 0.6 * y).toBeLessThan(14 + 1e-4);
    }
  }
  const box = Float32Array.of(0, 0, 2, 0, 2, 2, 0, 2);
  expect(
    wordHatch(
      box.map((at) => at + 1),
      "#000000",
    ),
  ).toEqual([]);
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
