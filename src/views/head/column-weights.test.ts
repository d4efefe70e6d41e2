import { describe, expect, it } from "vitest";
import { columnOf, columnTitle, givenBy, numberFrom, restOf, takenBy } from "./column-weights.ts";

/** Two heads, three tokens, causal. */
const rows = [
  [
    [1, 0, 0],
    [0.5, 0.5, 0],
    [0.2, 0.3, 0.5],
  ],
  [
    [1, 0, 0],
    [0.9, 0.1, 0],
    [0, 1, 0],
  ],
];
const source = { row: (head: number, query: number) => Float32Array.from(rows[head]![query]!) };
const rounded = (values: Float32Array) => [...values].map((value) => Math.round(value * 1000) / 1000);

describe("what pinned words give", () => {
  it("is their row, per head and on average", () => {
    const { heads, mean } = givenBy(source, [0, 1], [2], 3, "mean");
    expect(heads.map(rounded)).toEqual([
      [0.2, 0.3, 0.5],
      [0, 1, 0],
    ]);
    expect(rounded(mean)).toEqual([0.1, 0.65, 0.25]);
  });
  it("is a mean or a sum of several", () => {
    expect(rounded(givenBy(source, [0], [1, 2], 3, "mean").mean)).toEqual([0.35, 0.4, 0.25]);
    expect(rounded(givenBy(source, [0], [1, 2], 3, "sum").mean)).toEqual([0.7, 0.8, 0.5]);
  });
});

it("what pinned keys take comes from the given queries only", () => {
  expect(rounded(takenBy(source, [0], [1], [1, 2], 3, "mean").mean)).toEqual([0, 0.5, 0.3]);
  expect(rounded(takenBy(source, [0], [1], [2], 3, "mean").mean)).toEqual([0, 0, 0.3]);
});

describe("numbers", () => {
  const of = (...values: number[]) => columnOf([Float32Array.from(values)], values.length);
  it("stand from .02 on, or lower where the mass is spread thin", () => {
    expect(numberFrom(of(0.9, 0.015, 0.01), [0, 1, 2])).toBe(0.02);
    const thin = columnOf([new Float32Array(100).fill(0.01)], 100);
    expect(
      numberFrom(
        thin,
        Array.from({ length: 100 }, (_, i) => i),
      ),
    ).toBe(0.005);
  });
  it("leave a rest that is counted", () => {
    const { count, mass } = restOf(Float32Array.from([0.9, 0.06, 0.01, 0, 0.015]), [0, 2, 3, 4], 0.02);
    expect(count).toBe(2);
    expect(mass).toBeCloseTo(0.025);
  });
});

it("the title says what is averaged", () => {
  expect(columnTitle(3, 0, "mean")).toBe("mean received");
  expect(columnTitle(1, 1, "mean")).toBe("weight");
  expect(columnTitle(3, 1, "mean")).toBe("mean of 3 heads");
  expect(columnTitle(1, 3, "mean")).toBe("mean of 3 words");
  expect(columnTitle(2, 3, "mean")).toBe("mean, 2 heads × 3 words");
  expect(columnTitle(1, 3, "sum")).toBe("sum of 3 words");
  expect(columnTitle(2, 3, "sum")).toBe("mean of 2 heads, sum of 3 words");
});
