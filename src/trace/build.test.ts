import { describe, expect, it } from "vitest";
import { floatTensor } from "../tensor/index.ts";
import { type Recording, traceFromAttention } from "./build.ts";
import { readTrace, writeTrace } from "./file.ts";
import { TraceError } from "./types.ts";

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

describe("arrays as people have them", () => {
  const tokens = ["a", "b"];
  const numbers = [1, 0, 0.5, 0.5];
  const data = Float32Array.from(numbers);
  const taken = (attention: Recording["attention"]) => traceFromAttention({ tokens, attention: attention! });

  it.each<[string, Recording["attention"]]>([
    ["rows as Float32Array", [[[data.subarray(0, 2), data.subarray(2)]]]],
    ["rows as Float64Array", [[[Float64Array.of(1, 0), Float64Array.of(0.5, 0.5)]]]],
    ["dims and data", [{ dims: [1, 2, 2], data }]],
    ["dims and data with a batch axis", [{ dims: [1, 1, 2, 2], data, type: "float32" }]],
    ["shape and data", [{ shape: [1, 2, 2], data }]],
    ["shape and a list of numbers", [{ shape: [1, 2, 2], data: numbers }]],
    ["sides in a typed array", [{ shape: Int32Array.of(1, 2, 2), data: Float64Array.from(numbers) }]],
    [
      "half precision",
      [{ dims: [1, 2, 2], data: Uint16Array.of(0x3c00, 0, 0x3800, 0x3800), type: "float16" }],
    ],
    ["one tensor of all layers", { dims: [1, 1, 2, 2], data }],
    ["one tensor of all layers with a batch axis", { shape: [1, 1, 1, 2, 2], data }],
    ["a view whose strides are its shape's", [{ shape: [1, 2, 2], stride: [4, 2, 1], data } as never]],
  ])("%s", (_, attention) => {
    expect([...taken(attention).attention("self", 0, 0)]).toEqual(numbers);
  });

  it("takes an undefined layer for one that was not recorded", () => {
    const trace = taken([undefined, { dims: [1, 2, 2], data }]);
    expect([trace.hasAttention("self", 0), trace.hasAttention("self", 1)]).toEqual([false, true]);
  });

  const onCard = {
    dims: [1, 2, 2],
    get data(): never {
      throw new Error("not on CPU");
    },
  };
  it.each<[string, unknown, RegExp]>([
    ["only an undefined layer", [undefined], /The only layer is None/],
    ["a flat typed array", [data], /layer 0 is a flat Float32Array/],
    ["an object without a shape", [{ heads: [] }], /layer 0 is an object with heads; expected nested lists/],
    ["a text", ["none"], /layer 0 is a string/],
    [
      "texts among the numbers",
      [
        [
          [
            ["1", "0"],
            [0, 1],
          ],
        ],
      ],
      /holds a string among its numbers/,
    ],
    ["a list that is none", 3, /self attention is a number; expected a list/],
    [
      "one tensor of one layer",
      { dims: [1, 2, 2], data },
      /one tensor of the shape \[1, 2, 2\]; expected a list/,
    ],
    ["too few numbers", [{ dims: [1, 2, 2], data: data.subarray(1) }], /\[1, 2, 2\] but 3 numbers/],
    [
      "whole numbers of 64 bits",
      [{ dims: [1, 2, 2], data: BigInt64Array.of(1n, 0n, 1n, 0n) }],
      /BigInt64Array/,
    ],
    ["a promise of numbers", [{ shape: [1, 2, 2], data: () => Promise.resolve(data) }], /tensor.data\(\)/],
    ["a tensor on a graphics card", [onCard], /not on CPU.*getData/],
    ["a strided view", [{ shape: [1, 2, 2], stride: [4, 1, 2], data }], /strides/],
    [
      "NaN",
      [
        [
          [
            [1, 0],
            [Number.NaN, Number.NaN],
          ],
        ],
      ],
      /NaN in layer 0, head 0, row 1 \(key 0\)/,
    ],
    [
      "an infinite weight",
      [
        null,
        [
          [
            [1, 0],
            [0, 1],
          ],
          [
            [1, Number.POSITIVE_INFINITY],
            [0, 1],
          ],
        ],
      ],
      /Infinity in layer 1, head 1, row 0 \(key 1\)/,
    ],
    [
      "steps of generate()",
      [
        [
          [
            [
              [1, 0],
              [0.5, 0.5],
            ],
          ],
        ],
        [[[[0.2, 0.8]]]],
      ],
      /generate\(\) lists attention per step/,
    ],
  ])("refuses %s", (_, attention, message) => {
    expect(() => taken(attention as never)).toThrow(TraceError);
    expect(() => taken(attention as never)).toThrow(message);
  });
});

describe("masks and biases", () => {
  const tokens = ["a", "b", "<pad>"];
  const vectors = [
    [
      [1, 0],
      [0, 1],
      [1, 1],
    ],
  ];
  const plain = { tokens, q: [vectors, vectors], k: [vectors, vectors] };
  const row = (recording: Recording, layer = 0) => [
    ...traceFromAttention(recording).attention("self", layer, 0, 1, 2),
  ];

  it("takes padding out of every row, with or without a batch axis", () => {
    const [a, b] = row(plain) as [number, number];
    for (const mask of [[1, 1, 0], [[1, 1, 0]], [true, true, false]]) {
      const masked = row({ ...plain, mask });
      expect(masked[2]).toBe(0);
      expect(masked[0]! / masked[1]!).toBeCloseTo(a / b, 5);
      expect(masked[0]! + masked[1]!).toBeCloseTo(1, 5);
    }
  });

  it("takes a whole mask", () => {
    const mask = [
      [1, 1, 1],
      [0, 1, 0],
      [1, 1, 1],
    ];
    expect(row({ ...plain, mask })).toEqual([0, 1, 0]);
  });

  it("adds a bias per layer to the scores", () => {
    const none = [
      [
        [0, 0, 0],
        [0, 0, 0],
        [0, 0, 0],
      ],
    ];
    const some = [
      [
        [0, 0, 0],
        [Math.log(3), 0, 0],
        [0, 0, 0],
      ],
    ];
    const biased = { ...plain, bias: [none, some] };
    const [a, b] = row(plain) as [number, number];
    expect(row(biased, 0)[0]! / row(biased, 0)[1]!).toBeCloseTo(a / b, 5);
    expect(row(biased, 1)[0]! / row(biased, 1)[1]!).toBeCloseTo((3 * a) / b, 4);
    expect(readTrace(writeTrace(traceFromAttention(biased))).recipe("self", 1).bias).toBe("tensor");
  });

  it.each<[string, Partial<Recording>, RegExp]>([
    ["a mask of another length", { mask: [1, 1] }, /mask does not have a number for each of 3 keys/],
    [
      "a mask of too few rows",
      {
        mask: [
          [1, 1, 1],
          [1, 1, 1],
        ],
      },
      /3 keys and 3 queries/,
    ],
    ["a mask of scores", { mask: [0, 0, -10000] }, /other values than 0 and 1/],
    ["a bias of another size", { bias: [[[[0, 0]]]] }, /self bias, layer 0 is 1 × 2/],
  ])("refuses %s", (_, more, message) => {
    expect(() => traceFromAttention({ ...plain, ...more })).toThrow(message);
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
