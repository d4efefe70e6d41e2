import { describe, expect, it } from "vitest";
import type { Selection } from "../view.ts";
import { MapGrid } from "./grid.ts";
import { mapLayout } from "./layout.ts";

const selection: Selection = { block: "self", layer: 1, heads: [0, 2], focus: 2, pins: [3], side: "query" };
const grid = (chosen = selection, ranking: number[] | null = null) =>
  new MapGrid("self", 2, 3, mapLayout(200, 2, 3, ranking !== null), chosen, ranking);

describe("a grid", () => {
  it("names heads and finds their places", () => {
    expect([grid().nameOf(5), grid().placeOf(5)]).toEqual(["1.2", 5]);
    const ranked = grid(selection, [0.1, 0.2, 0.3, 0.9, 0.8, 0.7]);
    expect([...ranked.order]).toEqual([3, 4, 5, 2, 1, 0]);
    expect(ranked.placeOf(3)).toBe(0);
  });

  it("wants the selected layer first", () => {
    expect(grid().wanted()).toEqual([3, 4, 5, 0, 1, 2]);
  });

  it("knows no selection in another block", () => {
    const other = grid({ ...selection, block: "cross" });
    expect([other.hasSelection, other.focus, other.isActive(5)]).toEqual([false, 0, false]);
  });
});

describe("selecting", () => {
  it("opens one head and keeps pins", () => {
    expect(grid().select(1, false)).toEqual({ ...selection, layer: 0, heads: [1], focus: 1 });
  });

  it("adds within the layer only", () => {
    expect(grid().select(4, true)).toMatchObject({ layer: 1, heads: [0, 1, 2], focus: 1 });
    expect(grid().select(1, true)).toMatchObject({ layer: 0, heads: [1] });
  });

  it("takes away all but the last", () => {
    expect(grid().select(5, true)).toMatchObject({ heads: [0], focus: 0 });
    expect(grid().select(3, true)).toMatchObject({ heads: [2], focus: 2 });
    expect(grid({ ...selection, heads: [2] }).select(5, true)).toMatchObject({ heads: [2], focus: 2 });
  });
});
