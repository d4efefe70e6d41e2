// What differs from layer to layer, or is stored of some heads only: written, read, refused, and the attention it makes.

import { describe, expect, it } from "vitest";
import { floatTensor, type Tensor, writeSafetensors } from "../tensor/index.ts";
import { readTrace, writeTrace } from "./file.ts";
import { Trace } from "./trace.ts";
import { type Block, type Manifest, type Recipe, type Stream, TraceError } from "./types.ts";

const N = 4;
const recipe: Recipe = { scale: 0.7, causal: true, window: null, softcap: null, bias: null, sinks: false };

function wave(seed: number, ...shape: number[]): Tensor {
  const count = shape.reduce((a, b) => a * b);
  const data = Float32Array.from({ length: count }, (_, i) => 2 * Math.sin((i + 1) * 12.9898 + seed));
  return floatTensor(shape, data);
}

function text(length = N): Stream {
  const token = { id: null, start: null, end: null, special: false, segment: 0 };
  return {
    name: "text",
    tokens: Array.from({ length }, (_, i) => ({ ...token, raw: `${i}`, text: `${i}` })),
  };
}

function traceOf(
  block: Partial<Block>,
  tensors: Record<string, Tensor>,
  more: Partial<Manifest> = {},
): Trace {
  const sizes = { layers: 2, heads: 2, kvHeads: 2, headSize: 3 };
  const manifest: Manifest = {
    model: { name: "", family: "", ...sizes, hidden: 0, vocab: 0 },
    streams: [text()],
    blocks: [{ name: "self", queries: "text", keys: "text", ...sizes, recipe, ...block }],
    edits: [],
    receipts: [],
    generated: null,
    stored: {},
    ...more,
  };
  return new Trace(manifest, new Map(Object.entries(tensors)));
}

/** Attention by its definition, q and k [N, size] of one head. */
function slow(
  q: Tensor,
  k: Tensor,
  head: number,
  group: number,
  sees: (i: number, j: number) => boolean,
): number[] {
  const size = q.shape[2]!;
  return Array.from({ length: N }, (_, i) => {
    const exps = Array.from({ length: N }, (_, j) => {
      if (j > i || !sees(i, j)) return 0;
      let dot = 0;
      for (let c = 0; c < size; c++)
        dot += Number(q.data[(head * N + i) * size + c]) * Number(k.data[(group * N + j) * size + c]);
      return Math.exp(dot * recipe.scale);
    });
    const sum = exps.reduce((a, b) => a + b);
    return exps.map((e) => e / sum);
  }).flat();
}

function expectClose(made: Float32Array, expected: readonly number[]): void {
  expect(made).toHaveLength(expected.length);
  made.forEach((w, i) => {
    expect(Math.abs(w - expected[i]!)).toBeLessThan(1e-6);
  });
}

const version = (bytes: Uint8Array): string =>
  /"version":"([^"]*)"/.exec(new TextDecoder().decode(bytes.subarray(8, 2000)))![1]!;

/** A mask of `open` cells. */
function maskOf(open: (i: number, j: number) => boolean): Tensor {
  const data = Uint8Array.from({ length: N * N }, (_, at) => Number(open(Math.floor(at / N), at % N)));
  return { dtype: "U8", shape: [N, N], data };
}

describe("a mask of one layer", () => {
  const chunk = (i: number, j: number): boolean => Math.floor(i / 2) === Math.floor(j / 2);
  const notFirst = (i: number, j: number): boolean => j > 0 || i === 0;
  const [q, k] = [wave(1, 2, N, 3), wave(2, 2, N, 3)];
  const all = { "self.0.q": q, "self.0.k": k, "self.1.q": q, "self.1.k": k };

  it("masks its layer and no other", () => {
    const trace = readTrace(writeTrace(traceOf({}, { ...all, "self.1.mask": maskOf(chunk) })));
    expectClose(
      trace.attention("self", 0, 1),
      slow(q, k, 1, 1, () => true),
    );
    expectClose(trace.attention("self", 1, 1), slow(q, k, 1, 1, chunk));
    expect([trace.visible("self", 0, 2, 1), trace.visible("self", 1, 2, 1)]).toEqual([true, false]);
  });

  it("joins the mask of the block", () => {
    const masks = { "self.mask": maskOf(notFirst), "self.1.mask": maskOf(chunk) };
    const trace = traceOf({}, { ...all, ...masks });
    expectClose(
      trace.attention("self", 1, 0),
      slow(q, k, 0, 0, (i, j) => chunk(i, j) && notFirst(i, j)),
    );
    expect(trace.scores("self", 1, 0)[3 * N]).toBe(Number.NEGATIVE_INFINITY);
  });

  it("makes a file that older readers refuse; without it they read on", () => {
    expect(version(writeTrace(traceOf({}, all)))).toBe("1");
    expect(version(writeTrace(traceOf({}, { ...all, "self.0.mask": maskOf(chunk) })))).toBe("1.1");
  });
});

it("ALiBi that is rounded or multiplied makes a file that older readers refuse", () => {
  const tensors = { "self.0.q": wave(1, 2, N, 3), "self.0.k": wave(2, 2, N, 3) };
  const file = (bias: object) => {
    const recipe = { scale: 1, causal: true, window: null, softcap: null, sinks: false, bias };
    return writeTrace(traceOf({ layers: 1, recipe: recipe as Recipe }, tensors));
  };
  const alibi = [0.5, 0.25];
  expect(version(file({ alibi, from: "last" }))).toBe("1");
  for (const more of [{ rounding: "bf16" }, { times: 0.5 }]) {
    expect(version(file({ alibi, ...more }))).toBe("1.1");
    expect(readTrace(file({ alibi, ...more })).recipe("self", 0).bias).toEqual({ alibi, ...more });
  }
});

describe("sizes of layers", () => {
  const perLayer = [
    { heads: 2, kvHeads: 1, headSize: 3 },
    { heads: 4, kvHeads: 2, headSize: 5 },
  ];
  const tensors = {
    "self.0.q": wave(1, 2, N, 3),
    "self.0.k": wave(2, 1, N, 3),
    "self.1.q": wave(3, 4, N, 5),
    "self.1.k": wave(4, 2, N, 5),
    "self.1.v": wave(5, 2, N, 6),
  };
  const before = traceOf({ heads: 4, kvHeads: 2, headSize: 5, perLayer }, tensors);

  it("are lists in the file and come back", () => {
    const bytes = writeTrace(before);
    const header = new TextDecoder().decode(bytes.subarray(8, 3000));
    expect(header).toContain(String.raw`\"heads\":[2,4],\"kvHeads\":[1,2],\"headSize\":[3,5]`);
    expect(version(bytes)).toBe("1.1");
    expect(readTrace(bytes).manifest).toEqual(before.manifest);
  });

  it("decide which heads there are and which keys they read", () => {
    const trace = readTrace(writeTrace(before));
    expect([trace.heads("self", 0), trace.heads("self", 1)]).toEqual([2, 4]);
    expect(trace.sizes("self", 1)).toEqual(perLayer[1]);
    const sees = (): boolean => true;
    expectClose(trace.attention("self", 0, 1), slow(tensors["self.0.q"], tensors["self.0.k"], 1, 0, sees));
    expectClose(trace.attention("self", 1, 3), slow(tensors["self.1.q"], tensors["self.1.k"], 3, 1, sees));
    expect(trace.values("self", 1, 3)?.shape).toEqual([N, 6]);
    expect([trace.hasAttention("self", 0, 2), trace.hasAttention("self", 1, 2)]).toEqual([false, true]);
    expect(() => trace.attention("self", 0, 2)).toThrow("heads 0 to 1, not 0.2");
  });

  it("give each layer its own scale where the recipe names none", () => {
    const block = {
      name: "self",
      heads: [2, 4],
      kvHeads: [1, 2],
      headSize: [3, 5],
      recipe: { causal: true },
    };
    const trace = readTrace(file({ blocks: [block] }, tensors));
    expect([trace.recipe("self", 0).scale, trace.recipe("self", 1).scale]).toEqual([3 ** -0.5, 5 ** -0.5]);
  });

  it("that agree are one number again", () => {
    const block = { name: "self", heads: [2], headSize: 3 };
    const trace = readTrace(file({ blocks: [block] }, { "self.0.q": wave(1, 2, N, 3) }));
    expect(trace.block("self")).toMatchObject({ heads: 2, kvHeads: 2, headSize: 3 });
    expect(trace.block("self")).not.toHaveProperty("perLayer");
  });
});

describe("some heads only", () => {
  const size = { layers: 1, heads: 4, kvHeads: 2 };
  const heads = { "self.0.q": [1, 3], "self.0.k": [0, 1], "self.0.v": [1] };
  const all = wave(1, 4, N, 3);
  const [k, v] = [wave(2, 2, N, 3), wave(3, 1, N, 3)];
  const q = floatTensor([2, N, 3], Float32Array.from([...rows(all, 1), ...rows(all, 3)]));
  const tensors = { "self.0.q": q, "self.0.k": k, "self.0.v": v };
  const trace = readTrace(writeTrace(traceOf(size, tensors, { heads })));

  it("are found by their number", () => {
    expectClose(
      trace.attention("self", 0, 3),
      slow(all, k, 3, 1, () => true),
    );
    expectClose(
      trace.attention("self", 0, 1),
      slow(all, k, 1, 0, () => true),
    );
    expect(trace.values("self", 0, 2)?.data).toEqual(v.data);
    expect(trace.values("self", 0, 1)).toBeUndefined();
  });

  it("are said to be there, the others not", () => {
    const each = [0, 1, 2, 3];
    expect(each.map((h) => trace.hasQueriesAndKeys("self", 0, h))).toEqual([false, true, false, true]);
    expect(each.map((h) => trace.hasValues("self", 0, h))).toEqual([false, false, true, true]);
    expect(trace.hasAttention("self", 0)).toBe(false);
    expect(() => trace.attention("self", 0, 2)).toThrow("head 0.2 of self");
  });

  it("do not decide how many heads a block has", () => {
    const pattern = floatTensor([4, N, N], new Float32Array(4 * N * N).fill(1 / N));
    const least = { blocks: [{ name: "self" }], heads: { "self.0.q": [3], "self.0.k": [3] } };
    const some = { "self.0.q": wave(1, 1, N, 3), "self.0.k": wave(1, 1, N, 3), "self.0.pattern": pattern };
    expect(readTrace(file(least, some)).block("self")).toMatchObject({ heads: 4, kvHeads: 4, headSize: 3 });
  });
});

describe("a stream of patches", () => {
  it("keeps its unit and its grid", () => {
    const picture: Stream = { ...text(), unit: "patch", grid: [2, 2] };
    const trace = readTrace(
      writeTrace(traceOf({}, { "self.0.q": wave(1, 2, N, 3) }, { streams: [picture] })),
    );
    expect(trace.stream("text")).toEqual(picture);
  });
});

describe("what is refused", () => {
  const q = wave(1, 2, N, 3);
  const one = { blocks: [{ name: "self" }] };
  const tokens = ["a", "b", "c", "d"];
  const cases: [string, unknown, Record<string, Tensor>, RegExp][] = [
    [
      "an unknown part of a layer",
      one,
      { "self.0.q": q, "self.0.tree": q },
      /self\.0\.tree is a part of block "self"/,
    ],
    ["an unknown part of a block", one, { "self.0.q": q, "self.tree": q }, /self\.tree .* does not know/],
    ["a mask of the wrong shape", one, { "self.0.q": q, "self.0.mask": q }, /self\.0\.mask has the shape/],
    [
      "a mask of floats",
      one,
      { "self.0.q": q, "self.0.mask": wave(1, N, N) },
      /stored as F32; expected U8, BOOL/,
    ],
    [
      "a size too few",
      { blocks: [{ name: "self", layers: 2, heads: [2] }] },
      { "self.0.q": q },
      /heads\[1\] is missing/,
    ],
    [
      "a size too many",
      { blocks: [{ name: "self", headSize: [3, 3] }] },
      { "self.0.q": q },
      /lists 2 sizes for 1 layers/,
    ],
    [
      "heads of a layer that cannot be shared",
      { blocks: [{ name: "self", kvHeads: [3] }] },
      { "self.0.q": q },
      /in layer 0, which 3/,
    ],
    ["heads of nothing", { ...one, heads: { "self.1.q": [0] } }, { "self.0.q": q }, /not in the file/],
    [
      "heads of a pattern",
      { blocks: [{ name: "self", heads: 1 }], heads: { "self.0.pattern": [0] } },
      { "self.0.pattern": wave(1, 1, N, N) },
      /only a q, k or v/,
    ],
    [
      "a head beyond the last",
      { blocks: [{ name: "self", heads: 2 }], heads: { "self.0.q": [2] } },
      { "self.0.q": wave(1, 1, N, 3) },
      /heads\["self\.0\.q"\]\[0\] is 2/,
    ],
    [
      "a head twice",
      { blocks: [{ name: "self", heads: 4 }], heads: { "self.0.q": [1, 1] } },
      { "self.0.q": q },
      /ascending/,
    ],
    [
      "a list longer than the tensor",
      { blocks: [{ name: "self", heads: 4 }], heads: { "self.0.q": [0, 1, 2] } },
      { "self.0.q": q },
      /must be \[heads 3/,
    ],
    [
      "an unknown unit",
      { ...one, streams: [{ name: "text", tokens, unit: "letter" }] },
      { "self.0.q": q },
      /"letter"/,
    ],
    [
      "a grid of other patches",
      { ...one, streams: [{ name: "text", tokens, grid: [3, 2] }] },
      { "self.0.q": q },
      /3 × 2/,
    ],
  ];
  it.each(cases)("%s", (_, manifest, tensors, message) => {
    expect(() => readTrace(file(manifest, tensors))).toThrow(TraceError);
    expect(() => readTrace(file(manifest, tensors))).toThrow(message);
  });
});

function rows(tensor: Tensor, head: number): Float32Array {
  const size = N * tensor.shape[2]!;
  return (tensor.data as Float32Array).subarray(head * size, (head + 1) * size);
}

function file(manifest: unknown, tensors: Record<string, Tensor>): Uint8Array {
  const metadata = { format: "headscope.trace", version: "1", manifest: JSON.stringify(manifest) };
  return writeSafetensors(new Map(Object.entries(tensors)), metadata);
}
