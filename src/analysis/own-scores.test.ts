import { describe, expect, it } from "vitest";
import { syntheticTrace } from "../../test/synthetic.ts";
import { attentionOf, traceFromAttention } from "../trace/index.ts";
import { PatternError, patternScore, probeIds, probeScores, scoreTables, wordsScore } from "./index.ts";

const trace = syntheticTrace({ layers: 2, heads: 4, tokens: 9, seed: 2 });

describe("from word to word", () => {
  it("is the weight itself, in every head", () => {
    const { values } = wordsScore(attentionOf(trace, "self"), [5], [3], "over → fox");
    for (let i = 0; i < 8; i++)
      expect(values[i]).toBe(trace.attention("self", Math.floor(i / 4), i % 4, 5, 6)[3]);
  });

  it("adds up over keys, averages over queries, and counts masked cells as nothing", () => {
    const { values } = wordsScore(attentionOf(trace, "self"), [2, 5], [1, 4], "x");
    const row = (query: number) => trace.attention("self", 1, 2, query, query + 1);
    expect(values[6]).toBeCloseTo((row(2)[1]! + row(5)[1]! + row(5)[4]!) / 2, 6);
  });
});

/** One head that attends as `to` says, over these words. */
function headOf(words: readonly string[], to: (query: number) => number) {
  const rows = words.map((_, query) => words.map((_, key) => Number(key === to(query))));
  return traceFromAttention({ attention: [[rows]], tokens: words.map((raw) => ({ raw, text: raw })) });
}
const score = (sentence: string, words: readonly string[], to: (query: number) => number) =>
  scoreTables(headOf(words, to), "self", [patternScore(sentence)])[0]!.values[0];

describe("a reader's own pattern", () => {
  const words = ["One", " cat", ",", " two", " dogs", ",", " 3", " Cats"];

  it.each([
    ["from `,` to the word before it", (q: number) => Math.max(0, q - 1), 1],
    ["from any to the token before it", (q: number) => Math.max(0, q - 1), 1],
    ["from word to the last `,` before it", (q: number) => (q > 5 ? 5 : q > 2 ? 2 : 0), 1],
    ["from `,` to the word before it", () => 0, 0],
    ["from punctuation to the first token", () => 0, 1],
    ["from number to itself", (q: number) => q, 1],
    ["from capital to 2 tokens before it", (q: number) => Math.max(0, q - 2), 1],
    ["from any to `,`", (q: number) => (q > 2 ? 2 : 0), 1],
    ["from \"dogs\" to 'two'", (q: number) => Math.max(0, q - 1), 1],
  ])("%s", (sentence, to, expected) => {
    expect(score(sentence, words, to)).toBe(expected);
  });

  it.each(["", "to the token before it", "from x to y", "from `,` to somewhere else"])(
    "%j is refused in words",
    (sentence) => {
      expect(() => patternScore(sentence)).toThrow(PatternError);
      expect(() => patternScore(sentence)).toThrow(/Write from X to Y, where X is a token in backquotes/);
    },
  );

  it("does not apply where no token fits", () => {
    expect(patternScore("from special to itself").applies).toBeTypeOf("function");
    expect(score("from special to itself", words, (q) => q)).toBeNaN();
  });
});

describe("a probe", () => {
  it("is the same for a seed, inside the vocabulary, and repeats itself", () => {
    const ids = probeIds({ vocab: 1000, length: 10, seed: 3, first: 7 });
    expect(ids).toHaveLength(21);
    expect(ids[0]).toBe(7);
    expect(ids.slice(1, 11)).toEqual(ids.slice(11));
    expect(ids).toEqual(probeIds({ vocab: 1000, length: 10, seed: 3, first: 7 }));
    expect(ids).not.toEqual(probeIds({ vocab: 1000, length: 10, seed: 4, first: 7 }));
    expect(Math.max(...ids)).toBeLessThan(950);
    expect(Math.min(...ids.slice(1))).toBeGreaterThanOrEqual(50);
  });

  it("finds a head that copies, and one that looks for the same token", () => {
    const ids = probeIds({ vocab: 1000, length: 6, first: 0 });
    const rows = (offset: number) =>
      ids.map((_, query) => ids.map((_, key) => Number(key === (query > 6 ? query - 6 + offset : 0))));
    const run = traceFromAttention({
      attention: [[rows(1), rows(0)]],
      tokens: ids.map((id) => ({ raw: String(id), id })),
    });
    const [induction, duplicate] = probeScores(run);
    expect([...induction!.values]).toEqual([1, 0]);
    expect([...duplicate!.values]).toEqual([0, 1]);
    expect(() => probeScores(trace)).toThrow("This run is no probe");
  });
});
