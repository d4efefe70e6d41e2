import { describe, expect, it } from "vitest";
import { syntheticTrace } from "../../../test/synthetic.ts";
import type { Selection } from "../view.ts";
import {
  type NeuronPicture,
  NO_KEYS,
  NO_PIN,
  NO_VALUES,
  neuronPicture,
  strongestWriters,
} from "./picture.ts";

const selection: Selection = { block: "self", layer: 0, heads: [1], focus: 1, pins: [2, 4], side: "query" };
const trace = syntheticTrace({ layers: 1, heads: 2, tokens: 6, store: "qk", headSize: 8 });
const patterns = syntheticTrace({ layers: 1, heads: 2, tokens: 6 });

describe("neuronPicture", () => {
  it("follows the word pinned last", () => {
    const picture = neuronPicture(trace, selection, "keys") as NeuronPicture;
    expect(picture.query).toBe(4);
    expect(picture.keys).toEqual([0, 1, 2, 3, 4]);
    expect(picture.products).toHaveLength(5 * 8);
    expect(picture.order).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect([...picture.weights]).toEqual([...trace.attention("self", 0, 1, 4, 5)].slice(0, 5));
  });

  it("gives values, weighted values and their sum", () => {
    const picture = neuronPicture(trace, selection, "values") as NeuronPicture;
    const sum = picture.keys.reduce((total, _, place) => total + picture.products[place * 8 + 3]!, 0);
    expect(picture.top[3]).toBeCloseTo(sum, 4);
    const writers = strongestWriters(picture);
    expect(writers.reduce((total, { share }) => total + share, 0)).toBeCloseTo(1, 5);
    expect(writers[0]!.share).toBeGreaterThanOrEqual(writers[1]!.share);
  });

  it("says why there is none", () => {
    expect(neuronPicture(trace, { ...selection, pins: [] }, "keys")).toBe(NO_PIN);
    expect(neuronPicture(trace, { ...selection, side: "key" }, "keys")).toBe(NO_PIN);
    expect(neuronPicture(patterns, selection, "keys")).toBe(NO_KEYS);
    expect(neuronPicture(patterns, selection, "values")).toBe(NO_VALUES);
  });
});
