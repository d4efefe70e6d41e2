import { describe, expect, it } from "vitest";
import { readRecorded } from "../../test/figures/recorded.ts";
import { syntheticTrace } from "../../test/synthetic.ts";
import { type Attention, attentionOf, type Token, traceFromAttention } from "../trace/index.ts";
import { alignTokens, contrastScore } from "./index.ts";

const token = (text: string): Token => ({ raw: text, text, id: 0 }) as Token;
const aligned = (before: Attention, after: Attention) => ({
  query: alignTokens(before.tokens("query"), after.tokens("query")),
  key: alignTokens(before.tokens("key"), after.tokens("key")),
});

/** The same by its definition: every key of both runs put into a named share, shares compared, one cell at a time. */
function slowly(before: Attention, after: Attention, layer: number, head: number, queries: number[]): number {
  const { query: rows, key: columns } = aligned(before, after);
  const distances: number[] = [];
  for (const query of queries) {
    if (rows[query] === -1) continue;
    const shares = new Map<string, [number, number]>();
    const add = (name: string, run: 0 | 1, weight: number) => {
      const share = shares.get(name) ?? [0, 0];
      share[run] += weight;
      shares.set(name, share);
    };
    after.tokens("key").forEach((_, key) => {
      const name = columns[key] === -1 ? "alone" : `matched ${columns[key]}`;
      add(name, 0, after.row(layer, head, query)![key]!);
    });
    before.tokens("key").forEach((_, key) => {
      const name = columns.includes(key) ? `matched ${key}` : "alone";
      add(name, 1, before.row(layer, head, rows[query]!)![key]!);
    });
    distances.push([...shares.values()].reduce((sum, [a, b]) => sum + Math.abs(a - b), 0) / 2);
  }
  return distances.reduce((sum, distance) => sum + distance, 0) / distances.length;
}

describe("the contrast of two runs", () => {
  const run = (words: string, seed: number) => {
    const tokens = words.split(" ").map(token);
    const made = syntheticTrace({ layers: 2, heads: 3, tokens: tokens.length, seed });
    const attention = [0, 1].map((layer) =>
      [0, 1, 2].map((head) => {
        const flat = made.attention("self", layer, head);
        return tokens.map((_, query) => [
          ...flat.subarray(query * tokens.length, (query + 1) * tokens.length),
        ]);
      }),
    );
    return attentionOf(traceFromAttention({ attention, tokens }), "self");
  };

  it.each([
    ["of one length", "a big cat sat . She", "a big dog sat . He"],
    ["where A has a word more", "a very big cat sat . She", "a cat sat . He"],
    ["where B has more, before and behind", "cat sat . She", "a big cat sat there . He left"],
  ])("is its definition, %s", (_, textA, textB) => {
    const [after, before] = [run(textA, 1), run(textB, 2)];
    const sat = textA.split(" ").indexOf("sat");
    for (const queries of [undefined, [1, sat], [sat]]) {
      const alignment = aligned(before, after);
      const table = contrastScore({ before, after, alignment, name: "x", ...(queries && { queries }) });
      const all = queries ?? after.tokens("query").map((_, at) => at);
      expect(table.rows).toBe(all.filter((at) => alignment.query[at]! >= 0).length);
      for (let i = 0; i < 6; i++) {
        const expected = slowly(before, after, Math.floor(i / 3), i % 3, all);
        expect(expected).toBeGreaterThan(0);
        expect(table.values[i]).toBeCloseTo(expected, 6);
      }
    }
  });

  it("is the same with the runs swapped, 0 for a run and itself, and at most 1", () => {
    const [a, b] = [run("a big cat sat", 1), run("a cat sat down", 2)];
    const there = contrastScore({ before: a, after: b, alignment: aligned(a, b), name: "x" });
    const back = contrastScore({ before: b, after: a, alignment: aligned(b, a), name: "x" });
    there.values.forEach((value, i) => {
      expect(value).toBeCloseTo(back.values[i]!, 6);
      expect(value).toBeGreaterThan(0);
      expect(value).toBeLessThanOrEqual(1);
    });
    const same = contrastScore({ before: a, after: a, alignment: aligned(a, a), name: "x" });
    expect([...same.values]).toEqual(Array(6).fill(0));
  });

  it("counts mass that goes to a word of its own as moved, once", () => {
    const square = (last: number[]) => [
      [last.map((_, query) => (query === last.length - 1 ? last : last.map((_, key) => Number(key === 0))))],
    ];
    const of = (words: string, last: number[]) =>
      attentionOf(
        traceFromAttention({ attention: square(last), tokens: words.split(" ").map(token) }),
        "self",
      );
    const [before, after] = [of("a c", [0.75, 0.25]), of("a b c", [0.25, 0.5, 0.25])];
    const { values } = contrastScore({
      before,
      after,
      alignment: aligned(before, after),
      queries: [2],
      name: "x",
    });
    expect([...values]).toEqual([0.5]);
  });

  it("is NaN for a head that one run lacks, and where no row has a counterpart", () => {
    const after = run("a cat sat", 1);
    const uniform = [0, 1, 2].map(() => [1 / 3, 1 / 3, 1 / 3]);
    const before = attentionOf(
      traceFromAttention({ attention: [[uniform, uniform], null], tokens: ["a", "cat", "sat"].map(token) }),
      "self",
    );
    const alignment = aligned(before, after);
    const { values } = contrastScore({ before, after, alignment, name: "x" });
    expect([...values].map(Number.isNaN)).toEqual([false, false, true, true, true, true]);
    const none = { query: Int32Array.of(-1, -1, -1), key: Int32Array.of(-1, -1, -1) };
    const apart = contrastScore({ before: after, after, alignment: none, name: "x" });
    expect([...apart.values]).toEqual(Array(6).fill(NaN));
    expect(apart.rows).toBe(0);
  });

  it("is what the gallery says of She and He: 4.1 moves most, then 3.2, which changes most on doctor", () => {
    const [she, he] = ["she", "he"].map((name) =>
      attentionOf(readRecorded(`gallery/traces/stories-gpt2-${name}.safetensors`), "self"),
    ) as [Attention, Attention];
    const last = she.tokens("query").length - 1;
    const alignment = aligned(he, she);
    const { values, heads } = contrastScore({
      before: he,
      after: she,
      alignment,
      queries: [last],
      name: "x",
    });
    const ranked = (numbers: ArrayLike<number>) =>
      Array.from(numbers, (value, i) => [`${Math.floor(i / heads)}.${i % heads}`, value.toFixed(2)]).sort(
        ([, a], [, b]) => Number(b) - Number(a),
      );
    expect(ranked(values).slice(0, 2)).toEqual([
      ["4.1", "0.16"],
      ["3.2", "0.15"],
    ]);
    const doctor = Array.from(values, (_, i) => {
      const at = [Math.floor(i / heads), i % heads, last] as const;
      return Math.abs(she.row(...at)![1]! - he.row(...at)![1]!);
    });
    expect(ranked(doctor)[0]).toEqual(["3.2", "0.12"]);
  });
});
