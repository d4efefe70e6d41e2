// Trace files: written, read, and as Python writes them.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { file, k, least, q, rich, values, weights } from "../../test/support/trace-files.ts";
import { floatTensor } from "../tensor/index.ts";
import { readTrace, writeTrace } from "./file.ts";

const fixture = (name: string): Uint8Array =>
  readFileSync(new URL(`../../test/fixtures/trace/${name}.safetensors`, import.meta.url));

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
