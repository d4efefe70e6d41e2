import { describe, expect, it } from "vitest";
import { syntheticTrace } from "../../test/synthetic.ts";
import { floatTensor, type Tensor } from "../tensor/index.ts";
import { type Attention, attentionOf, Trace } from "../trace/index.ts";
import { NO_FILTER, quietKeys, sliceOf } from "./slice.ts";

import { isSampled, thumbnailOf } from "./thumbnail.ts";

const none = new Set<number>();
const of = (trace: Trace): Attention => attentionOf(trace, "self");
const request = (trace: Trace, size: number, quiet: ReadonlySet<number> = none) => ({
  layer: 0,
  head: 0,
  slice: sliceOf(of(trace), NO_FILTER),
  size,
  quiet,
});

/** One head over `rows`, not causal. */
function traceOf(rows: number[][], causal = false): Trace {
  const base = syntheticTrace({ layers: 1, heads: 1, tokens: rows.length, causal, pair: false });
  const pattern = floatTensor([1, rows.length, rows.length], Float32Array.from(rows.flat()));
  return new Trace(base.manifest, new Map([["self.0.pattern", pattern]]));
}

describe("thumbnails", () => {
  const trace = traceOf([
    [0.5, 0.25, 0.25, 0],
    [0.125, 0.875, 0, 0],
    [0.25, 0.25, 0.25, 0.25],
    [0, 0, 0.0625, 0.9375],
  ]);

  it("are the weights themselves where there is room", () => {
    expect(thumbnailOf(of(trace), request(trace, 8))).toEqual(trace.attention("self", 0, 0));
  });

  it("keep the largest weight of each block", () => {
    expect([...thumbnailOf(of(trace), request(trace, 2))!]).toEqual([0.875, 0.25, 0.25, 0.9375]);
  });

  it("mark a quiet key where it stands out, and let others pass it", () => {
    expect([...thumbnailOf(of(trace), request(trace, 2, new Set([0])))!]).toEqual([
      0.875, 0.25, 0.25, 0.9375,
    ]);
    expect([...thumbnailOf(of(trace), request(trace, 4, new Set([0])))!.slice(0, 4)]).toEqual([
      -0.5, 0.25, 0.25, 0,
    ]);
  });

  it("leave masked cells out", () => {
    const causal = traceOf(
      [
        [1, 0, 0],
        [0.5, 0.5, 0],
        [0.25, 0.25, 0.5],
      ],
      true,
    );
    const masked = [...thumbnailOf(of(causal), request(causal, 3))!].map(Number.isNaN);
    expect(masked).toEqual([false, true, true, false, false, true, false, false, false]);
  });

  it("follow a stored mask and a filter", () => {
    const mask = {
      dtype: "U8" as const,
      shape: [4, 4],
      data: Uint8Array.from([1, 1, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]),
    };
    const pattern = floatTensor([1, 4, 4], trace.attention("self", 0, 0));
    const padded = new Trace(
      trace.manifest,
      new Map<string, Tensor>([
        ["self.0.pattern", pattern],
        ["self.mask", mask],
      ]),
    );
    expect([...thumbnailOf(of(padded), request(padded, 4))!.slice(0, 4)]).toEqual([
      0.5,
      0.25,
      Number.NaN,
      Number.NaN,
    ]);
    const slice = sliceOf(of(trace), { ...NO_FILTER, hideFirst: true });
    expect([...thumbnailOf(of(trace), { ...request(trace, 4), slice })!.slice(0, 3)]).toEqual([
      0.25, 0.25, 0,
    ]);
  });

  it("are null for a layer that was not recorded", () => {
    const part = syntheticTrace({ layers: 2, heads: 2, tokens: 4, recorded: [1] });
    expect(thumbnailOf(of(part), request(part, 4))).toBeNull();
  });

  it("of recomputed attention equal those of the same attention stored, when nothing is pooled", () => {
    const live = syntheticTrace({ layers: 1, heads: 4, tokens: 12, headSize: 8, kvHeads: 2, store: "qk" });
    const quiet = quietKeys(of(live));
    for (const head of [0, 3]) {
      const small = thumbnailOf(of(live), { ...request(live, 12, quiet), head })!;
      const weights = live.attention("self", 0, head);
      for (let i = 0; i < 12; i++) {
        for (let j = 0; j <= i; j++) expect(Math.abs(small[i * 12 + j]!)).toBe(weights[i * 12 + j]);
      }
    }
  });

  it("sample rows of long recomputed attention and never invent weights", () => {
    const live = syntheticTrace({ layers: 1, heads: 1, tokens: 64, headSize: 8, store: "qk" });
    const small = thumbnailOf(of(live), request(live, 8))!;
    const top = Math.max(...live.attention("self", 0, 0));
    expect(Math.max(...small.filter((w) => !Number.isNaN(w)))).toBeLessThanOrEqual(top);
    expect(small[0]).toBeGreaterThan(0);
  });
});

it("says when rows are only sampled: recomputed ones of a long text", () => {
  const long = { layers: 1, heads: 1, tokens: 64, headSize: 4 };
  const sampled = (trace: Trace, size: number): boolean =>
    isSampled(of(trace), sliceOf(of(trace), NO_FILTER), size);
  expect(sampled(syntheticTrace({ ...long, store: "qk" }), 16)).toBe(true);
  expect(sampled(syntheticTrace({ ...long, store: "qk" }), 40)).toBe(false);
  expect(sampled(syntheticTrace(long), 16)).toBe(false);
});
