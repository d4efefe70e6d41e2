import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { syntheticTrace } from "../../test/synthetic.ts";
import { differenceOf } from "./difference.ts";
import { attentionOf } from "./recorded.ts";

const tokens = fc.integer({ min: 1, max: 7 });
const make = (count: number, seed: number, causal: boolean) =>
  syntheticTrace({ layers: 2, heads: 2, tokens: count, seed, causal });

describe("a difference", () => {
  it("is after minus before where both have the cell, by position", () => {
    fc.assert(
      fc.property(tokens, tokens, fc.boolean(), fc.boolean(), (a, b, first, second) => {
        const [before, after] = [make(a, 1, first), make(b, 2, second)];
        const difference = differenceOf(attentionOf(before, "self"), attentionOf(after, "self"));
        const reach = difference.reach(1);
        for (let query = 0; query < b; query++) {
          const row = difference.row(1, 0, query)!;
          const [from, to] = reach.range(query);
          for (let key = 0; key < b; key++) {
            const both = query < a && key < a;
            const exists =
              both && (after.visible("self", 1, query, key) || before.visible("self", 1, query, key));
            const [x, y] = [after.attention("self", 1, 0), before.attention("self", 1, 0)];
            const slow = both ? x[query * b + key]! - y[query * a + key]! : 0;
            expect(row[key]).toBeCloseTo(slow, 6);
            expect(reach.visible(query, key)).toBe(exists);
            if (exists) expect(key >= from && key < to).toBe(true);
            if (!reach.masked) expect(key >= from && key < to).toBe(exists);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it("follows an alignment, and says which tokens have no counterpart", () => {
    const [before, after] = [make(4, 1, true), make(5, 2, true)];
    const positions = Int32Array.of(0, 1, -1, 2, 3);
    const alignment = { query: positions, key: positions };
    const difference = differenceOf(attentionOf(before, "self"), attentionOf(after, "self"), alignment);
    const [x, y] = [after.attention("self", 0, 1, 4, 5), before.attention("self", 0, 1, 3, 4)];
    const row = difference.row(0, 1, 4)!;
    expect([row[1], row[2], row[3]]).toEqual([Math.fround(x[1]! - y[1]!), 0, Math.fround(x[3]! - y[2]!)]);
    expect([...difference.row(0, 1, 2)!]).toEqual([0, 0, 0, 0, 0]);
    expect(difference.reach(0).visible(4, 2)).toBe(false);
    expect(difference.reach(0).range(2)).toEqual([0, 0]);
    expect([...difference.aligned("key")]).toEqual([0, 1, -1, 2, 3]);
  });

  it("of a run and itself is nothing, and is drawn in signs", () => {
    const attention = attentionOf(make(5, 3, true), "self");
    const difference = differenceOf(attention, attention);
    expect([difference.scale, difference.unit, difference.tokens("key")]).toEqual([
      "difference",
      "difference",
      attention.tokens("key"),
    ]);
    expect(Math.max(...difference.row(1, 1, 4)!.map(Math.abs))).toBe(0);
    expect([difference.reach(0).masked, difference.reach(0).causal]).toEqual([false, true]);
  });

  it("refuses an alignment that does not fit", () => {
    const [before, after] = [attentionOf(make(3, 1, true), "self"), attentionOf(make(4, 2, true), "self")];
    const fits = Int32Array.of(0, 1, 2, -1);
    expect(() => differenceOf(before, after, { query: fits, key: Int32Array.of(0, 1, 2) })).toThrow(
      "The key alignment has 3 entries; expected 4 positions from -1 to 2, one per token.",
    );
    expect(() => differenceOf(before, after, { query: Int32Array.of(0, 1, 2, 3), key: fits })).toThrow(
      "The query alignment holds position 3;",
    );
  });
});
