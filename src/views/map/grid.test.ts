import { describe, expect, it } from "vitest";
import type { Selection } from "../view.ts";
import { cutWithin } from "./cut.ts";
import { MapGrid } from "./grid.ts";
import { mapLayout } from "./layout.ts";
import { cutNote } from "./paper-marks.ts";

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

describe("a grid cut to layers and heads", () => {
  const cut = { layers: [1], heads: [0, 2] };
  const few = new MapGrid("self", 2, 3, mapLayout(200, 1, 2, false), selection, null, cut);

  it("has places for these alone, and they keep their names", () => {
    expect([...few.order].map((index) => few.nameOf(index))).toEqual(["1.0", "1.2"]);
    expect([few.placeOf(5), few.shows(5), few.shows(4)]).toEqual([1, true, false]);
    expect(few.wanted()).toEqual([3, 5]);
  });

  it("ranks these alone", () => {
    const scores = [0.1, 0.2, 0.3, 0.7, 0.8, 0.9];
    const ranked = new MapGrid("self", 2, 3, mapLayout(200, 1, 2, true), selection, scores, cut);
    expect([...ranked.order]).toEqual([5, 3]);
  });

  it("says what is drawn, and takes of a block what it has", () => {
    expect(cutNote({ layers: [0, 1, 2, 3, 7], heads: [2] }, 12, 12)).toBe(
      "Only layers 0 to 3, 7 and head 2 are drawn, of 12 layers with 12 heads.",
    );
    expect(cutNote({ layers: [4], heads: [0, 1] }, 12, 2)).toBe(
      "Only layer 4 is drawn, of 12 layers with 2 heads.",
    );
    expect(cutNote({ layers: [0, 1], heads: [0, 1] }, 2, 2)).toBe("");
    expect(cutWithin({ layers: [1, 9], heads: [7] }, 2, 3)).toEqual({ layers: [1], heads: [0, 1, 2] });
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
