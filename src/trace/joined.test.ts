import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { syntheticTrace, syntheticTranslation } from "../../test/synthetic.ts";
import { joinedOf } from "./joined.ts";
import type { Trace } from "./trace.ts";

/** Cell by cell, as it is defined; NaN where there is no cell. */
function slowCell(run: Trace, layer: number, head: number, query: number, key: number): number {
  const source = run.stream("encoder").tokens.length;
  const cell = (block: "encoder" | "cross" | "decoder", row: number, column: number): number =>
    run.visible(block, layer, row, column)
      ? run.attention(block, layer, head)[row * run.sides(block).keys + column]!
      : Number.NaN;
  if (query < source) return key < source ? cell("encoder", query, key) : Number.NaN;
  return key < source ? cell("cross", query - source, key) : cell("decoder", query - source, key - source);
}

describe("a joined run", () => {
  it("has the cells of encoder, cross and decoder attention, and no other", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 6 }),
        fc.nat(99),
        (from, to, seed) => {
          const run = syntheticTranslation(from, to, 2, 2, seed);
          const joined = joinedOf(run)!;
          const reach = joined.reach(1);
          for (let query = 0; query < from + to; query++) {
            const row = joined.row(1, 1, query)!;
            const [first, end] = reach.range(query);
            for (let key = 0; key < from + to; key++) {
              const slow = slowCell(run, 1, 1, query, key);
              expect(row[key]).toBe(Number.isNaN(slow) ? 0 : slow);
              expect(reach.visible(query, key)).toBe(!Number.isNaN(slow));
              if (!Number.isNaN(slow)) expect(key >= first && key < end).toBe(true);
            }
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  const run = syntheticTranslation(3, 4, 2, 2);
  const joined = joinedOf(run)!;

  it("renormalises nothing: rows of target words sum to 2", () => {
    expect(joined.row(1, 0, 2)!.reduce((sum, weight) => sum + weight)).toBeCloseTo(1, 5);
    expect(joined.row(1, 0, 6)!.reduce((sum, weight) => sum + weight)).toBeCloseTo(2, 5);
  });

  it("is the same object each time, here at once, and has names for its parts", () => {
    expect(joinedOf(run)).toBe(joined);
    expect([joined.state(0), joined.stored(0), joined.has(0, 0, 5)]).toEqual(["here", true, true]);
    expect([joined.parts, joined.heads(0), joined.layers]).toEqual([["Source", "Target"], 2, 2]);
  });

  it("knows which words a model wrote", () => {
    const written = syntheticTranslation(3, 4, 2, 2);
    Object.assign(written, {
      manifest: { ...written.manifest, generated: { stream: "decoder", start: 1 } },
    });
    expect(joinedOf(written)!.written("key")).toBe(4);
    expect(joined.written("query")).toBeNull();
  });

  it("is there for encoder-decoder runs only", () => {
    expect(joinedOf(syntheticTrace({ layers: 1, heads: 1, tokens: 3 }))).toBeNull();
  });
});
