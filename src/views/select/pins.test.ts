import { describe, expect, it } from "vitest";
import type { Selection } from "../view.ts";
import { clickPin, stepPin, unpin } from "./pins.ts";

const selection: Selection = { block: "self", layer: 4, heads: [11], focus: 11, pins: [3], side: "query" };

describe("clickPin", () => {
  it("pins, moves and unpins", () => {
    expect(clickPin(selection, "query", 5, false).pins).toEqual([5]);
    expect(clickPin(selection, "query", 3, false).pins).toEqual([]);
    expect(clickPin({ ...selection, pins: [3, 5] }, "query", 3, false).pins).toEqual([3]);
  });
  it("adds and takes away with shift", () => {
    expect(clickPin(selection, "query", 5, true).pins).toEqual([3, 5]);
    expect(clickPin({ ...selection, pins: [3, 5] }, "query", 3, true).pins).toEqual([5]);
  });
  it("starts anew on the other side", () => {
    expect(clickPin(selection, "key", 3, true)).toMatchObject({ side: "key", pins: [3] });
  });
});

describe("stepPin", () => {
  const shown = [1, 3, 4, 8];
  it("goes to the next shown word and stops at the ends", () => {
    expect(stepPin(selection, "query", shown, 1, false).pins).toEqual([4]);
    expect(stepPin(selection, "query", shown, -1, false).pins).toEqual([1]);
    expect(stepPin({ ...selection, pins: [8] }, "query", shown, 1, false).pins).toEqual([8]);
  });
  it("starts at an end without a pin, and leaves hidden words", () => {
    expect(stepPin(unpin(selection), "query", shown, 1, false).pins).toEqual([1]);
    expect(stepPin(unpin(selection), "query", shown, -1, false).pins).toEqual([8]);
    expect(stepPin({ ...selection, pins: [5] }, "query", shown, 1, false).pins).toEqual([8]);
  });
  it("adds with shift", () => {
    expect(stepPin(selection, "query", shown, 1, true).pins).toEqual([3, 4]);
  });
});

it("unpin keeps a selection without pins as it is", () => {
  const none = unpin(selection);
  expect(none.pins).toEqual([]);
  expect(unpin(none)).toBe(none);
});
