import { describe, expect, it } from "vitest";
import type { Selection } from "../view.ts";
import { allHeads, soloHead, stepLayer, toggleHead, toggleLayer } from "./actions.ts";

const selection: Selection = {
  block: "self",
  layer: 4,
  heads: [3, 7, 11],
  focus: 7,
  pins: [2],
  side: "query",
};
const one: Selection = { ...selection, heads: [7] };

describe("toggleHead", () => {
  it("adds in order and focuses", () => {
    expect(toggleHead(selection, 5)).toMatchObject({ heads: [3, 5, 7, 11], focus: 5, pins: [2] });
  });
  it("gives an active head the focus, and takes away the one that has it", () => {
    expect(toggleHead(selection, 11)).toMatchObject({ heads: [3, 7, 11], focus: 11 });
    expect(toggleHead(toggleHead(selection, 11), 11)).toMatchObject({ heads: [3, 7], focus: 7 });
    expect(toggleHead(selection, 7)).toMatchObject({ heads: [3, 11], focus: 3 });
  });
  it("keeps the last active head", () => expect(toggleHead(one, 7)).toBe(one));
});

describe("soloHead", () => {
  it("leaves one, then brings all back", () => {
    expect(soloHead(selection, 11, 12)).toMatchObject({ heads: [11], focus: 11 });
    expect(soloHead(one, 7, 12).heads).toHaveLength(12);
  });
  it("is not disturbed by the two clicks before a double click", () => {
    for (const head of [5, 7, 11]) {
      const twice = toggleHead(toggleHead(selection, head), head);
      expect(soloHead(twice, head, 12)).toMatchObject({ heads: [head], focus: head });
    }
    expect(soloHead(toggleHead(toggleHead(one, 7), 7), 7, 12).heads).toHaveLength(12);
  });
});

it("allHeads goes back and forth", () => {
  const all = allHeads(selection, 12);
  expect(all).toMatchObject({ focus: 7 });
  expect(all.heads).toHaveLength(12);
  expect(allHeads(all, 12).heads).toEqual([7]);
});

it("stepLayer wraps", () => {
  expect(stepLayer({ ...selection, layer: 11 }, 1, 12).layer).toBe(0);
  expect(stepLayer({ ...selection, layer: 0 }, -1, 12).layer).toBe(11);
});

it("toggleLayer keeps an order and the last layer", () => {
  expect(toggleLayer([4], 2)).toEqual([2, 4]);
  expect(toggleLayer([2, 4], 4)).toEqual([2]);
  expect(toggleLayer([2], 2)).toEqual([2]);
});
