import { describe, expect, it } from "vitest";
import { syntheticTrace, syntheticTranslation } from "../../../test/synthetic.ts";
import { NO_FILTER } from "../view.ts";
import { quietKeys, reachOf, sliceOf } from "./slice.ts";

const pair = syntheticTrace({ layers: 1, heads: 1, tokens: 8, pair: true });
const causal = syntheticTrace({ layers: 1, heads: 1, tokens: 5, window: [1, 0] });

describe("a filter", () => {
  it("leaves everything by default", () => {
    expect(sliceOf(pair, "self", NO_FILTER).keys).toHaveLength(8);
  });

  it("slices by sentence", () => {
    const slice = sliceOf(pair, "self", { ...NO_FILTER, segments: { query: 0, key: 1 } });
    expect(slice).toEqual({ queries: [0, 1, 2, 3], keys: [4, 5, 6, 7] });
  });

  it("takes special tokens or the first token away as keys only", () => {
    const special = sliceOf(pair, "self", { ...NO_FILTER, hideSpecial: true });
    expect(special).toEqual({ queries: [0, 1, 2, 3, 4, 5, 6, 7], keys: [1, 2, 4, 5, 6] });
    expect(sliceOf(causal, "self", { ...NO_FILTER, hideFirst: true }).keys).toEqual([1, 2, 3, 4]);
  });
});

it("quietens the first token of a causal model and special tokens elsewhere", () => {
  expect([...quietKeys(causal, "self")]).toEqual([0]);
  expect([...quietKeys(pair, "self")]).toEqual([0, 3, 7]);
});

it("gives the cells that causality and window leave", () => {
  const reach = reachOf(causal, "self", 0);
  expect([0, 1, 4].map((q) => reach.range(q))).toEqual([
    [0, 1],
    [0, 2],
    [3, 5],
  ]);
  for (let query = 0; query < 5; query++) {
    const [first, end] = reach.range(query);
    for (let key = 0; key < 5; key++) expect(reach.visible(query, key)).toBe(key >= first && key < end);
  }
});

it("gives every key to queries that outnumber the keys", () => {
  const reach = reachOf(syntheticTranslation(3, 9, 1, 1), "cross", 0);
  expect(reach.range(8)).toEqual([0, 3]);
});
