import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FOOT, linesLayout, rowsBetween, TITLES, tokenSize } from "./layout.ts";

it("lines grow with a wide panel, within reason", () => {
  const spans = [640, 700, 1000, 1400].map((width) => {
    const { from, to } = linesLayout(width, 500, 12);
    return to - from;
  });
  expect(spans).toEqual([270, 320, 450, 560]);
});

describe("linesLayout", () => {
  it("gives few tokens tall rows and large text", () => {
    const layout = linesLayout(640, 412, 9);
    expect(layout.rowHeight).toBeCloseTo((412 - TITLES - FOOT) / 9);
    expect(layout.fontSize).toBe(15);
  });

  it("scrolls rather than shrink below 13.5 px", () => {
    const layout = linesLayout(640, 800, 256);
    expect(layout.rowHeight).toBe(13.5);
    expect(layout.height).toBe(3456);
  });

  it("is made for a finger when narrow", () => {
    const layout = linesLayout(390, 500, 9);
    expect([layout.rowHeight, layout.fontSize, layout.barWidth]).toEqual([46, 16, 0]);
    expect(layout.weightLeft + layout.weightWidth).toBeLessThanOrEqual(390);
  });

  it("is made for a mouse when it is one of several", () => {
    const layout = linesLayout(390, 500, 9, true);
    expect(layout.rowHeight).toBeLessThan(50);
    expect(linesLayout(320, 400, 40, true).rowHeight).toBe(13.5);
    expect(layout.weightLeft + layout.weightWidth).toBeLessThanOrEqual(390);
  });

  it("keeps every column inside the box", () => {
    fc.assert(
      fc.property(fc.integer({ min: 360, max: 2000 }), fc.integer({ min: 1, max: 3000 }), (width, rows) => {
        const layout = linesLayout(width, 700, rows);
        expect(layout.from).toBeLessThan(layout.to);
        expect(layout.to - layout.from).toBeLessThanOrEqual(width < 712 ? 320 : 560);
        expect(layout.weightLeft + layout.weightWidth).toBeLessThanOrEqual(width);
      }),
    );
  });
});

it("tokenSize follows the row height", () => {
  expect([46, 38, 26, 20, 16].map((height) => tokenSize(height, false))).toEqual([15, 14, 13, 12, 11]);
});

describe("rowsBetween", () => {
  const layout = linesLayout(640, 800, 256);
  it("covers the visible stretch and a margin", () => {
    expect(rowsBetween(layout, 256, 135, 270, 0)).toEqual([10, 20]);
    expect(rowsBetween(layout, 256, 135, 270, 5)).toEqual([5, 25]);
  });
  it("stays inside the rows", () => {
    expect(rowsBetween(layout, 256, 3400, 9000, 4)).toEqual([247, 256]);
    expect(rowsBetween(layout, 3, 9000, 9900, 0)).toEqual([3, 3]);
  });
});
