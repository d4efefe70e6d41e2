// Forms in which people write attention beside lists and arrays of layers: objects within lists, heads apart, numbers with
// their shape, alignments of translators, caches of TransformerLens; and what is told what to do instead.

import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { type FloatTensor, floatTensor, writeSafetensors } from "../tensor/index.ts";
import { readFound, traceOf, understand } from "./index.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const json = (value: unknown): Uint8Array => encode(JSON.stringify(value));
const words = (n: number, from = "w") => Array.from({ length: n }, (_, i) => `${from}${i}`);
const flat = (value: unknown): number[] => (Array.isArray(value) ? value.flatMap(flat) : [value as number]);

/** Rows that sum to 1 and differ by layer and head, [n][m]. */
const head = (layer: number, at: number, n = 4, m = n): number[][] =>
  Array.from({ length: n }, (_, i) => {
    const row = Array.from({ length: m }, (_, j) => 1 + ((i + 2 * j + 3 * at + 5 * layer) % 7));
    const sum = row.reduce((a, b) => a + b);
    return row.map((value) => value / sum);
  });
const layers = [0, 1].map((layer) => [0, 1, 2].map((at) => head(layer, at)));
const tokens = words(4);
const tensor = (value: unknown, shape: readonly number[]): FloatTensor =>
  floatTensor(shape, Float32Array.from(flat(value)));
/** Every head under a name of its own. */
const apart = (name: (layer: number, head: number) => string) =>
  Object.fromEntries(layers.flatMap((layer, l) => layer.map((matrix, h) => [name(l, h), matrix] as const)));

/** Files that open by themselves with two layers of three heads. */
const FORMS: Readonly<Record<string, Uint8Array>> = {
  "layers as objects in a list": json({ tokens, layers: layers.map((attn, layer) => ({ layer, attn })) }),
  "a list of layers alone, words in each": json(
    layers.map((attention, layer) => ({ layer, tokens, attention })),
  ),
  "heads as objects in layers as objects": json({
    tokens,
    layers: layers.map((layer) => ({ heads: layer.map((weights) => ({ weights })) })),
  }),
  "an object of layers of objects of heads": json({
    tokens,
    attention: Object.fromEntries(
      layers.map((layer, l) => [`layer_${l}`, Object.fromEntries(layer.map((m, h) => [`head_${h}`, m]))]),
    ),
  }),
  "the same with bare numbers": json({
    tokens,
    attention: Object.fromEntries(layers.map((layer, l) => [l, Object.fromEntries(layer.entries())])),
  }),
  "numbers with their shape beside them": json({
    tokens,
    attention: { shape: [2, 3, 4, 4], dtype: "float32", data: flat(layers) },
  }),
  "every head with its shape, as ONNX's runtime in a page gives it": json({
    tokens,
    ...Object.fromEntries(
      Object.entries(apart((l, h) => `block_${l}_attn_head_${h}_attn_softmax`)).map(([name, matrix]) => [
        name,
        { dims: [4, 4], data: flat(matrix) },
      ]),
    ),
  }),
  "numpy's arrays in JSON": json({
    tokens,
    attention: { __ndarray__: layers, dtype: "float32", shape: [2, 3, 4, 4] },
  }),
  "two numbers in each name": json({ tokens, ...apart((l, h) => `attn_${l}_${h}`) }),
  L0H0: json({ tokens, ...apart((l, h) => `L${l}H${h}`) }),
  "layer0.head0.attention": json({ tokens, ...apart((l, h) => `layer${l}.head${h}.attention`) }),
  "another number in every name": json({ tokens, ...apart((l, h) => `gpt2.layer_${l}.head_${h}`) }),
  "weights called scores": json({ tokens, attention_scores: layers }),
  "a cache of TransformerLens with everything else in it": writeSafetensors(
    new Map(
      layers.flatMap((layer, l) => [
        [`blocks.${l}.attn.hook_pattern`, tensor(layer, [1, 3, 4, 4])],
        ...["q", "k", "v", "z", "rot_q", "rot_k"].map(
          (name) => [`blocks.${l}.attn.hook_${name}`, tensor(new Array(24).fill(0.1), [1, 4, 3, 2])] as const,
        ),
        [`blocks.${l}.attn.hook_result`, tensor(new Array(24).fill(0.1), [1, 4, 3, 2])],
        [`blocks.${l}.attn.hook_attn_scores`, tensor(new Array(48).fill(-3), [1, 3, 4, 4])],
        [`blocks.${l}.hook_attn_out`, tensor(new Array(8).fill(0.1), [1, 4, 2])],
        [`blocks.${l}.hook_attn_in`, tensor(new Array(24).fill(0.1), [1, 4, 3, 2])],
        [`blocks.${l}.ln1.hook_scale`, tensor(new Array(4).fill(1), [1, 4, 1])],
      ]),
    ),
    { str_tokens: JSON.stringify(tokens) },
  ),
};

describe("forms that open", () => {
  it.each(Object.entries(FORMS))("%s", (_, file) => {
    const trace = traceOf(readFound("a.json", file));
    expect(trace.manifest.blocks).toMatchObject([{ name: "self", layers: 2, heads: 3 }]);
    for (const [layer, at] of [
      [0, 2],
      [1, 0],
      [1, 2],
    ] as const) {
      const wanted = flat(layers[layer]![at]);
      const got = trace.attention("self", layer, at);
      for (const [i, value] of wanted.entries()) expect(Math.abs(got[i]! - value)).toBeLessThan(1e-6);
    }
    expect(trace.stream("text").tokens.map(({ raw }) => raw)).toEqual(tokens);
  });

  it("heads of one layer alone", () => {
    const file = json({ tokens, head_0: layers[0]![0], head_1: layers[0]![1] });
    expect(traceOf(readFound("a.json", file)).manifest.blocks).toMatchObject([{ layers: 1, heads: 2 }]);
  });

  it("an alignment of source and target words is cross attention, square or not", () => {
    for (const [n, m] of [
      [3, 5],
      [4, 4],
    ] as const) {
      const attention = head(0, 0, n, m);
      const file = json({ source: words(m, "s"), target: words(n, "t"), attention });
      const trace = traceOf(readFound("a.json", file));
      expect(trace.manifest.blocks.map(({ name }) => name)).toEqual(["cross"]);
      expect(trace.sides("cross")).toEqual({ queries: n, keys: m });
      expect(trace.stream("encoder").tokens.at(-1)!.raw).toBe(`s${m - 1}`);
      expect(trace.stream("decoder").tokens.at(-1)!.raw).toBe(`t${n - 1}`);
    }
  });

  it("words on the left and the right that are the same are one text", () => {
    const file = json({ attention: layers, left_text: tokens, right_text: tokens });
    expect(traceOf(readFound("a.json", file)).manifest.blocks.map(({ name }) => name)).toEqual(["self"]);
  });

  it("what is uneven and no attention is read over", () => {
    const file = json({ attention: layers, tokens, hidden_states: [[1, 2], [3]], attributions: [[1], [2]] });
    const found = readFound("a.json", file);
    expect(found.notes).toEqual(["hidden_states was read over."]);
    expect(understand(found).questions).toEqual([]);
  });
});

describe("forms that are told what to do", () => {
  it.each([
    [
      "one row of a generation",
      json({ attention: [[head(0, 0, 1, 4)]], tokens }),
      /the matrix is 1 × 4\. Only 1 row of 4: a generation with a cache keeps the new words' alone/,
    ],
    [
      "more rows than columns",
      json({ attention: [[head(0, 0, 4, 2)]], tokens }),
      /the matrix is 4 × 2\. Where rows and columns are different texts, say that it is cross attention/,
    ],
    [
      "lines of JSON",
      encode(`${JSON.stringify({ attention: layers, tokens })}\n${JSON.stringify({ tokens })}\n`),
      /These are 2 lines of JSON, which are read where each has its own attention and tokens\. Save the line/,
    ],
    [
      "attributions alone",
      json({ tokens, attributions: head(0, 0) }),
      /None of the arrays is called attention\. Which one is it\? There are: attributions \(4 × 4\)/,
    ],
    [
      "an archive of JSON",
      zipSync({ "run/attention.json": encode("{}") }),
      /This is a zip archive: unpack it and open run\/attention\.json/,
    ],
    ["xz", Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0), /packed with xz: unpack it first/],
    ["Zstandard", Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd), /packed with Zstandard: unpack it first/],
    ["MATLAB", encode("MATLAB 5.0 MAT-file, Platform: GLNXA64"), /is a MATLAB file\. In Python save it with/],
    ["Arrow", encode("ARROW1\0\0"), /is an Arrow file\. In Python save it with/],
    ["tar", encode(`${"\0".repeat(257)}ustar`), /is a tar archive: unpack it/],
  ])("%s", (_, bytes, message) => {
    expect(() => traceOf(readFound("a", bytes))).toThrow(message);
  });
});
