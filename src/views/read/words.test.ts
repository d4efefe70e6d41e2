import { describe, expect, it } from "vitest";
import type { Token } from "../../trace/index.ts";
import {
  continuesWord,
  placedWordsOf,
  textOf,
  tiedToBefore,
  wordOf,
  wordsOf,
  wordTitle,
  writesSpaces,
} from "./words.ts";

function token(text: string, more: Partial<Token> = {}): Token {
  return { id: 7, raw: text, text, start: null, end: null, special: false, segment: 0, ...more };
}

describe("textOf", () => {
  const at = (text: string, start: number) => token(text, { start, end: start + text.length });
  it.each([
    ["tokens with spaces of their own", [token("Tom"), token(" saw"), token(".")], "Tom saw."],
    ["words without", [token("Tom"), token("saw"), token("it")], "Tom saw it"],
    ["pieces", [token("play"), token("ing", { raw: "##ing" }), token("ball")], "playing ball"],
    ["words that touch", [at("cats", 0), at("don", 5), at("'", 8), at("t", 9), at(".", 10)], "cats don't."],
    ["Japanese", [token("少女"), token("は"), token("「"), token("海"), token("」")], "少女は「海」"],
    ["Thai", [token("เด็ก"), token("อ่าน")], "เด็กอ่าน"],
    ["two sentences", [at("A.", 0), { ...at("B.", 2), segment: 1 as const }], "A. B."],
    ["nothing", [], ""],
  ])("of %s", (_, tokens, text) => expect(textOf(tokens)).toBe(text));
});

describe("wordOf", () => {
  it.each([
    [" cat", "cat"],
    ["cat", "cat"],
    ["a b", "a b"],
    [" ", "␣"],
    ["  ", "␣␣"],
    ["\n", "⏎"],
    ["\r\n", "⏎"],
    ["\n\n", "⏎⏎"],
    ["\t", "⇥"],
    ["\u0000", "U+0000"],
    ["\u0085", "U+0085"],
    ["\ufeff", "U+FEFF"],
    ["\u200d", "U+200D"],
    ["<b>x</b>", "<b>x</b>"],
    ["שלום", "שלום"],
    ["👩‍👩‍👧", "👩‍👩‍👧"],
    ["می‌خواهم", "می‌خواهم"],
  ])("%j is written %s", (text, label) => expect(wordOf(token(text))).toBe(label));

  it("falls back to the raw form, and never shows nothing", () => {
    expect(wordOf(token("", { raw: "<0x0A>" }))).toBe("<0x0A>");
    expect(wordOf(token("", { raw: "" }))).toBe("(empty)");
  });
});

it("wordTitle gives raw spelling, id and position", () => {
  expect(wordTitle(token(" cat", { raw: "Ġcat", id: 3797 }), 2)).toBe('"Ġcat", id 3797, position 2');
  expect(wordTitle(token("x", { id: null }), 0)).toBe('"x", no id, position 0');
});

describe("continuesWord", () => {
  it("ties pieces of one word", () => {
    const sum = token(" sum", { start: 3, end: 7 });
    expect(continuesWord(sum, token("mar", { start: 7, end: 10 }))).toBe(true);
    expect(continuesWord(sum, token(" mar", { start: 7, end: 11 }))).toBe(false);
    expect(continuesWord(sum, token(".", { start: 7, end: 8 }))).toBe(false);
    expect(continuesWord(sum, token("ing", { raw: "##ing" }))).toBe(true);
    expect(continuesWord(undefined, sum)).toBe(false);
  });

  it("reads leading spaces where there are no offsets", () => {
    const spaced = writesSpaces([token(" B"), token("en"), token(" went")]);
    expect(continuesWord(token(" B"), token("en"), spaced)).toBe(true);
    expect(continuesWord(token("en"), token(" went"), spaced)).toBe(false);
    expect(continuesWord(token("the"), token("cat"), writesSpaces([token("the"), token("cat")]))).toBe(false);
  });

  it("does not tie across special tokens, sentences or scripts without spaces", () => {
    const [a, b] = [token("a", { start: 0, end: 1 }), token("b", { start: 1, end: 2 })];
    expect(continuesWord({ ...a, special: true }, b)).toBe(false);
    expect(continuesWord(a, { ...b, segment: 1 })).toBe(false);
    expect(continuesWord(token("注", { start: 0, end: 1 }), token("意", { start: 1, end: 2 }))).toBe(false);
  });
});

describe("labels of a whole text", () => {
  const text = (...texts: string[]) => texts.map((t) => token(t));

  it("write the pieces of a character as that character, and tie them", () => {
    const tokens = text(" ca", "f", "\\xC3", "\\xA9", " \\xE6\\x88", "\\x91", "\\xF0");
    expect(wordsOf(tokens)).toEqual(["ca", "f", "é 1/2", "é 2/2", "我 1/2", "我 2/2", "\\xF0"]);
    expect(tokens.map((_, i) => tiedToBefore(tokens, i))).toEqual([
      false,
      true,
      true,
      true,
      false,
      true,
      false,
    ]);
    expect(wordsOf(text("f\\xC3", "\\xA9"))).toEqual(["fé", "é 2/2"]);
  });

  it("give equal words their position, and cut long ones before it", () => {
    expect(placedWordsOf(text(" a", " b", " a"))).toEqual(["a 0", "b", "a 2"]);
    expect(placedWordsOf(text(" extraordinarily", " extraordinarily"))[1]).toBe("extraor… 1");
  });
});
