import { describe, expect, it } from "vitest";
import { floatTensor } from "../tensor/index.ts";
import { type Spelled, type Trace, traceFromAttention } from "../trace/index.ts";
import { blockText } from "./block-text.ts";
import { rowsToScore } from "./head-rows.ts";
import { scoreHead, scoresFor, scoreTables } from "./score-tables.ts";
import { correlation, SCORES, scoreById } from "./scores.ts";

/** A trace of one head whose row i puts `weights(i, j)` on key j. */
function traceOf(
  tokens: readonly Spelled[],
  weights: (query: number, key: number) => number,
  sentenceBStart?: number,
): Trace {
  const matrix = tokens.map((_, i) => tokens.map((_, j) => weights(i, j)));
  return traceFromAttention({ attention: [[matrix]], tokens, sentenceBStart });
}

function score(id: string, trace: Trace): number {
  return scoreHead(scoreById(id)!, trace, "self", 0, 0);
}

const one = (holds: boolean): number => Number(holds);
/** Even over the keys that a causal query sees. */
const even = (i: number, j: number): number => (j <= i ? 1 / (i + 1) : 0);
const causal = (tokens: readonly string[], at: (i: number) => number): Trace =>
  traceOf(tokens, (i, j) => one(j === at(i)));

describe("scores of patterns that are known", () => {
  const words = ["a", "b", "c", "d", "e", "f"];

  it("previous, next and first", () => {
    expect(
      score(
        "previous",
        causal(words, (i) => Math.max(0, i - 1)),
      ),
    ).toBe(1);
    expect(
      score(
        "next",
        traceOf(words, (i, j) => one(j === Math.min(5, i + 1))),
      ),
    ).toBe(1);
    expect(
      score(
        "first",
        causal(words, () => 0),
      ),
    ).toBe(1);
    expect(
      score(
        "previous",
        causal(words, () => 0),
      ),
    ).toBe(1 / 5);
  });

  it("same word counts only earlier ones where causal, and never the first token", () => {
    const text = ["<s>", "The", " cat", " the", " cat", "."];
    expect(
      score(
        "same",
        causal(text, (i) => [0, 0, 0, 1, 2, 0][i]!),
      ),
    ).toBe(1);
    expect(
      score(
        "same",
        causal(["cat", " cat", "."], (i) => Math.max(0, i - 1)),
      ),
    ).toBeNaN();
  });

  it("induction looks one after the earlier occurrence", () => {
    const text = ["x", "y", "z", "x", "y", "z"];
    expect(
      score(
        "induction",
        causal(text, (i) => Math.max(0, i - 2)),
      ),
    ).toBe(1);
    expect(
      score(
        "induction",
        causal(text, (i) => Math.max(0, i - 3)),
      ),
    ).toBe(0);
  });

  it("broad is 1 for an even spread after the first token, 0 for all on the first", () => {
    expect(
      score(
        "broad",
        traceOf(words, (i, j) => (i ? one(j > 0 && j <= i) / i : one(j === 0))),
      ),
    ).toBeCloseTo(1, 6);
    expect(
      score(
        "broad",
        causal(words, () => 0),
      ),
    ).toBe(0);
    expect(score("entropy", traceOf(words, even))).toBeCloseTo(1, 6);
  });

  it("decay is 1 where weights fall evenly with distance, 0 where they do not change", () => {
    const falling = traceOf(words, (i, j) =>
      i === 0 ? one(j === 0) : j > 0 && j <= i ? (10 - (i - j)) / i / 10 : 0,
    );
    expect(score("decay", falling)).toBeGreaterThan(0.99);
    expect(
      Math.abs(
        score(
          "decay",
          traceOf(words, (i, j) => (j <= i && i ? one(j > 0) / i : one(i === j))),
        ),
      ),
    ).toBeLessThan(1e-6);
  });

  it("cross, within and delimiter leave special tokens out", () => {
    const pair = ["[CLS]", "a", "[SEP]", "b", "[SEP]"];
    const across = traceOf(pair, (i, j) => one(j === (i === 1 ? 3 : 1)), 3);
    expect(score("cross", across)).toBe(1);
    expect(score("within", across)).toBe(0);
    expect(
      score(
        "delimiter",
        traceOf(pair, (_, j) => one(j === 2), 3),
      ),
    ).toBe(1);
  });

  it("punctuation is scored for words that can see some", () => {
    expect(
      score(
        "punctuation",
        causal(["a", ",", " b", " c"], (i) => [0, 0, 1, 2][i]!),
      ),
    ).toBe(0.5);
  });

  it("alignment is the largest weight on a word of the source", () => {
    const trace = traceFromAttention({
      encoderTokens: ["x", "y", "</s>"],
      decoderTokens: ["u", "v"],
      cross: {
        attention: [
          [
            [
              [0.75, 0, 0.25],
              [0, 0.25, 0.75],
            ],
          ],
        ],
      },
    });
    expect(scoreHead(scoreById("alignment")!, trace, "cross", 0, 0)).toBe(0.5);
    expect(scoresFor(trace, "cross").map((s) => s.id)).toContain("alignment");
    expect(scoresFor(trace, "cross").map((s) => s.id)).not.toContain("previous");
  });
});

describe("which scores apply", () => {
  it("follows causality, sentences and repeats", () => {
    const ids = (trace: Trace): string[] => scoresFor(trace, "self").map((s) => s.id);
    const decoder = ids(traceOf(["a", "b", "c", "d", "e"], even));
    expect(decoder).toEqual(["previous", "first", "broad", "decay", "entropy"]);
    const pair = ids(traceOf(["[CLS]", "a", "[SEP]", "a", "[SEP]"], () => 0.2, 3));
    expect(pair).toEqual(["cross", "previous", "next", "same", "broad", "within", "delimiter", "entropy"]);
    expect(ids(traceOf(["x", "y", "z", "x", "y", "z"], even))).toContain("induction");
  });

  it("gives every score a definition, a source and an id of its own", () => {
    expect(new Set(SCORES.map((s) => s.id)).size).toBe(SCORES.length);
    for (const { definition, source } of SCORES)
      expect([definition.length > 20, source.length > 5]).toEqual([true, true]);
  });
});

describe("tables", () => {
  it("hold NaN for layers that were not recorded", () => {
    const attention = [
      null,
      [
        [
          [1, 0],
          [1, 0],
        ],
      ],
    ];
    const [table] = scoreTables(traceFromAttention({ attention, tokens: ["a", "b"] }), "self");
    expect(table).toMatchObject({ id: "previous", layers: 2, heads: 1, rows: 2, of: 2 });
    expect([...table!.values]).toEqual([Number.NaN, 1]);
  });

  it("sample rows evenly where all would take too long, the last one among them", () => {
    const q = floatTensor([2, 200, 4], new Float32Array(1600));
    const trace = traceFromAttention({
      q: [q],
      k: [q],
      tokens: Array.from({ length: 200 }, (_, i) => `t${i}`),
    });
    expect(rowsToScore(trace, "self")).toHaveLength(200);
    const rows = rowsToScore(trace, "self", { recomputed: 2 * 200 * 4 * 100, stored: 0 });
    expect([rows[0], rows[1], rows.at(-1), rows.length]).toEqual([1, 3, 199, 100]);
  });
});

describe("correlation", () => {
  it("is 1, -1 or 0 where it must be", () => {
    expect(correlation([1, 2, 3], [2, 4, 6])).toBeCloseTo(1, 12);
    expect(correlation([1, 2, 3], [3, 2, 1])).toBeCloseTo(-1, 12);
    expect(correlation([1, 2, 3], [5, 5, 5])).toBe(0);
  });
});

describe("blockText", () => {
  it("takes the first token as null where causal, special tokens elsewhere", () => {
    expect([...blockText(traceOf(["a", "b"], even), "self").nullKey]).toEqual([1, 0]);
    expect([
      ...blockText(
        traceOf(["[CLS]", "b"], () => 0.5),
        "self",
      ).nullKey,
    ]).toEqual([1, 0]);
  });
});
