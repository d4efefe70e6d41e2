import { expect, it } from "vitest";
import { charactersOf } from "./characters.ts";

it.each([
  ["cat", ["c", "a", "t"]],
  ["e\u0301e", ["e\u0301", "e"]],
  ["👩🏽‍🚀👍🏿", ["👩🏽‍🚀", "👍🏿"]],
  ["🇩🇪🇫🇷", ["🇩🇪", "🇫🇷"]],
  ["🏴\u{e0067}\u{e0062}\u{e007f}!", ["🏴\u{e0067}\u{e0062}\u{e007f}", "!"]],
  ["1\ufe0f\u20e32", ["1\ufe0f\u20e3", "2"]],
  ["हिन्दी", ["हि", "न्", "दी"]],
  ["か\u3099き", ["か\u3099", "き"]],
  ["\u0301a\n", ["\u0301", "a", "\n"]],
  ["", []],
])("%j", (text, characters) => {
  expect(charactersOf(text)).toEqual(characters);
});
