import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { later } from "../../test/later.ts";
import { syntheticTrace, syntheticTranslation } from "../../test/synthetic.ts";
import type { Attention, Side } from "./attention.ts";
import { mergedOf } from "./merged.ts";
import { attentionOf } from "./recorded.ts";

/** Words from a list of "goes on with the word before". */
function groupsOf(goesOn: readonly boolean[], count: number): Int32Array {
  let word = -1;
  return Int32Array.from({ length: count }, (_, i) => (i > 0 && goesOn[i] ? word : ++word));
}

/** The pieces of a word, looked for one by one. */
const piecesOf = (groups: Int32Array, word: number): number[] =>
  [...groups.keys()].filter((position) => groups[position] === word);

/** Mean over queries of the sum over keys, cell by cell. */
function slow(from: Attention, groups: Record<Side, Int32Array>, query: number, key: number): number {
  const queries = piecesOf(groups.query, query);
  const keys = piecesOf(groups.key, key);
  const sums = queries.map((q) => keys.reduce((sum, k) => sum + from.row(1, 1, q)![k]!, 0));
  return sums.reduce((a, b) => a + b) / queries.length;
}

const flags = fc.array(fc.boolean(), { minLength: 9, maxLength: 9 });
const windows = fc.constantFrom(undefined, [2, 0] as const, [1, 1] as const);

describe("words in place of pieces", () => {
  it("are the mean over queries of the sum over keys, and exist where a piece does", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        flags,
        fc.boolean(),
        windows,
        (tokens, goesOn, causal, window) => {
          const options = { layers: 2, heads: 2, tokens, causal, ...(window ? { window } : {}) };
          const from = attentionOf(syntheticTrace(options), "self");
          const same = groupsOf(goesOn, tokens);
          const groups = { query: same, key: same };
          const merged = mergedOf(from, groups);
          const words = merged.tokens("key").length;
          const reach = merged.reach(1);
          const pieces = from.reach(1);
          for (let query = 0; query < words; query++) {
            const row = merged.row(1, 1, query)!;
            const [first, end] = reach.range(query);
            expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
            for (let key = 0; key < words; key++) {
              const seen = piecesOf(same, query).some((q) =>
                piecesOf(same, key).some((k) => pieces.visible(q, k)),
              );
              expect(row[key]).toBeCloseTo(slow(from, groups, query, key), 6);
              expect([reach.visible(query, key), key >= first && key < end]).toEqual([seen, seen]);
            }
          }
        },
      ),
      { numRuns: 80 },
    );
  });

  it("have a side each where source and target differ", () => {
    const from = attentionOf(syntheticTranslation(5, 6, 2, 2), "cross");
    const groups = { query: Int32Array.of(0, 0, 1, 2, 3, 3), key: Int32Array.of(0, 1, 1, 1, 2) };
    const merged = mergedOf(from, groups);
    expect([merged.tokens("query").length, merged.tokens("key").length]).toEqual([4, 3]);
    expect(merged.row(1, 1, 3)![1]).toBeCloseTo(slow(from, groups, 3, 1), 6);
    expect([merged.pieces("key", 1), merged.wordAt("query", 5)]).toEqual([[1, 4], 3]);
    expect(merged.unit).toBe("attention of words (Σ keys, mean queries)");
  });

  it("are written as one word, with the places of first and last piece", () => {
    const trace = syntheticTrace({ layers: 1, heads: 1, tokens: 3 });
    const [stream] = trace.manifest.streams;
    const spelled = ["mat", "##ri", "##x"].map((raw, i) => ({ ...stream!.tokens[i]!, raw, text: raw }));
    const from = attentionOf(trace, "self");
    const tokens = spelled.map((token, i) => ({ ...token, start: i, end: i + 1 }));
    const groups = Int32Array.of(0, 0, 0);
    const named: Attention = { ...later(from), tokens: () => tokens };
    const [word] = mergedOf(named, { query: groups, key: groups }).tokens("key");
    expect(word).toMatchObject({ raw: "matrix", text: "matrix", start: 0, end: 3, id: null });
  });

  it("ask for the rows of all pieces", async () => {
    const pending = later(attentionOf(syntheticTrace({ layers: 1, heads: 2, tokens: 4 }), "self"));
    const groups = Int32Array.of(0, 1, 1, 2);
    const merged = mergedOf(pending, { query: groups, key: groups });
    expect([merged.row(0, 1, 1), merged.has(0, 1, 1), merged.state(0)]).toEqual([
      undefined,
      false,
      "pending",
    ]);
    await merged.want([{ layer: 0, head: 1, query: 1 }]);
    expect(merged.row(0, 1, 1)!.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    expect(merged.has(0, 1, 2)).toBe(false);
  });

  it("are refused where groups do not fit the tokens", () => {
    const from = attentionOf(syntheticTrace({ layers: 1, heads: 1, tokens: 3 }), "self");
    const good = Int32Array.of(0, 0, 1);
    expect(() => mergedOf(from, { query: good, key: Int32Array.of(0, 1) })).toThrow(
      "The key groups are 2; expected 3, one per token.",
    );
    expect(() => mergedOf(from, { query: Int32Array.of(0, 2, 2), key: good })).toThrow(
      "The query groups hold 2 at position 1; expected numbers from 0 that stay or grow by one.",
    );
  });
});
