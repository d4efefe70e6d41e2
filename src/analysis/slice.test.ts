import { describe, expect, it } from "vitest";
import { syntheticTrace } from "../../test/synthetic.ts";
import { attentionOf } from "../trace/index.ts";
import { NO_FILTER, quietKeys, sameSlices, sliceOf } from "./slice.ts";

const pair = syntheticTrace({ layers: 1, heads: 1, tokens: 8, pair: true });
const causal = syntheticTrace({ layers: 1, heads: 1, tokens: 5, window: [1, 0] });

describe("a filter", () => {
  it("leaves everything by default", () => {
    expect(sliceOf(attentionOf(pair, "self"), NO_FILTER).keys).toHaveLength(8);
  });

  it("slices by sentence", () => {
    const slice = sliceOf(attentionOf(pair, "self"), { ...NO_FILTER, segments: { query: 0, key: 1 } });
    expect(slice).toEqual({ queries: [0, 1, 2, 3], keys: [4, 5, 6, 7] });
  });

  it("cuts to chosen rows and columns", () => {
    const cut = sliceOf(attentionOf(pair, "self"), { ...NO_FILTER, rows: [2, 3], columns: [6, 7] });
    expect(cut).toEqual({ queries: [2, 3], keys: [6, 7] });
    expect(sameSlices(NO_FILTER, { ...NO_FILTER, rows: [2, 3] })).toBe(false);
    expect(sameSlices({ ...NO_FILTER, rows: [2, 3] }, { ...NO_FILTER, rows: [2, 3] })).toBe(true);
  });

  it("takes special tokens or the first token away as keys only", () => {
    const special = sliceOf(attentionOf(pair, "self"), { ...NO_FILTER, hideSpecial: true });
    expect(special).toEqual({ queries: [0, 1, 2, 3, 4, 5, 6, 7], keys: [1, 2, 4, 5, 6] });
    expect(sliceOf(attentionOf(causal, "self"), { ...NO_FILTER, hideFirst: true }).keys).toEqual([
      1, 2, 3, 4,
    ]);
  });
});

it("quietens the first token of a causal model and special tokens elsewhere", () => {
  expect([...quietKeys(attentionOf(causal, "self"))]).toEqual([0]);
  expect([...quietKeys(attentionOf(pair, "self"))]).toEqual([0, 3, 7]);
});
