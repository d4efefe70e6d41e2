import { expect, test } from "vitest";
import { hatchMarks, unmatchedBoxes } from "./hatch.ts";

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

test("rows and columns of tokens without a counterpart, as far as they have cells", () => {
  const causal = (query: number, key: number) => key <= query;
  const slice = { queries: [0, 1, 2, 3], keys: [1, 2, 3] };
  const unmatched = { query: new Set([2]), key: new Set([2, 9]) };
  expect(unmatchedBoxes(slice, unmatched, causal)).toEqual([
    [0, 2, 2, 1],
    [1, 2, 1, 2],
  ]);
});
