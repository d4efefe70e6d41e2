// Ids and offsets of 2,000 hostile strings (emoji, CJK, combining marks, spaces, control characters) equal Python's,
// but for what known-divergences.ts names.

import { describe, expect, it } from "vitest";
import { differences, goldenTokenizer, strings } from "../../../test/hostile-strings.ts";
import { tokenizerFromJson } from "./from-json.ts";
import { divergencesIn } from "./known-divergences.ts";

const EXACT = ["gpt2", "llama", "t5", "mistral", "roberta", "bloom", "qwen2", "marian", "gemma2"];

it.each(EXACT)("%s equals Python in all of them", (name) => {
  const found = differences(`golden-${name}`, tokenizerFromJson(goldenTokenizer(name)));
  expect(found).toEqual({ ids: [], offsets: [] });
});

describe.each(["bert", "albert"])("%s", (name) => {
  it("equals Python where no newer character is met", () => {
    const { ids, offsets } = differences(`golden-${name}`, tokenizerFromJson(goldenTokenizer(name)));
    const differing = [...new Set([...ids, ...offsets])];
    expect(differing.filter((i) => divergencesIn(strings[i]!).length === 0)).toEqual([]);
    expect(differing.length).toBeLessThan(10);
  });
});
