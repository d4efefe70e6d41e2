import { describe, expect, it } from "vitest";
import { fixed, ids, median, table, time } from "./stats.ts";

describe("numbers of a report", () => {
  it("takes the middle", () => {
    expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([])]).toEqual([2, 2.5, Number.NaN]);
  });

  it("shows times with two or three digits", () => {
    expect([0.0123, 0.4567, 0.9999, 3.456, 16.44, Number.NaN].map(time)).toEqual([
      "12 ms",
      "457 ms",
      "1000 ms",
      "3.46 s",
      "16.4 s",
      "–",
    ]);
    expect([fixed(0.456), fixed(12, 0), fixed(undefined), fixed(1 / 0)]).toEqual(["0.46", "12", "–", "–"]);
  });

  it("pads tables", () => {
    expect(table(["a", "long head"], [["text", 1]])).toBe(
      ["| a    | long head |", "|------|-----------|", "| text | 1         |"].join("\n"),
    );
  });

  it("draws the same ids each time, below the limit", () => {
    expect(ids(50, 100)).toEqual(ids(50, 100));
    expect(new Set(ids(50, 100)).size).toBeGreaterThan(20);
    expect(Math.max(...ids(1000, 100))).toBeLessThan(100);
  });
});
