// Ids and offsets of 2,000 hostile strings (emoji, CJK, combining marks, spaces, control characters) equal Python's,
// but for what known-divergences.ts names.

import { describe, expect, it, vi } from "vitest";
import { differences, goldenTokenizer, recorded, strings, variants } from "../../../test/hostile-strings.ts";
import { tokenizerFromJson } from "./from-json.ts";
import { divergencesIn } from "./known-divergences.ts";

vi.setConfig({ testTimeout: 60_000 });

const EXACT = ["gpt2", "llama", "t5", "mistral", "roberta", "bloom", "qwen2", "marian", "gemma2"];

it.each(EXACT)("%s equals Python in all of them", (name) => {
  const found = differences(recorded(`golden-${name}`), tokenizerFromJson(goldenTokenizer(name)));
  expect(found).toEqual({ ids: [], offsets: [] });
});

describe.each(["bert", "albert"])("%s", (name) => {
  it("equals Python where no newer character is met", () => {
    const { ids, offsets } = differences(
      recorded(`golden-${name}`),
      tokenizerFromJson(goldenTokenizer(name)),
    );
    const differing = [...new Set([...ids, ...offsets])];
    expect(differing.filter((i) => divergencesIn(strings[i]!).length === 0)).toEqual([]);
    expect(differing.length).toBeLessThan(10);
  });
});

describe("changed tokenizers", () => {
  it.each(Object.keys(variants))("%s equals Python where no newer character is met", (name) => {
    const { golden, keys, ...expected } = variants[name]!;
    const { ids, offsets } = differences(
      expected,
      tokenizerFromJson({ ...goldenTokenizer(golden), ...keys }),
    );
    expect([...ids, ...offsets].filter((i) => divergencesIn(strings[i]!).length === 0)).toEqual([]);
  });
});
