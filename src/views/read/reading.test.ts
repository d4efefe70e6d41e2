import { describe, expect, it } from "vitest";
import { syntheticTrace, syntheticTranslation } from "../../../test/synthetic.ts";
import { floatTensor } from "../../tensor/index.ts";
import { attentionOf, joinedOf, Trace } from "../../trace/index.ts";
import type { Selection } from "../view.ts";
import { READINGS, readingOf, whyNot } from "./reading.ts";
import { wordGroups, wordsOf } from "./words.ts";

/** "a mat ##rix is full": five tokens, four words. */
function inPieces(): Trace {
  const trace = syntheticTrace({ layers: 2, heads: 4, tokens: 5, headSize: 4, store: "qk" });
  const words = ["a", "mat", "##rix", "is", "full"];
  const tokens = words.map((raw, i) => ({ ...trace.stream("text").tokens[i]!, raw, text: raw }));
  const parts = trace.parts();
  return new Trace({ ...parts.manifest, streams: [{ name: "text", tokens }] }, parts.tensors);
}

const trace = inPieces();
const attention = attentionOf(trace, "self");
const selection: Selection = { block: "self", layer: 1, heads: [1, 3], focus: 3, pins: [1], side: "query" };
const read = { trace, attention, selection };
const outputs = async () => floatTensor([4, 4, 4], new Float32Array(64).fill(1));

it("words are counted from 0, pieces have the number of their word", () => {
  expect([...wordGroups(attention.tokens("key"))]).toEqual([0, 1, 1, 2, 3]);
});

describe("a reading", () => {
  it("of words has pins of words, and gives tokens back", () => {
    const words = readingOf("words", read);
    expect(words.attention.tokens("query").map(({ raw }) => raw)).toEqual(["a", "matrix", "is", "full"]);
    expect(words.selection.pins).toEqual([1]);
    expect(words.back({ ...words.selection, pins: [1, 3] }).pins).toEqual([1, 4]);
    expect(words.back({ ...words.selection, side: "key", pins: [1] }).pins).toEqual([2]);
    expect(words.hoverOf({ layer: 1, head: 3, query: 2, key: 3 })).toEqual({
      layer: 1,
      head: 3,
      query: 1,
      key: 2,
    });
    expect(words.hoverBack({ layer: 1, head: null, query: null, key: 1 })?.key).toBe(2);
    expect(words.tokens("key", [0, 1])).toEqual([0, 1, 2]);
    expect(words.positions("key", [1, 2, 4])).toEqual([1, 3]);
  });

  it("of raw tokens has them as they are spelled, and the same numbers", () => {
    const parts = trace.parts();
    const spelled = ["Ġa", "mat", "</w>", "Ċ", ""];
    const tokens = spelled.map((raw, i) => ({
      ...trace.stream("text").tokens[i]!,
      raw,
      text: raw ? ` ${i}` : "4",
    }));
    const run = new Trace({ ...parts.manifest, streams: [{ name: "text", tokens }] }, parts.tensors);
    const of = { ...read, trace: run, attention: attentionOf(run, "self") };
    const raw = readingOf("raw", of);
    expect(wordsOf(raw.attention.tokens("key"))).toEqual(["Ġa", "mat", "</w>", "Ċ", "4"]);
    expect([...wordGroups(raw.attention.tokens("query"))]).toEqual([0, 1, 2, 3, 4]);
    expect(raw.attention.row(1, 3, 4)).toEqual(of.attention.row(1, 3, 4));
    expect(raw.attention.scores(1, 3, 4)).toEqual(of.attention.scores(1, 3, 4));
    expect(raw.selection).toBe(selection);
    expect([whyNot("raw", of), whyNot("raw", read)]).toEqual([
      null,
      "Every token is spelled as it is shown.",
    ]);
  });

  it("of the average has one head, and gives the chosen ones back", () => {
    const mean = readingOf("mean", read);
    expect([mean.selection.heads, mean.selection.focus, mean.attention.heads(1)]).toEqual([[0], 0, 1]);
    expect(mean.back({ ...mean.selection, pins: [4] })).toEqual({ ...selection, pins: [4] });
  });

  it("is the same attention each time", () => {
    for (const name of READINGS) {
      const [a, b] = [1, 2].map(() => readingOf(name, { ...read, outputs }).attention);
      expect(a).toBe(b);
    }
    expect(readingOf("plain", read).attention).toBe(attention);
    expect(readingOf("z", { ...read, outputs }).attention.unit).toContain("|v W_O|");
  });

  it("says why it cannot be had, and is plain then", () => {
    const one = { ...read, selection: { ...selection, heads: [3] } };
    expect(whyNot("mean", one)).toBe("Choose several heads to average them.");
    expect(readingOf("mean", one).attention).toBe(attention);
    expect(whyNot("z", read)).toContain("W_O is the model's");
    const stored = syntheticTrace({ layers: 1, heads: 1, tokens: 3 });
    const plain = { ...read, trace: stored, attention: attentionOf(stored, "self") };
    expect(whyNot("v", plain)).toBe("Values were not recorded in this run.");
    expect(whyNot("words", plain)).toBe("No word of this text is in pieces.");
    const run = syntheticTranslation();
    expect(whyNot("v", { ...read, trace: run, attention: joinedOf(run)! })).toContain("Values belong to one");
  });
});
