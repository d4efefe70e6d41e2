import { describe, expect, it } from "vitest";
import { cornerOf } from "./layout.ts";
import { mapPaperLayout } from "./paper-layout.ts";

/** 85 and 170 mm at 8 pt, and a page of 230 mm, in the pixels of the views. */
const COLUMN = 349;
const PAGE = 711;
const TALL = 978;

describe("a map on paper", () => {
  it.each([
    [2, 2],
    [5, 5],
    [6, 6],
    [12, 12],
    [30, 9],
    [24, 16],
    [48, 64],
  ])("of %i x %i heads fills the width of a column and of a page, and fits the page", (layers, heads) => {
    for (const width of [COLUMN, PAGE])
      for (const sorted of [false, true]) {
        const layout = mapPaperLayout(width, TALL, layers, heads, sorted);
        const corners = Array.from({ length: layers * heads }, (_, place) => cornerOf(layout, place));
        const right = Math.max(...corners.map(({ x }) => x)) + layout.pitch;
        expect(layout.width).toBeCloseTo(width, 6);
        expect(right).toBeCloseTo(width - 4, 6);
        expect(layout.height).toBeLessThanOrEqual(TALL);
        expect(Math.max(...corners.map(({ y }) => y)) + layout.rowPitch).toBeLessThanOrEqual(layout.height);
        expect(new Set(corners.map(({ x, y }) => `${x} ${y}`)).size).toBe(layers * heads);
      }
  });

  it("of many layers and few heads goes on beside itself, numbers included", () => {
    const layout = mapPaperLayout(COLUMN, TALL, 30, 9, false);
    expect([layout.rows, layout.columns]).toEqual([15, 9]);
    const [first, second] = [cornerOf(layout, 0), cornerOf(layout, 15 * 9)];
    expect(second.y).toBe(first.y);
    expect(second.x - first.x).toBeCloseTo(layout.left + 9 * layout.pitch, 6);
  });

  it("has a number at each row where there is room, and at fewer where there is not", () => {
    const every = (layers: number, heads: number) =>
      mapPaperLayout(COLUMN, TALL, layers, heads, false).labelEvery;
    expect([every(12, 12), every(28, 12), every(48, 64)]).toEqual([1, 2, 4]);
  });

  it("names ranked heads where there is room for it", () => {
    expect(mapPaperLayout(COLUMN, TALL, 12, 12, true).ids).toBe(true);
    expect(mapPaperLayout(COLUMN, TALL, 24, 16, true).ids).toBe(false);
  });
});
