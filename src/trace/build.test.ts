import { describe, expect, it } from "vitest";
import { floatTensor } from "../tensor/index.ts";
import { type Recording, traceFromAttention } from "./build.ts";
import { readTrace, writeTrace } from "./file.ts";

/** One layer of one head in which each query spreads evenly over `keys` keys. */
const even = (queries: number, keys: number): number[][][] => [
  Array.from({ length: queries }, () => Array.from({ length: keys }, () => 1 / keys)),
];

describe("a trace from a BertViz-style recording", () => {
  it("takes nested lists or tensors, with or without a batch axis, and leaves out layers that are None", () => {
    const flat = floatTensor([1, 1, 2, 2], Float32Array.of(1, 0, 0.25, 0.75));
    const trace = traceFromAttention({ attention: [even(2, 2), null, flat], tokens: ["[CLS]", "##s"] });
    expect(trace.block("self")).toMatchObject({ layers: 3, heads: 1, kvHeads: 1 });
    expect([...trace.attention("self", 2, 0)]).toEqual([1, 0, 0.25, 0.75]);
    expect(trace.hasAttention("self", 1)).toBe(false);
    expect(trace.stream("text").tokens.map((t) => [t.text, t.special])).toEqual([
      ["[CLS]", true],
      ["s", false],
    ]);
  });

  it("sees that attention is causal from its zeros", () => {
    const causal = [
      [
        [1, 0],
        [0.5, 0.5],
      ],
    ];
    const recipe = (attention: number[][][]) =>
      traceFromAttention({ attention: [attention], tokens: ["a", "b"] }).recipe("self", 0);
    expect(recipe(causal).causal).toBe(true);
    expect(recipe(even(2, 2)).causal).toBe(false);
  });

  it("marks sentence B, and reads and writes as a file", () => {
    const trace = traceFromAttention({ attention: [even(3, 3)], tokens: ["a", "b", "c"], sentenceBStart: 2 });
    expect(trace.stream("text").tokens.map((t) => t.segment)).toEqual([0, 0, 1]);
    expect(readTrace(writeTrace(trace)).manifest).toEqual(trace.manifest);
  });

  it("keeps encoder, decoder and cross apart", () => {
    const trace = traceFromAttention({
      encoderTokens: ["▁She", "▁sees", "</s>"],
      decoderTokens: ["▁Sie", "▁sieht"],
      encoder: { attention: [even(3, 3)] },
      decoder: { attention: [even(2, 2)] },
      cross: { attention: [even(2, 3)] },
    });
    expect(trace.manifest.blocks.map((b) => b.name)).toEqual(["encoder", "decoder", "cross"]);
    expect(trace.sides("cross")).toEqual({ queries: 2, keys: 3 });
    expect(trace.stream("encoder").tokens[0]!.text).toBe(" She");
  });

  it("recomputes attention from q and k alone", () => {
    const q = [
      [
        [1, 0],
        [0, 1],
      ],
    ];
    const trace = traceFromAttention({ q: [q], k: [q], recipe: { causal: true }, tokens: ["a", "b"] });
    const row = trace.attention("self", 0, 0, 1, 2);
    expect(row[1]! / row[0]!).toBeCloseTo(Math.exp(Math.SQRT1_2), 5);
  });
});

describe("recordings that do not fit", () => {
  const tokens = ["a", "b"];
  const cases: [string, Recording, RegExp][] = [
    ["nothing", { tokens }, /no attention and no queries/],
    ["all None", { tokens, attention: [null, null] }, /All 2 layers are None.*eager/],
    [
      "a token too few",
      { tokens, attention: [even(3, 3)] },
      /self attention, layer 0 is 3 × 3.*2 queries and 2 keys/,
    ],
    ["a batch of two", { tokens, attention: [[even(2, 2), even(2, 2)]] }, /batch of 2/],
    ["a ragged list", { tokens, attention: [[[[1, 0], [1]]]] }, /ragged/],
    ["no tokens", { attention: [even(2, 2)] }, /pass tokens/],
    ["an empty list of tokens", { attention: [even(2, 2)], tokens: [] }, /empty/],
    [
      "layers of different heads",
      { tokens, attention: [even(2, 2), [...even(2, 2), ...even(2, 2)]] },
      /heads 1/,
    ],
  ];
  it.each(cases)("%s", (_, recording, message) => {
    expect(() => traceFromAttention(recording)).toThrow(message);
  });
});
