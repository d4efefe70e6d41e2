import { describe, expect, it } from "vitest";
import { syntheticTrace, syntheticTranslation } from "../../test/synthetic.ts";
import { readTrace, writeTrace } from "./file.ts";
import { KeptRows } from "./kept-rows.ts";
import { attentionOf } from "./recorded.ts";

const live = syntheticTrace({ layers: 2, heads: 2, tokens: 6, headSize: 4, store: "qk" });

describe("attention of a recorded block", () => {
  it("is the same for all that ask", () => {
    expect(attentionOf(live, "self")).toBe(attentionOf(live, "self"));
  });

  it("gives the rows of the run, recomputed ones kept where they are looked at only", () => {
    const attention = attentionOf(live, "self");
    const row = attention.row(0, 1, 3);
    expect([...row!]).toEqual([...live.attention("self", 0, 1, 3, 4)]);
    expect(attention.row(0, 1, 3)).toBe(row);
    attention.row(1, 0, 2, false);
    expect([attention.has(0, 1, 3), attention.has(1, 0, 2), attention.stored(0)]).toEqual([
      true,
      false,
      false,
    ]);
    expect([...attention.scores(0, 1, 3)!]).toEqual([...live.scores("self", 0, 1, 3, 4)]);
  });

  it("works several rows out at once, and keeps them only for who reads them again", () => {
    const attention = attentionOf(
      syntheticTrace({ layers: 1, heads: 2, tokens: 6, headSize: 4, store: "qk" }),
      "self",
    );
    const seen = () => [1, 3, 4].map((query) => attention.has(0, 1, query));
    attention.rows!(0, 1, [1, 3, 4]);
    expect(seen()).toEqual([false, false, false]);
    const rows = attention.rows!(0, 1, [1, 3, 4], true)!;
    expect(seen()).toEqual([true, true, true]);
    expect([...attention.row(0, 1, 3)!]).toEqual([...rows.subarray(6, 12)]);
    expect([...rows.subarray(6, 12)]).toEqual([...attention.row(0, 1, 3, false)!]);
  });

  it("reads stored rows, at whatever precision they were written", () => {
    const stored = syntheticTrace({ layers: 2, heads: 2, tokens: 5 });
    for (const precision of ["f32", "f16"] as const) {
      const attention = attentionOf(readTrace(writeTrace(stored, { precision })), "self");
      expect([attention.stored(1), attention.has(1, 1, 4), attention.scores(1, 1, 4)]).toEqual([
        true,
        true,
        undefined,
      ]);
      for (let head = 0; head < 2; head++) {
        for (const keep of [true, false]) {
          const row = attention.row(1, head, 4, keep)!;
          row.forEach((weight, key) => {
            expect(weight).toBeCloseTo(
              stored.attention("self", 1, head, 4, 5)[key]!,
              precision === "f32" ? 7 : 3,
            );
          });
        }
      }
    }
  });

  it("knows what was recorded, what a model wrote and the sides of a block", async () => {
    const part = attentionOf(
      syntheticTrace({ layers: 2, heads: 2, tokens: 4, recorded: [1], store: "qk" }),
      "self",
    );
    expect([part.state(0), part.state(1), part.row(0, 0, 0)]).toEqual(["absent", "here", undefined]);
    await part.want([{ layer: 1, head: 0, query: 0 }]);
    const run = syntheticTranslation(3, 4, 2, 2);
    Object.assign(run, { manifest: { ...run.manifest, generated: { stream: "decoder", start: 1 } } });
    const cross = attentionOf(run, "cross");
    expect([cross.tokens("query").length, cross.tokens("key").length]).toEqual([4, 3]);
    expect([cross.written("query"), cross.written("key")]).toEqual([1, null]);
  });
});

it("keeps rows up to a bound, the first ones go first", () => {
  const rows = new KeptRows(2, 10, 8);
  const row = () => new Float32Array(4);
  for (const query of [0, 1, 2]) rows.keep(0, 1, query, row());
  expect([0, 1, 2].map((query) => rows.get(0, 1, query) !== undefined)).toEqual([false, true, true]);
  expect([rows.size, rows.get(1, 0, 1)]).toEqual([8, undefined]);
  rows.keep(1, 1, 0, new Float32Array(20));
  expect([rows.size, rows.get(1, 1, 0)?.length]).toEqual([20, 20]);
});
