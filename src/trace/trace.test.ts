import { describe, expect, it } from "vitest";
import { floatsToHalves, floatTensor, type Tensor } from "../tensor/index.ts";
import { attend, inReach, t5Bucket } from "./attend.ts";
import { fromSqrt, toSqrt } from "./coding.ts";
import { Recent } from "./recent.ts";
import { Trace } from "./trace.ts";
import type { Bias, Manifest, Recipe } from "./types.ts";

const N = 7;
const SIZE = 5;
const plain: Recipe = { scale: 0.7, causal: false, window: null, softcap: null, bias: null, sinks: false };

function wave(count: number, seed: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => 2 * Math.sin((i + 1) * 12.9898 + seed));
}

/** Two query heads on one key head. */
function traceOf(recipe: Recipe, more: Record<string, Tensor> = {}, stored: Manifest["stored"] = {}): Trace {
  const size = { layers: 1, heads: 2, kvHeads: 1, headSize: SIZE };
  const tokens = Array.from({ length: N }, (_, i) => ({
    id: i,
    raw: `${i}`,
    text: `${i}`,
    start: null,
    end: null,
    special: false,
    segment: 0,
  }));
  const manifest: Manifest = {
    model: { name: "", family: "", ...size, hidden: 0, vocab: 0 },
    streams: [{ name: "text", tokens }],
    blocks: [{ name: "self", queries: "text", keys: "text", ...size, recipe }],
    edits: [],
    receipts: [],
    generated: null,
    stored,
  };
  const q = floatTensor([2, N, SIZE], wave(2 * N * SIZE, 1));
  const k = floatTensor([1, N, SIZE], wave(N * SIZE, 2));
  return new Trace(manifest, new Map(Object.entries({ "self.0.q": q, "self.0.k": k, ...more })));
}

/** The same attention, written as its definition reads. */
function slow(recipe: Recipe, head: number, bias: (i: number, j: number) => number, sink?: number): number[] {
  const q = wave(2 * N * SIZE, 1);
  const k = wave(N * SIZE, 2);
  return Array.from({ length: N }, (_, i) => {
    const scores = Array.from({ length: N }, (_, j) => {
      if (!inReach(recipe, i, j)) return Number.NEGATIVE_INFINITY;
      let s = 0;
      for (let c = 0; c < SIZE; c++) s += q[(head * N + i) * SIZE + c]! * k[j * SIZE + c]! * recipe.scale;
      if (recipe.softcap) s = recipe.softcap * Math.tanh(s / recipe.softcap);
      return s + bias(i, j);
    });
    const exps = scores.map(Math.exp);
    const sum = exps.reduce((a, b) => a + b, sink === undefined ? 0 : Math.exp(sink));
    return exps.map((e) => e / sum);
  }).flat();
}

function expectClose(found: Float32Array, wanted: readonly number[]): void {
  expect(found).toHaveLength(wanted.length);
  found.forEach((w, i) => {
    expect(Math.abs(w - wanted[i]!)).toBeLessThan(1e-6);
  });
}

describe("attention from q and k", () => {
  const none = (): number => 0;
  const recipes: [string, Recipe, (i: number, j: number) => number][] = [
    ["plain", plain, none],
    ["causal", { ...plain, causal: true }, none],
    ["causal with a window", { ...plain, causal: true, window: [2, 0] }, none],
    ["a window on both sides", { ...plain, window: [1, 2] }, none],
    ["a soft cap", { ...plain, softcap: 1.5 }, none],
    ["ALiBi", { ...plain, causal: true, bias: { alibi: [0.5, 0.25] } }, (_, j) => 0.25 * j],
  ];
  it.each(recipes)("%s", (_, recipe, bias) => {
    expectClose(traceOf(recipe).attention("self", 0, 1), slow(recipe, 1, bias));
  });

  it("T5 buckets", () => {
    const bias: Bias = { t5: { buckets: 8, maxDistance: 20, bidirectional: true } };
    const table = floatTensor([8, 2], wave(16, 3));
    const trace = traceOf({ ...plain, bias }, { "self.bias_table": table });
    const expected = slow(plain, 1, (i, j) => table.data[t5Bucket(j - i, 8, 20, true) * 2 + 1]!);
    expectClose(trace.attention("self", 0, 1), expected);
  });

  it("a stored bias, a mask and sinks", () => {
    const bias = floatTensor([2, N, N], wave(2 * N * N, 4));
    const sinks = floatTensor([2], Float32Array.of(0, 0.5));
    const mask: Tensor = { dtype: "U8", shape: [N, N], data: new Uint8Array(N * N).fill(1) };
    mask.data[3] = 0;
    const trace = traceOf(
      { ...plain, bias: "tensor", sinks: true },
      { "self.0.bias": bias, "self.0.sinks": sinks, "self.mask": mask },
    );
    const at = (i: number, j: number) => (i === 0 && j === 3 ? -Infinity : bias.data[(N + i) * N + j]!);
    expectClose(trace.attention("self", 0, 1), slow(plain, 1, at, 0.5));
    expect(trace.visible("self", 0, 0, 3)).toBe(false);
  });

  it("gives rows as it gives the whole, and scores that are -Infinity where masked", () => {
    const trace = traceOf({ ...plain, causal: true });
    const rows = trace.attention("self", 0, 1, 2, 4);
    expect(rows).toEqual(trace.attention("self", 0, 1).slice(2 * N, 4 * N));
    expect(trace.attention("self", 0, 1, 2, 4)).toEqual(rows);
    expect([...trace.scores("self", 0, 1, 0, 1).subarray(1)].every((s) => s === -Infinity)).toBe(true);
  });

  it("is made again, and the same, after the trace let go of it", () => {
    const trace = traceOf(plain);
    const weights = trace.attention("self", 0, 1);
    expect(trace.attention("self", 0, 1).buffer).toBe(weights.buffer);
    trace.letGo();
    expect(trace.attention("self", 0, 1).buffer).not.toBe(weights.buffer);
    expect(trace.attention("self", 0, 1)).toEqual(weights);
  });

  it("is all zero in a row without a visible key", () => {
    const recipe = { ...plain, window: [0, 0] as const };
    const visible = (): boolean => false;
    const head = { q: wave(SIZE, 1), k: wave(SIZE, 2), headSize: SIZE, keys: 1, recipe, visible };
    expect([...attend(head, 0, 1)]).toEqual([0]);
  });

  it("names what a recipe asks for and the trace lacks", () => {
    const lacks: [Recipe, RegExp][] = [
      [{ ...plain, bias: "tensor" }, /bias tensor/],
      [{ ...plain, bias: { t5: { buckets: 8, maxDistance: 20, bidirectional: true } } }, /self\.bias_table/],
      [{ ...plain, sinks: true }, /sinks/],
    ];
    for (const [recipe, message] of lacks)
      expect(() => traceOf(recipe).attention("self", 0, 0)).toThrow(message);
    expect(() => traceOf(plain).attention("self", 0, 2)).toThrow(/heads 0 to 1, not 0\.2/);
    expect(() => traceOf(plain).block("cross")).toThrow(/no block "cross"/);
  });
});

describe("t5Bucket", () => {
  // transformers' T5Attention._relative_position_bucket, 32 buckets, maximum distance 128.
  it("equals Transformers", () => {
    const distances = [-200, -128, -90, -64, -45, -23, -16, -11, -8, -7, -1, 0, 1, 7, 8, 16, 64, 200];
    const both = [15, 15, 14, 14, 12, 11, 10, 8, 8, 7, 1, 0, 17, 23, 24, 26, 30, 31];
    const causal = [31, 31, 29, 26, 23, 18, 16, 11, 8, 7, 1, 0, 0, 0, 0, 0, 0, 0];
    expect(distances.map((d) => t5Bucket(d, 32, 128, true))).toEqual(both);
    expect(distances.map((d) => t5Bucket(d, 32, 128, false))).toEqual(causal);
  });
});

describe("stored forms", () => {
  const weights = floatTensor(
    [2, N, N],
    wave(2 * N * N, 5).map((x) => Math.abs(x) / 2),
  );

  it.each([
    [8, 4e-3],
    [16, 1.6e-5],
  ] as const)("square-root codes of %i bits are within %f", (bits, error) => {
    const coded = toSqrt(weights, bits);
    const back = fromSqrt(coded.data as Uint8Array | Uint16Array);
    back.forEach((w, i) => {
      expect(Math.abs(w - weights.data[i]!)).toBeLessThan(error);
    });
    const trace = traceOf(plain, { "self.0.pattern": coded }, { "self.0.pattern": "sqrt" });
    expect(trace.attention("self", 0, 1)).toEqual(back.subarray(N * N));
    expect(trace.tensor("self.0.pattern")!.data).toEqual(back);
  });

  it("decodes only the head that is asked for", () => {
    const half: Tensor = { dtype: "F16", shape: [2, N, N], data: floatsToHalves(weights.data) };
    const trace = traceOf(plain, { "self.0.pattern": half });
    expect(trace.entry("self.0.pattern", 1)!.shape).toEqual([N, N]);
    expect(trace.attention("self", 0, 1)).toEqual(trace.tensor("self.0.pattern")!.data.subarray(N * N));
  });

  it("hands over parts that make the same trace elsewhere", () => {
    const { manifest, tensors } = structuredClone(traceOf(plain).parts((name) => name.startsWith("self.0.")));
    expect(new Trace(manifest, tensors).attention("self", 0, 1)).toEqual(
      traceOf(plain).attention("self", 0, 1),
    );
  });
});

describe("Recent", () => {
  const make = (length: number) => (): Float32Array => new Float32Array(length);

  it("forgets what was asked for longest ago", () => {
    const recent = new Recent(32);
    const a = recent.get("a", make(4));
    recent.get("b", make(4));
    expect(recent.get("a", make(4))).toBe(a);
    recent.get("c", make(4));
    expect(recent.peek("b")).toBeUndefined();
    expect(recent.peek("a")).toBe(a);
  });

  it("does not keep what is larger than the bound", () => {
    const recent = new Recent(8);
    recent.get("a", make(4));
    expect(recent.peek("a")).toBeUndefined();
  });
});
