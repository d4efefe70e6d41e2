import { describe, expect, it } from "vitest";
import { goldenTokenizer, readGz } from "../../../test/hostile-strings.ts";
import type { EncodedToken } from "../tokenizer.ts";
import { tokenizerFromJson } from "./from-json.ts";

interface Expected {
  text: string;
  pair?: string;
  ids: number[];
  type_ids?: number[];
  tokens: string[];
  offsets: [number, number][];
  special: number[];
}

const INPUTS = new URL("../../../test/fixtures/tokenizers/inputs.json.gz", import.meta.url);
const inputs = readGz(INPUTS) as Record<string, Expected[]>;
const tokenizerOf = (name: string) => tokenizerFromJson(goldenTokenizer(name));
const texts = (tokens: readonly EncodedToken[]) => tokens.map((token) => token.text);

describe.each(Object.keys(inputs))("%s", (name) => {
  it("gives Python's ids, tokens, offsets, special marks and token types", () => {
    const tokenizer = tokenizerOf(name);
    for (const input of inputs[name]!) {
      const tokens = tokenizer.encode(input.text, input.pair);
      expect(tokens.map((t) => t.id)).toEqual(input.ids);
      expect(tokens.map((t) => t.raw)).toEqual(input.tokens);
      expect(tokens.map((t) => [t.start ?? 0, t.end ?? 0])).toEqual(input.offsets);
      expect(tokens.map((t) => Number(t.special))).toEqual(input.special);
      if (input.type_ids) expect(tokens.map((t) => t.typeId)).toEqual(input.type_ids);
    }
  });

  it("decodes what it encoded", () => {
    const tokenizer = tokenizerOf(name);
    const ids = tokenizer.encode("the cat sat on the mat").map((t) => t.id);
    expect(tokenizer.decode(ids).trim()).toBe("the cat sat on the mat");
  });
});

describe("display text", () => {
  it("of byte-level tokens: spaces kept, whole characters decoded, lone bytes as hex", () => {
    expect(texts(tokenizerOf("gpt2").encode("a cat ë\n"))).toEqual([
      "a",
      " c",
      "at",
      " ",
      "\\xC3",
      "\\xAB",
      "\n",
    ]);
  });

  it("of SentencePiece tokens: the mark is a space, byte tokens are characters", () => {
    const shown = texts(tokenizerOf("mistral").encode("a cat\n", undefined, { addSpecialTokens: false }));
    expect(shown.join("")).toBe(" a cat\n");
  });

  it("of WordPiece tokens: pieces inside a word without mark, words with the space before them", () => {
    const shown = texts(tokenizerOf("bert").encode("The cat sat.", undefined, { addSpecialTokens: false }));
    expect(shown.join("")).toBe("the cat sat.");
    expect(shown[1]).toBe(" c");
  });

  it("of an unknown word: the unknown token, with its place in the text", () => {
    const [, unknown] = tokenizerOf("bert").encode("🐱🐱 a");
    expect(unknown).toMatchObject({ raw: "[UNK]", text: "[UNK]", start: 0, end: 2, special: false });
  });
});

describe("encode", () => {
  it("marks sentence and type of a pair", () => {
    const tokens = tokenizerOf("bert").encode("the cat", "a dog");
    const second = tokens.findIndex((t) => t.segment === 1);
    expect(tokens[second - 1]).toMatchObject({ raw: "[SEP]", special: true, start: null });
    expect(tokens[second]).toMatchObject({ start: 0, segment: 1, typeId: 1 });
  });

  it("tells sentences apart where the model has no token types", () => {
    const tokens = tokenizerOf("roberta").encode("the cat", "a dog");
    expect(tokens.map((t) => t.typeId)).toEqual(tokens.map(() => 0));
    expect(tokens.at(-1)).toMatchObject({ segment: 1, special: true });
    expect(tokens.find((t) => t.segment === 1)?.start).toBe(0);
  });

  it("leaves special tokens out when asked", () => {
    const tokens = tokenizerOf("bert").encode("the cat", undefined, { addSpecialTokens: false });
    expect(tokens.some((t) => t.special)).toBe(false);
  });

  it("finds special tokens that the text holds, with their place", () => {
    const tokens = tokenizerOf("gpt2").encode("a<|endoftext|>b");
    expect(tokens[1]).toMatchObject({
      raw: "<|endoftext|>",
      text: "<|endoftext|>",
      special: true,
      start: 1,
      end: 14,
    });
  });

  it("counts code points, not UTF-16 units", () => {
    expect(tokenizerOf("gpt2").encode("🐱a").at(-1)).toMatchObject({ start: 1, end: 2 });
  });

  it("takes lone surrogates and empty texts", () => {
    expect(tokenizerOf("gpt2").encode("\ud83d")).toEqual(tokenizerOf("gpt2").encode("\ufffd"));
    expect(tokenizerOf("gpt2").encode("")).toEqual([]);
    expect(
      tokenizerOf("bert")
        .encode("", "")
        .map((t) => t.raw),
    ).toEqual(["[CLS]", "[SEP]"]);
  });

  it("takes an empty second sentence as none, as Transformers does", () => {
    const tokenizer = tokenizerOf("bert");
    expect(tokenizer.encode("the cat", "")).toEqual(tokenizer.encode("the cat"));
  });
});

describe("describe and decode", () => {
  it("show ids from elsewhere without places", () => {
    const tokenizer = tokenizerOf("gpt2");
    const encoded = tokenizer.encode("the cat");
    const described = tokenizer.describe(encoded.map((t) => t.id));
    expect(described.map((t) => [t.raw, t.text, t.start])).toEqual(encoded.map((t) => [t.raw, t.text, null]));
  });

  it("name ids that the vocabulary does not have", () => {
    expect(tokenizerOf("gpt2").describe([999_999])[0]).toMatchObject({ id: 999_999, raw: "#999999" });
    expect(tokenizerOf("gpt2").decode([999_999])).toBe("");
    expect(tokenizerOf("gpt2").decode([])).toBe("");
  });

  it("keep special tokens when asked", () => {
    const tokenizer = tokenizerOf("bert");
    const ids = tokenizer.encode("the").map((t) => t.id);
    expect(tokenizer.decode(ids)).toBe("the");
    expect(tokenizer.decode(ids, { keepSpecial: true })).toBe("[CLS] the [SEP]");
  });
});
