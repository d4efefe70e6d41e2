import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chooseRows, largestOf, neuronLayout, RANKING, rangeOf, rowLimit } from "./layout.ts";

describe("neuronLayout", () => {
  it("shows both blocks side by side where there is room", () => {
    const layout = neuronLayout(1040, 316, 9, 64);
    expect(layout.narrow).toBe(false);
    expect(layout.keys! + layout.blockWidth).toBeLessThan(layout.products);
    expect(layout.softmax + layout.softmaxWidth).toBeCloseTo(1040 - RANKING - 16);
  });

  it("keeps only the products below 640 px, and stacks on a phone", () => {
    expect(neuronLayout(680, 316, 9, 64)).toMatchObject({ narrow: true, stacked: false, keys: null });
    expect(neuronLayout(390, 540, 9, 64)).toMatchObject({ narrow: true, stacked: true, width: 390 });
  });

  it("gives the words as much room as they need, up to 112 px", () => {
    const widths = [0, 60, 80, 500].map((words) => neuronLayout(1040, 316, 9, 64, words).tokenWidth);
    expect(widths).toEqual([74, 74, 90, 112]);
    expect(neuronLayout(390, 540, 9, 64, 80).tokenWidth).toBe(90);
    const layout = neuronLayout(1040, 316, 9, 64, 500);
    expect(layout.softmax + layout.softmaxWidth).toBeCloseTo(1040 - RANKING - 16);
  });

  it("fits its rows into the box", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 200, max: 900 }),
        fc.integer({ min: 360, max: 1500 }),
        (height, width) => {
          const rows = rowLimit(width, height);
          const layout = neuronLayout(width, height, rows, 64);
          expect(layout.rowHeight).toBeGreaterThanOrEqual(18);
          expect(layout.rowHeight).toBeLessThanOrEqual(30);
          if (height >= 300)
            expect(layout.rowsTop + rows * layout.rowHeight).toBeLessThanOrEqual(layout.height);
        },
      ),
    );
  });
});

describe("chooseRows", () => {
  it("shows all where they fit", () => {
    expect(chooseRows([0.5, 0.5], 5)).toEqual({ places: [0, 1], others: null });
  });
  it("keeps the strongest in text order and counts the others", () => {
    const { places, others } = chooseRows([0.1, 0.4, 0.05, 0.3, 0.15], 3);
    expect(places).toEqual([1, 3]);
    expect(others?.count).toBe(3);
    expect(others?.weight).toBeCloseTo(0.3);
  });
});

it("colour ranges come from the largest value, or from a quantile", () => {
  const values = Float32Array.from({ length: 200 }, (_, i) => (i === 7 ? -100 : 1 + i / 1000));
  expect(largestOf(values)).toBe(100);
  expect(rangeOf(values)).toBeLessThan(1.3);
  expect(rangeOf(new Float32Array())).toBe(0);
});
