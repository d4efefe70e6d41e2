import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { floatTensor, type Tensor, writeSafetensors } from "../tensor/index.ts";
import { toSqrt } from "./coding.ts";
import { readTrace, writeTrace } from "./file.ts";
import { Trace } from "./trace.ts";
import { type Manifest, TraceError } from "./types.ts";

const fixture = (name: string): Uint8Array =>
  readFileSync(new URL(`../../test/fixtures/trace/${name}.safetensors`, import.meta.url));

/** Values that look random and are the same each time. */
function values(count: number, seed = 1): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => Math.sin((i + 1) * 12.9898 + seed) * 2);
}

/** Weights of rows of two or three keys. */
const weights = (count: number): Float32Array => values(count).map((x) => Math.abs(x) / 6);

function file(manifest: unknown, tensors: Record<string, Tensor> = {}): Uint8Array {
  const metadata = { format: "headscope.trace", version: "1", manifest: JSON.stringify(manifest) };
  return writeSafetensors(new Map(Object.entries(tensors)), metadata);
}

const q = floatTensor([2, 3, 4], values(24));
const k = floatTensor([2, 3, 4], values(24, 5));
const least = { blocks: [{ name: "self" }] };

/** Encoder and decoder with every kind of tensor. */
function rich(): Trace {
  const tokens = (words: string[]) =>
    words.map((text, id) => ({
      id,
      raw: text,
      text,
      start: id,
      end: id + 1,
      special: false,
      segment: id > 1 ? 1 : 0,
    }));
  const recipe = { scale: 0.5, causal: false, window: null, softcap: null, bias: null, sinks: false };
  const size = { layers: 2, heads: 4, kvHeads: 2, headSize: 4 };
  const manifest: Manifest = {
    model: { name: "m", family: "f", ...size, hidden: 16, vocab: 7 },
    streams: [
      { name: "encoder", tokens: tokens(["<b>", "🙂", "\u0000"]) },
      { name: "decoder", tokens: tokens(["a", "b"]) },
    ],
    blocks: [
      {
        name: "decoder",
        queries: "decoder",
        keys: "decoder",
        ...size,
        recipe: [recipe, { ...recipe, causal: true }],
      },
      {
        name: "cross",
        queries: "decoder",
        keys: "encoder",
        ...size,
        recipe: { ...recipe, bias: { t5: { buckets: 8, maxDistance: 20, bidirectional: true } } },
        rotary: { dims: 4, style: "half" },
      },
    ],
    edits: [{ op: "scale", at: "z", layer: 0, head: 1, value: 0 }],
    receipts: [{ edit: 0, touched: 2 }],
    generated: { stream: "decoder", start: 1 },
    stored: { "cross.1.pattern": "sqrt" },
    note: "made up",
  };
  const pattern = floatTensor([4, 2, 3], weights(24));
  const tensors: Record<string, Tensor> = {
    "decoder.0.q": floatTensor([4, 2, 4], values(32)),
    "decoder.0.k": floatTensor([2, 2, 4], values(16, 2)),
    "decoder.0.v": floatTensor([2, 2, 5], values(20, 3)),
    "decoder.0.z": floatTensor([4, 2, 5], values(40, 3)),
    "decoder.1.scores": floatTensor(
      [4, 2, 2],
      values(16).map((x, i) => (i % 4 === 1 ? -Infinity : x)),
    ),
    "cross.0.q": floatTensor([4, 2, 4], values(32)),
    "cross.0.k": floatTensor([2, 3, 4], values(24, 2)),
    "cross.1.pattern": toSqrt(pattern, 8),
    "cross.bias_table": floatTensor([8, 4], values(32)),
    "cross.mask": { dtype: "U8", shape: [2, 3], data: Uint8Array.from([1, 1, 0, 1, 1, 1]) },
    "decoder.0.resid_pre": floatTensor([2, 16], values(32)),
    "decoder.0.mlp_post": floatTensor(
      [2, 9],
      values(18).map((x) => x * 1e6),
    ),
    "decoder.final_norm": floatTensor([2, 16], values(32)),
    logits: floatTensor([2, 7], values(14)),
    last_logits: floatTensor([7], values(7)),
  };
  return new Trace(manifest, new Map(Object.entries(tensors)));
}

describe("writing and reading", () => {
  it("gives back every number and every word", () => {
    const before = rich();
    const after = readTrace(writeTrace(before));
    expect(after.manifest).toEqual(before.manifest);
    expect(new Set(after.names)).toEqual(new Set(before.names));
    for (const name of before.names) expect(after.raw(name)).toEqual(before.raw(name));
  });

  it("halves what fits into halves, says so, and is stable when written again", () => {
    const halves = readTrace(writeTrace(rich(), { precision: "f16" }));
    expect(halves.manifest.precision).toBe("f16");
    expect(halves.raw("decoder.0.q")?.dtype).toBe("F16");
    expect(halves.raw("decoder.0.mlp_post")?.dtype).toBe("F32");
    expect(halves.raw("decoder.1.scores")?.dtype).toBe("F16");
    expect(halves.tensor("decoder.1.scores")?.data[1]).toBe(-Infinity);
    expect(writeTrace(halves, { precision: "f16" })).toEqual(writeTrace(halves));
  });

  it("places every tensor at a multiple of its element's size", () => {
    const bytes = writeTrace(rich());
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
    const starts = Object.values<{ dtype: string; data_offsets: [number, number] }>(header)
      .filter((t) => t.dtype === "F32")
      .map((t) => t.data_offsets[0] % 4);
    expect(new Set(starts)).toEqual(new Set([0]));
  });
});

describe("files written by Python", () => {
  it("opens with nothing but a block's name, q and k", () => {
    const trace = readTrace(fixture("least"));
    const { name, layers, heads, kvHeads, headSize, recipe } = trace.block("self");
    expect({ name, layers, heads, kvHeads, headSize }).toEqual({
      name: "self",
      layers: 1,
      heads: 2,
      kvHeads: 2,
      headSize: 4,
    });
    expect(recipe).toEqual({
      scale: 0.5,
      causal: false,
      window: null,
      softcap: null,
      bias: null,
      sinks: false,
    });
    expect(trace.stream("text").tokens.map((t) => t.text)).toEqual(["0", "1", "2"]);
    const row = trace.attention("self", 0, 1, 2, 3);
    expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 6);
  });

  it("recomputes grouped, windowed, capped attention with sinks as numpy does", () => {
    const trace = readTrace(fixture("full"));
    expect(trace.stream("text").tokens[2]?.text).toBe(" <b>");
    for (let head = 0; head < 4; head++) {
      const made = trace.attention("self", 0, head);
      const expected = trace.attention("self", 1, head);
      made.forEach((w, i) => {
        expect(Math.abs(w - expected[i]!)).toBeLessThan(1e-6);
      });
    }
  });
});

describe("defaults", () => {
  it("takes sizes from a pattern where there is no q", () => {
    const trace = readTrace(file(least, { "self.2.pattern": floatTensor([3, 2, 2], weights(12)) }));
    expect(trace.block("self")).toMatchObject({ layers: 3, heads: 3, kvHeads: 3, headSize: 0 });
    expect(trace.hasAttention("self", 0)).toBe(false);
  });

  it("names the streams of a cross block and accepts tokens as plain texts", () => {
    const streams = [{ name: "encoder", tokens: ["a", "b", "c"] }];
    const pattern = floatTensor([1, 2, 3], weights(6));
    const trace = readTrace(file({ blocks: [{ name: "cross" }], streams }, { "cross.0.pattern": pattern }));
    expect(trace.stream("encoder").tokens[1]).toMatchObject({ id: null, raw: "b", text: "b", segment: 0 });
    expect(trace.stream("decoder").tokens).toHaveLength(2);
  });

  it("keeps tensors of names it does not know", () => {
    const extra = floatTensor([1], values(1));
    expect(
      readTrace(file(least, { "self.0.q": q, "self.0.k": k, "later.thing": extra })).has("later.thing"),
    ).toBe(true);
  });
});

describe("bad files", () => {
  const cases: [string, Uint8Array, RegExp][] = [
    ["an empty file", new Uint8Array(0), /0 bytes/],
    ["weights, not a trace", writeSafetensors(new Map([["w", q]])), /not a trace/],
    [
      "another version",
      writeSafetensors(new Map(), { format: "headscope.trace", version: "2", manifest: "{}" }),
      /version 2/,
    ],
    [
      "broken JSON",
      writeSafetensors(new Map(), { format: "headscope.trace", version: "1", manifest: "{" }),
      /not valid JSON/,
    ],
    ["no block", file({}), /names no block/],
    ["an unknown block", file({ blocks: [{ name: "selfish" }] }), /blocks\[0\]\.name is "selfish"/],
    ["a block without tensors", file(least), /blocks\[0\]\.layers is 0/],
    [
      "a layer too many",
      file({ blocks: [{ name: "self", layers: 1 }] }, { "self.1.q": q }),
      /self\.1\.q is of layer 1/,
    ],
    [
      "a wrong shape",
      file({ blocks: [{ name: "self", heads: 3 }] }, { "self.0.q": q }),
      /self\.0\.q has the shape \[2, 3, 4\].*heads 3, queries 3, headSize 4/,
    ],
    [
      "heads that cannot be shared",
      file({ blocks: [{ name: "self", kvHeads: 3 }] }, { "self.0.q": q }),
      /cannot share/,
    ],
    [
      "too few tokens",
      file({ ...least, streams: [{ name: "text", tokens: ["a"] }] }, { "self.0.q": q }),
      /queries 1/,
    ],
    [
      "a token that is a number",
      file({ ...least, streams: [{ name: "text", tokens: [7] }] }, { "self.0.q": q }),
      /streams\[0\]\.tokens\[0\] is 7/,
    ],
    [
      "a segment of 2",
      file({ ...least, streams: [{ name: "text", tokens: [{ raw: "a", segment: 2 }] }] }, { "self.0.q": q }),
      /segment is 2/,
    ],
    [
      "a window of one side",
      file({ blocks: [{ name: "self", recipe: { window: [3] } }] }, { "self.0.q": q }),
      /expected \[before, after\]/,
    ],
    [
      "codes that are not named",
      file(least, { "self.0.pattern": toSqrt(floatTensor([1, 2, 2], new Float32Array(4)), 8) }),
      /stored as U8/,
    ],
    [
      "a coded q",
      file({ ...least, stored: { "self.0.q": "sqrt" } }, { "self.0.q": q }),
      /only a pattern can be/,
    ],
    ["an unknown coding", file({ ...least, stored: { "self.0.q": "log" } }, { "self.0.q": q }), /"log"/],
    [
      "a coding of nothing",
      file({ ...least, stored: { "self.9.pattern": "sqrt" } }, { "self.0.q": q }),
      /not in the file/,
    ],
    [
      "a huge axis of nothing",
      file(least, { "self.0.q": { dtype: "F32", shape: [1, 9e15, 0], data: new Float32Array(0) } }),
      /9000000000000000/,
    ],
    [
      "a stream twice",
      file(
        {
          ...least,
          streams: [
            { name: "text", tokens: ["a"] },
            { name: "text", tokens: ["a"] },
          ],
        },
        { "self.0.q": q },
      ),
      /twice/,
    ],
  ];
  it.each(cases)("%s", (_, bytes, message) => {
    expect(() => readTrace(bytes)).toThrow(TraceError);
    expect(() => readTrace(bytes)).toThrow(message);
  });
});

/** Reads, and asks for every head; anything but a TraceError fails the test. */
function survives(bytes: Uint8Array): void {
  try {
    const trace = readTrace(bytes);
    for (const { name, layers, heads } of trace.manifest.blocks) {
      if (layers * heads > 64) continue;
      for (let i = 0; i < layers * heads; i++) askFor(trace, name, Math.floor(i / heads), i % heads);
    }
  } catch (error) {
    if (!(error instanceof TraceError)) throw error;
  }
}

function askFor(
  trace: Trace,
  block: "self" | "encoder" | "decoder" | "cross",
  layer: number,
  head: number,
): void {
  if (!trace.hasAttention(block, layer)) return;
  const { queries, keys } = trace.sides(block);
  expect(trace.attention(block, layer, head)).toHaveLength(queries * keys);
}

describe("mutated files", () => {
  const good = writeTrace(rich());

  it("survives changed bytes", () => {
    const change = fc.tuple(fc.nat(good.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), (changes) => {
        const bytes = good.slice();
        for (const [at, value] of changes) bytes[at] = value;
        survives(bytes);
      }),
      { seed: 1, numRuns: 400 },
    );
  });

  it("survives being cut", () => {
    fc.assert(
      fc.property(fc.nat(good.length), (length) => survives(good.slice(0, length))),
      { seed: 2, numRuns: 200 },
    );
  });

  it("survives any JSON at any place of the manifest", () => {
    const before = rich();
    const tensors = Object.fromEntries(before.names.map((name) => [name, before.raw(name)!]));
    const paths = placesOf(before.manifest);
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, value) => {
        survives(file(replaced(before.manifest, path, value), tensors));
      }),
      { seed: 3, numRuns: 1000 },
    );
  });
});

/** Every path into a JSON value. */
function placesOf(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== "object" || value === null) return [[...path]];
  return [[...path], ...Object.entries(value).flatMap(([key, inner]) => placesOf(inner, [...path, key]))];
}

function replaced(value: unknown, path: readonly string[], by: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return by;
  const copy = structuredClone(value) as Record<string, unknown>;
  copy[key] = replaced(copy[key], rest, by);
  return copy;
}
