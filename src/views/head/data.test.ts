import { describe, expect, it } from "vitest";
import { syntheticTrace } from "../../../test/synthetic.ts";
import { attentionOf, reachOf } from "../../trace/index.ts";
import { shadeCss, shadesOf } from "../look/shade.ts";
import { LayerRows } from "../read/layer-rows.ts";
import { MeanReceived } from "../read/received.ts";
import { secondSentence } from "../read/sentences.ts";
import { NO_FILTER, type Selection } from "../view.ts";
import { barLengths, barsOf } from "./bars.ts";
import { HeadData } from "./data.ts";

const selection: Selection = { block: "self", layer: 0, heads: [0, 1], focus: 0, pins: [], side: "query" };
const never = (): boolean => false;
const all = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const pair = syntheticTrace({ layers: 2, heads: 2, tokens: 10, pair: true });

describe("HeadData", () => {
  it("gives the pinned word's row and what is hidden by a filter", () => {
    const filter = { ...NO_FILTER, hideSpecial: true };
    const data = new HeadData({ attention: attentionOf(pair, "self"), selection, filter }, null);
    const active = { side: "query", positions: [2] } as const;
    const weights = data.weights([0], active, all(10), "mean", never)!;
    expect([...weights.mean]).toEqual([...pair.attention("self", 0, 0, 2, 3)]);
    expect(data.rightRows[0]).toBe(-1);
    const hidden = [0, 4, 9].reduce((sum, key) => sum + weights.mean[key]!, 0);
    expect(data.rest(weights, 0, 1)).toBe(`hidden ${hidden.toFixed(2).slice(1)}`);
  });

  it("keeps an equal slice over a change of layer, so that words stay", () => {
    const first = new HeadData({ attention: attentionOf(pair, "self"), selection, filter: NO_FILTER }, null);
    const second = new HeadData(
      { attention: attentionOf(pair, "self"), selection: { ...selection, layer: 1 }, filter: NO_FILTER },
      first,
    );
    expect(second.slice).toBe(first.slice);
  });

  it("draws edges to a pinned key from the queries in sight", () => {
    const data = new HeadData({ attention: attentionOf(pair, "self"), selection, filter: NO_FILTER }, null);
    const edges = data.strong([0, 1], { side: "key", positions: [3] }, [1, 2]);
    expect(new Set(edges.keys)).toEqual(new Set([3]));
    for (const query of edges.queries) expect([1, 2]).toContain(query);
  });

  it("tells weight, score and rank of a cell", () => {
    const trace = syntheticTrace({ layers: 1, heads: 2, tokens: 6, store: "qk", headSize: 8 });
    const data = new HeadData({ attention: attentionOf(trace, "self"), selection, filter: NO_FILTER }, null);
    const row = trace.attention("self", 0, 1, 3, 4);
    const best = row.indexOf(Math.max(...row));
    const facts = new Map(data.cell(1, 3, best));
    expect([...facts.keys()]).toEqual(["weight", "score", "rank in row"]);
    expect(facts.get("rank in row")).toBe("1 of 4");
  });

  it("works missing rows out until told to stop", () => {
    const trace = syntheticTrace({ layers: 1, heads: 2, tokens: 6, store: "qk", headSize: 8 });
    const data = new HeadData({ attention: attentionOf(trace, "self"), selection, filter: NO_FILTER }, null);
    expect(data.prepare([0, 1], all(6), () => true)).toEqual(all(6));
    expect(data.prepare([0, 1], all(3), never)).toEqual([]);
    expect(data.prepare([0, 1], all(6), () => true)).toEqual([3, 4, 5]);
  });
});

it("mean received counts only queries that can see a key, in as many slices as it takes", () => {
  const trace = syntheticTrace({ layers: 1, heads: 1, tokens: 5 });
  const received = new MeanReceived(
    new LayerRows(attentionOf(trace, "self"), 0),
    reachOf(trace, "self", 0),
    all(5),
  );
  let slices = 1;
  while (!received.work([0], () => true)) slices++;
  expect(slices).toBe(6);
  const whole = trace.attention("self", 0, 0);
  expect(received.of(0)[4]).toBeCloseTo(whole[24]!, 6);
  expect(received.of(0)[3]).toBeCloseTo((whole[18]! + whole[23]!) / 2, 6);
});

it("the second sentence begins where both are shown", () => {
  const { tokens } = pair.stream("text");
  expect(secondSentence({ tokens, shown: all(10) })).toBe(5);
  expect(secondSentence({ tokens, shown: [5, 6, 7] })).toBe(-1);
  expect(secondSentence({ tokens, shown: [1, 2, 7] })).toBe(2);
});

it("shading divides a word's box among the heads", () => {
  expect(shadeCss(shadesOf([0.25], 0.02), ["#123456"])).toBe("color-mix(in srgb,#123456 23%,transparent)");
  const two = shadeCss(shadesOf([0.25, 0.01], 0.02), ["#111111", "#222222"]);
  expect(two).toContain("#111111 23%,transparent) 0% 50%");
  expect(two).toContain("50% 100%");
  expect(shadeCss(shadesOf([0.01, 0.01], 0.02), ["#111111", "#222222"])).toBe("");
});

it("bars of several heads share the length", () => {
  expect(barLengths([1, 0.5, 0.001], 60)).toEqual([20, 10, 0]);
  expect(barLengths([2], 60)).toEqual([60]);
  expect(barsOf([20, 0, 10], ["red", "green", "blue"])).toEqual({
    width: 31,
    background: "linear-gradient(90deg,red 0px 20px,transparent 20px 21px,blue 21px 31px)",
  });
  expect(barsOf([0], ["red"])).toEqual({ width: 0, background: "" });
});
