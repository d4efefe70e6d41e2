import { describe, expect, test } from "vitest";
import { type SyntheticOptions, syntheticTrace } from "../../../test/synthetic.ts";
import { attentionOf } from "../../trace/index.ts";
import { filterOf, modeOf, START, selectionOf } from "./place.ts";

const attention = (options: SyntheticOptions) => attentionOf(syntheticTrace(options), "self");
const causal = attention({ layers: 3, heads: 4, tokens: 8 });
const pair = attention({ layers: 2, heads: 2, tokens: 8, pair: true });
const best = { layer: 1, head: 2 };

describe("a place in a run", () => {
  test("selects the best head and the last word where it says nothing", () => {
    const expected = { block: "self", layer: 1, heads: [2], focus: 2, pins: [7], side: "query" };
    expect(selectionOf(START, causal, best)).toEqual(expected);
  });

  test("pins the last word of any script, not the sign or the broken byte behind it", () => {
    const pinned = (...texts: string[]): number => {
      const tokens = texts.map((text, id) => ({
        id,
        raw: text,
        text,
        start: null,
        end: null,
        special: false,
        segment: 0,
      }));
      const of = { ...causal, layers: 1, tokens: () => tokens, heads: () => 1 };
      return selectionOf(START, of as unknown as typeof causal, best).pins[0]!;
    };
    expect(pinned(" Hello", " world", "!")).toBe(1);
    expect(pinned("\\xE6\\x88", "\\x91", "\\xE3\\x80", "\\x82")).toBe(1);
    expect(pinned("مرحبا", " بالعالم", "؟")).toBe(1);
    expect(pinned(" a", "\\xF0", "\\x9F")).toBe(0);
  });

  test("of another model is brought inside this one's sizes", () => {
    const place = { ...START, layer: 40, heads: [99], focus: 99, pins: [500], block: "cross" as const };
    expect(selectionOf(place, causal, best)).toMatchObject({ block: "self", layer: 1, heads: [2], pins: [] });
    const inside = { ...START, layer: 2, heads: [3, 99, 1], focus: 99, pins: [] };
    expect(selectionOf(inside, causal, best)).toMatchObject({ layer: 2, heads: [1, 3], focus: 1, pins: [] });
  });

  test("hides the first token of causal models and special tokens of others", () => {
    const place = { ...START, hide: true, strongest: 80 };
    expect(filterOf(place, causal, false)).toMatchObject({
      hideFirst: true,
      hideSpecial: false,
      strongest: 0.8,
    });
    expect(filterOf(place, pair, true)).toMatchObject({ hideFirst: false, hideSpecial: true });
  });

  test("filters sentences only where there are two", () => {
    const place = { ...START, filter: "ab" as const };
    expect(filterOf(place, pair, true).segments).toEqual({ query: 0, key: 1 });
    expect(filterOf(place, causal, false).segments).toBeNull();
  });

  test("shows long texts as a matrix unless it says otherwise", () => {
    const long = attention({ layers: 1, heads: 1, tokens: 61 });
    expect([modeOf(START, causal), modeOf(START, long)]).toEqual(["both", "matrix"]);
    expect(modeOf({ ...START, view: "lines" }, long)).toBe("lines");
  });
});
