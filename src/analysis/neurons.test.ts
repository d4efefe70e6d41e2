import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { floatTensor } from "../tensor/index.ts";
import { type Manifest, readTrace, Trace, traceFromAttention } from "../trace/index.ts";
import { neuronDims, rowNeurons } from "./neurons.ts";
import { writtenValues } from "./written.ts";

const john = readTrace(
  readFileSync(new URL("../../gallery/traces/gpt2-john-smith.safetensors", import.meta.url)),
);

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, x, i) => sum + x * b[i]!, 0);
}

/** Random-looking q, k and v of two heads on one key head. */
function grouped(rotary?: { dims: number; style: "half" | "interleaved" }): Trace {
  const wave = (n: number, seed: number) =>
    Float32Array.from({ length: n }, (_, i) => Math.sin(i * 12.9 + seed));
  const trace = traceFromAttention({
    q: [floatTensor([2, 6, 4], wave(48, 1))],
    k: [floatTensor([1, 6, 4], wave(24, 2))],
    v: [floatTensor([1, 6, 3], wave(18, 3))],
    recipe: { causal: true },
    tokens: ["a", "b", "c", "d", "e", "f"],
  });
  const { manifest, tensors } = trace.parts();
  const blocks = manifest.blocks.map((block) => (rotary ? { ...block, rotary } : block));
  const changed: Manifest = { ...manifest, blocks };
  return new Trace(changed, tensors);
}

describe("a row taken apart", () => {
  const row = rowNeurons(john, "self", 1, 10, 8);

  it("adds up: products to scaled dots, dots to the recorded attention, shares to 1", () => {
    expect(row.keys).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    const exps = row.dots.map((dot) => Math.exp(dot));
    const sum = exps.reduce((a, b) => a + b);
    row.weights.forEach((weight, at) => {
      expect(Math.abs(exps[at]! / sum - weight)).toBeLessThan(1e-3);
      const product = row.products.subarray(at * 64, (at + 1) * 64).reduce((a, b) => a + b);
      expect(Math.abs(product / 8 - row.dots[at]!)).toBeLessThan(1e-4);
    });
    expect(row.groups.reduce((total, { share }) => total + share, 0)).toBeCloseTo(1, 6);
  });

  it("finds the neurons of figure 7: few, large, falling with distance", () => {
    const marked = row.groups.filter((group) => group.falls).map((group) => group.dims[0]!);
    expect(marked).toEqual([0, 9, 22, 39, 51]);
    const top = row.groups.toSorted((a, b) => b.share - a.share).slice(0, 3);
    expect(top.map((group) => group.dims[0])).toEqual([9, 23, 22]);
    expect(top.reduce((sum, { share }) => sum + share, 0)).toBeGreaterThan(0.9);
  });

  it("finds the queries nearly equal, except the first token's", () => {
    const q = (token: number) => john.entry("self.1.q", 10)!.data.subarray(token * 64, (token + 1) * 64);
    const cosine = (token: number) =>
      dot(q(token), q(8)) / Math.sqrt(dot(q(token), q(token)) * dot(q(8), q(8)));
    expect(cosine(0)).toBeLessThan(0.4);
    for (let token = 1; token < 8; token++) expect(cosine(token)).toBeGreaterThan(0.86);
  });

  it("sees only what the query sees", () => {
    expect(rowNeurons(john, "self", 1, 10, 2).keys).toEqual([0, 1, 2]);
    expect(() => rowNeurons(john, "self", 1, 10, 9)).toThrow(/no query 9/);
  });

  it("shares out 0 where the score does not vary", () => {
    const groups = rowNeurons(john, "self", 1, 10, 0).groups;
    expect(groups.every(({ share, falls }) => share === 0 && !falls)).toBe(true);
  });
});

describe("rotary pairs", () => {
  it("are halves or neighbours, and what does not turn stands alone", () => {
    expect(neuronDims(4, undefined)).toEqual([[0], [1], [2], [3]]);
    expect(neuronDims(6, { dims: 4, style: "half" })).toEqual([[0, 2], [1, 3], [4], [5]]);
    expect(neuronDims(4, { dims: 4, style: "interleaved" })).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  it("share what their two neurons share", () => {
    const single = rowNeurons(grouped(), "self", 0, 1, 5).groups;
    const paired = rowNeurons(grouped({ dims: 4, style: "half" }), "self", 0, 1, 5);
    expect(paired.rotary).toBe(true);
    expect(paired.groups[0]!.share).toBeCloseTo(single[0]!.share + single[2]!.share, 6);
    expect(paired.groups.some(({ falls }) => falls)).toBe(false);
  });
});

describe("what a query writes", () => {
  it("is the weighted sum of the values of its group", () => {
    const written = writtenValues(grouped(), "self", 0, 1, 3)!;
    expect(written.keys).toEqual([0, 1, 2, 3]);
    const weights = grouped().attention("self", 0, 1, 3, 4);
    const z = written.keys.reduce((sum, key, at) => sum + weights[key]! * written.values[at * 3]!, 0);
    expect(written.sum[0]).toBeCloseTo(z, 6);
    expect(written.lengths[0]).toBeCloseTo(Math.hypot(...written.weighted.subarray(0, 3)), 6);
  });

  it("is undefined where no values were recorded", () => {
    expect(writtenValues(john, "self", 0, 0, 0)).toBeUndefined();
  });
});
