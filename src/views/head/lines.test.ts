import { describe, expect, it } from "vitest";
import { chooseEdges } from "./edges.ts";
import { linesLayout, rowMiddle } from "./layout.ts";
import { hairlineContrast, lineMark, lineOpacity, lineWidth, restingOpacity } from "./lines.ts";

const layout = linesLayout(640, 412, 9);

describe("one line per edge", () => {
  const row = (_: number, query: number) => {
    const weights = new Float32Array(9);
    weights[Math.max(0, query - 1)] = 1;
    return weights;
  };
  const edges = chooseEdges(
    { row },
    {
      heads: [11],
      queries: [0, 1, 2, 3, 4, 5, 6, 7, 8],
      keep: new Uint8Array(9).fill(1),
      range: (query) => [0, query + 1],
      cells: (query) => query + 1,
      strongest: 1,
      floor: 0.01,
      budget: 100,
    },
  );
  const style = {
    layout,
    rows: 9,
    palette: ["#123456"],
    signed: false,
    heads: 1,
    pinned: false,
    height: 400,
    leftAt: (i: number) => rowMiddle(layout, i),
    rightAt: (j: number) => rowMiddle(layout, j),
  };

  it("runs from the middle of the query's row to the middle of the key's", () => {
    const list = lineMark(edges, style);
    expect(list.count).toBe(9);
    expect([list.from, list.to]).toEqual([layout.from + 3, layout.to - 3]);
    const last = [...list.left].indexOf(Math.fround(8.5 * layout.rowHeight));
    expect(list.right[last]).toBeCloseTo(7.5 * layout.rowHeight, 3);
    expect(list.curved).toBe(true);
  });

  it("is a straight hairline above 64 tokens", () => {
    const list = lineMark(edges, { ...style, rows: 65 });
    expect(list.curved).toBe(false);
    expect(new Set(list.widths)).toEqual(new Set([1]));
  });
});

describe("strength of a line", () => {
  it("grows with the weight, and more so when pinned", () => {
    const free = { layout, rows: 9, heads: 1, pinned: false };
    expect(lineWidth(0, free)).toBe(0.75);
    expect(lineWidth(1, free)).toBeCloseTo(0.75 + 3.2);
    expect(lineWidth(1, { ...free, pinned: true })).toBe(5.5);
    expect(lineWidth(1, { ...free, rows: 34, pinned: true })).toBe(3);
    expect(lineOpacity(1, free)).toBeCloseTo(0.96);
    expect(lineOpacity(0.25, { ...free, heads: 12 })).toBeCloseTo(0.52 / 1.5);
  });
  it("fades weak hairlines where there are too many", () => {
    const weights = new Float32Array(20_000).fill(0.04);
    expect(hairlineContrast(weights.subarray(0, 100), 800)).toBe(0.5);
    const power = hairlineContrast(weights, 800);
    expect(20_000 * 0.9 * 0.04 ** power).toBeLessThanOrEqual(1.1 * 800);
  });
  it("rests at 22 % or less", () => {
    expect(restingOpacity(9, "light")).toBeCloseTo(0.22);
    expect(restingOpacity(24, "light")).toBeCloseTo(0.11);
    expect(restingOpacity(1000, "light")).toBeCloseTo(0.088);
  });
});
