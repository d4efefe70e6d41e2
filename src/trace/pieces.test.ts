import { describe, expect, it } from "vitest";
import { sharedCharacters, wordGroups } from "./pieces.ts";
import type { Token } from "./types.ts";

const tokens = (...texts: string[]): Token[] =>
  texts.map((text, id) => ({ id, raw: text, text, start: 0, end: 0, special: /^</.test(text), segment: 0 }));

describe("sharedCharacters", () => {
  it("are the characters whose bytes lie in several tokens", () => {
    const chinese = tokens("a", " \\xE6\\x88", "\\x91", "\\xE4\\xBD\\xA0", "\\xF0\\x9F", "\\x90", "\\xB1");
    expect(sharedCharacters(chinese)).toEqual([
      { from: 1, to: 3, text: "我" },
      { from: 4, to: 7, text: "🐱" },
    ]);
  });

  it("are none where bytes are missing, or where other tokens stand between", () => {
    expect(sharedCharacters(tokens("\\xE6\\x88", "a"))).toEqual([]);
    expect(sharedCharacters(tokens("\\xE6\\x88", "a", "\\x91"))).toEqual([]);
    expect(sharedCharacters(tokens("\\x91", "\\xC3", "\\xA9"))).toEqual([{ from: 1, to: 3, text: "é" }]);
  });
});

describe("wordGroups", () => {
  const seen = (...texts: string[]) => wordGroups(tokens(...texts)).map(({ text }) => text);

  it("join the pieces of a word, and leave punctuation and special tokens alone", () => {
    expect(seen("<s>", "B", "r", "own", " ba", "nana", ".", " x")).toEqual([
      "<s>",
      "Brown",
      " banana",
      ".",
      " x",
    ]);
  });

  it("put characters together", () => {
    expect(seen(" ca", "f", "\\xC3", "\\xA9", "!", "\\xE6\\x88", "\\x91")).toEqual([" café", "!", "我"]);
  });
});
