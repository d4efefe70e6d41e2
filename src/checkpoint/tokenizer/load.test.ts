import { describe, expect, it } from "vitest";
import { goldenTokenizer } from "../../../test/hostile-strings.ts";
import { memorySource } from "../memory.ts";
import { CheckpointError } from "../source.ts";
import { tokenizerFromJson } from "./from-json.ts";
import { loadTokenizer } from "./load.ts";

const WORDS = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\nThe\ncat\n##s\né\ne\n中\n__proto__\n";

function load(files: Record<string, string | Uint8Array>, config = {}) {
  return loadTokenizer(memorySource("m", files), config);
}

async function raw(files: Record<string, string>, text: string, config = {}) {
  return (await load(files, config))!.encode(text).map((token) => token.raw);
}

describe("vocab.txt", () => {
  it("is BERT's WordPiece, lower-case unless told otherwise", async () => {
    const lower = { "vocab.txt": WORDS };
    expect(await raw(lower, "The cats")).toEqual(["[CLS]", "the", "cat", "##s", "[SEP]"]);
    expect(await raw(lower, "É")).toEqual(["[CLS]", "e", "[SEP]"]);
    const cased = { ...lower, "tokenizer_config.json": '{"do_lower_case": false}' };
    expect(await raw(cased, "The é")).toEqual(["[CLS]", "The", "é", "[SEP]"]);
  });

  it("holds ordinary tokens with any name, and lines that end in CR", async () => {
    expect(await raw({ "vocab.txt": WORDS.replaceAll("\n", "\r\n") }, "the")).toEqual([
      "[CLS]",
      "the",
      "[SEP]",
    ]);
    const tokenizer = (await load({ "vocab.txt": WORDS }))!;
    expect(tokenizer.describe([12])[0]!.raw).toBe("__proto__");
  });

  it("takes names of special tokens from the files beside it; those that it lacks are added after it", async () => {
    const other = { "vocab.txt": WORDS.replace("[CLS]", "<s>") };
    const named = { ...other, "special_tokens_map.json": '{"cls_token": {"content": "<s>"}}' };
    expect(await raw(named, "the")).toEqual(["<s>", "the", "[SEP]"]);
    const [first] = (await load(other))!.encode("the");
    expect(first).toMatchObject({ raw: "[CLS]", id: WORDS.trim().split("\n").length });
  });
});

describe("vocab.json with merges.txt", () => {
  const { model } = goldenTokenizer("gpt2") as {
    model: { vocab: Record<string, number>; merges: string[][] };
  };
  const merges = `#version: 0.2\n${model.merges.map((pair) => pair.join(" ")).join("\n")}\n`;
  const files = { "vocab.json": JSON.stringify(model.vocab), "merges.txt": merges };

  it("is GPT-2's byte-level BPE", async () => {
    const tokenizer = (await load(files, { model_type: "gpt2" }))!;
    const same = tokenizerFromJson(goldenTokenizer("gpt2"));
    const text = "The cat sat, Zoë's 3 🐱s <|endoftext|> on";
    expect(tokenizer.encode(text)).toEqual(same.encode(text));
  });

  it("begins with a start token where the config says so", async () => {
    const asks = { ...files, "tokenizer_config.json": '{"add_bos_token": true}' };
    expect((await raw(asks, "the", { model_type: "opt" }))[0]).toBe("<|endoftext|>");
  });

  it("is framed by <s> and </s> in RoBERTa's family", async () => {
    const vocab = { ...model.vocab, "<s>": 400, "</s>": 401, "<pad>": 402, "<unk>": 403, "<mask>": 404 };
    const roberta = { ...files, "vocab.json": JSON.stringify(vocab) };
    const tokens = (await load(roberta, { model_type: "roberta" }))!.encode("the cat", "a");
    expect(tokens.map((t) => t.raw).filter((t) => t.startsWith("<"))).toEqual([
      "<s>",
      "</s>",
      "</s>",
      "</s>",
    ]);
  });

  it("of other families is refused by name", async () => {
    await expect(load(files, { model_type: "stablelm" })).rejects.toThrow(
      "needs tokenizer.json or tokenizer.model",
    );
    await expect(load(files, { model_type: "xlm-roberta" })).rejects.toThrow(
      "XLMRobertaTokenizer needs sentencepiece.bpe.model",
    );
    await expect(load({ ...files, "vocab.json": '{"a": "b"}' }, { model_type: "gpt2" })).rejects.toThrow(
      "vocab.json does not map tokens to ids",
    );
  });
});

describe("loadTokenizer", () => {
  it("is null where there is none", async () => {
    expect(await load({ "config.json": "{}" })).toBeNull();
  });

  it("says what is wrong with .model files, and which file is missing", async () => {
    await expect(load({ "tokenizer.model": "x" })).rejects.toThrow(
      "tokenizer.model in m is no SentencePiece model",
    );
    await expect(load({ "spiece.model": "x" }, { model_type: "t5" })).rejects.toThrow(
      "spiece.model in m is no SentencePiece model",
    );
    await expect(load({ "qwen.tiktoken": "x" })).rejects.toThrow("needs tokenizer.json or tokenizer.model");
  });

  it.each([
    ["BertJapaneseTokenizer", "bert"],
    ["BertweetTokenizer", "roberta"],
    ["PhobertTokenizerFast", "roberta"],
    ["XLMTokenizer", "xlm"],
  ])("refuses the class %s by name", async (name, type) => {
    const files = { "vocab.txt": WORDS, "tokenizer_config.json": JSON.stringify({ tokenizer_class: name }) };
    await expect(load(files, { model_type: type })).rejects.toThrow(
      `class ${name.replace("Fast", "")} splits text in a way that headscope does not have`,
    );
  });

  it("refuses tokenizers with code of their own, unless Transformers has their class", async () => {
    const config = (tokenizer_class: string) =>
      JSON.stringify({ tokenizer_class, auto_map: { AutoTokenizer: ["a.B", null] } });
    const files = { "vocab.txt": WORDS, "tokenizer_config.json": config("MyTokenizer") };
    await expect(load(files)).rejects.toThrow("class MyTokenizer splits text");
    expect(await raw({ ...files, "tokenizer_config.json": config("BertTokenizer") }, "the")).toHaveLength(3);
  });

  it.each([
    ["{}", "model is missing"],
    ['{"model": {"type": "Tiktoken", "vocab": {}}}', "the model Tiktoken"],
    ['{"model": {"type": "BPE", "vocab": {"a": -1}, "merges": []}}', "gives a no valid id"],
    ['{"model": {"type": "BPE", "vocab": {"a": 1e15}, "merges": []}}', "gives a no valid id"],
    ['{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": [["a"]]}}', "merges is not a list of pairs"],
    ['{"model": {"type": "Unigram", "vocab": [["a", 0]], "unk_id": 3}}', "unk_id is not in the vocabulary"],
    ['{"model": {"type": "Unigram", "vocab": [["a", null]], "unk_id": 0}}', "not a list of pieces"],
    [
      '{"model": {"type": "WordPiece", "vocab": {}}, "normalizer": {"type": "Rot13"}}',
      "the normalizer Rot13",
    ],
    [
      '{"model": {"type": "WordPiece", "vocab": {}}, "pre_tokenizer": {"type": "FixedLength", "length": 0}}',
      "length",
    ],
    [
      '{"model": {"type": "WordPiece", "vocab": {}}, "pre_tokenizer": {"type": "Split", "behavior": "Isolated", "pattern": {"Regex": "("}}}',
      "pattern cannot be read",
    ],
    [
      '{"model": {"type": "WordPiece", "vocab": {}}, "normalizer": {"type": "Precompiled", "precompiled_charsmap": "////"}}',
      "charsmap",
    ],
    ['{"model": {"type": "WordPiece", "vocab": {}}, "added_tokens": [{"content": "a"}]}', "without id"],
    [
      '{"model": {"type": "WordPiece", "vocab": {}}, "post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}], "pair": []}}',
      "no ids for its special token [CLS]",
    ],
    ["[", "is not valid JSON"],
  ])("refuses %s", async (json, message) => {
    const loaded = load({ "tokenizer.json": json });
    await expect(loaded).rejects.toThrow(CheckpointError);
    await expect(loaded).rejects.toThrow(message);
  });
});

describe("tokenizer.json", () => {
  const open = (json: unknown) => tokenizerFromJson(json as Record<string, unknown>);
  const raws = (json: unknown, text: string) =>
    open(json)
      .encode(text)
      .map((token) => token.raw);
  const words = { type: "WordLevel", vocab: { a: 0, b: 1, "[UNK]": 2 }, unk_token: "[UNK]" };
  const byWords = { model: words, pre_tokenizer: { type: "WhitespaceSplit" } };

  it("of the model WordLevel: a word is a token, or the unknown token", () => {
    expect(open(byWords).encode("a cc b")).toMatchObject([
      { id: 0, raw: "a", start: 0, end: 1 },
      { id: 2, raw: "[UNK]", start: 2, end: 4 },
      { id: 1, raw: "b", start: 5, end: 6 },
    ]);
    expect(open(byWords).decode([0, 1])).toBe("a b");
    const strict = { ...byWords, model: { ...words, unk_token: "?" } };
    expect(raws(strict, "a b")).toEqual(["a", "b"]);
    expect(() => raws(strict, "a cc")).toThrow('has no token for "cc"');
  });

  it.each([{ String: "" }, { Regex: "" }])("cuts into characters at the empty pattern %o", (pattern) => {
    const split = { type: "Split", pattern, behavior: "Isolated", invert: false };
    const vocab = { a: 0, b: 1, " ": 2, c: 3 };
    expect(raws({ model: { ...words, vocab }, pre_tokenizer: split }, "ab c")).toEqual(["a", "b", " ", "c"]);
  });

  it("of the model Unigram without an unknown token reads what its pieces cover", () => {
    const pieces = { model: { type: "Unigram", vocab: [["a", -1], ["b", -2], ["ab", -2.5]] } }; // biome-ignore format: pairs
    expect(raws(pieces, "abb")).toEqual(["ab", "b"]);
    expect(() => raws(pieces, "abc")).toThrow('has no token for "c"');
  });

  it("gives added tokens the ids that Python gives them: their own in the vocabulary, else the next", () => {
    const added = [
      { id: 77, content: "<x>", special: true },
      { id: 0, content: "b" },
      { id: 9, content: "<y>" },
    ];
    const ids = open({ ...byWords, added_tokens: added }).encode("<x> <y> b a");
    expect(ids.map(({ id }) => id)).toEqual([3, 4, 1, 0]);
  });

  it("escapes controls and marks of direction in what is shown", () => {
    const vocab = { "\u001b]0;x": 0, "\u202egnp.exe": 1, "\n": 2 };
    const tokenizer = open({ model: { ...words, vocab } });
    expect(tokenizer.describe([0, 1, 2]).map(({ text }) => text)).toEqual([
      "\\x1B]0;x",
      "\\u202Egnp.exe",
      "\n",
    ]);
  });
});

describe("bounds", () => {
  const model = { type: "WordLevel", vocab: { a: 0 }, unk_token: "a" };
  const encode = (json: unknown, text: string) =>
    tokenizerFromJson(json as Record<string, unknown>).encode(text);
  const replace = { type: "Replace", pattern: { String: "a" }, content: "aaaa" };

  it("on what normalizers make of a text", () => {
    const grows = { model, normalizer: { type: "Sequence", normalizers: Array(40).fill(replace) } };
    expect(() => encode(grows, "a")).toThrow(/makes more than \d+ characters of a text of 1/);
    const before = { model, normalizer: { type: "Prepend", prepend: "a".repeat(20_000) } };
    expect(() => encode(before, "a")).toThrow(/makes more than \d+ characters of a text of 1/);
    const long = { model, normalizer: { ...replace, content: "a".repeat(4_000_001) } };
    expect(() => encode(long, "a")).toThrow("content has 4000001 characters; at most 4000000 are read");
    const bytes = { type: "ByteLevel", add_prefix_space: false, use_regex: false };
    const cuts = { model, pre_tokenizer: { type: "Sequence", pretokenizers: Array(40).fill(bytes) } };
    expect(() => encode(cuts, "é")).toThrow(/makes more than \d+ characters/);
  });

  it("on parts, templates and depth", () => {
    const many = { model, normalizer: { type: "Sequence", normalizers: Array(201).fill(replace) } };
    expect(() => encode(many, "a")).toThrow("has 201 parts; at most 200 are read");
    const single = Array(1001).fill({ Sequence: { id: "A", type_id: 0 } });
    const template = { model, post_processor: { type: "TemplateProcessing", single, pair: [] } };
    expect(() => encode(template, "a")).toThrow("has a template of 1001 pieces");
    let deep: unknown = replace;
    for (let i = 0; i < 20_000; i++) deep = { type: "Sequence", normalizers: [deep] };
    expect(() => encode({ model, normalizer: deep }, "a")).toThrow("nested too deeply");
  });

  it("on patterns that never end", () => {
    const split = { type: "Split", pattern: { Regex: "(a+)+$" }, behavior: "Isolated", invert: false };
    const text = `${"a".repeat(48)}!`;
    expect(() => encode({ model, pre_tokenizer: split }, text)).toThrow("did not end within 2 seconds");
    expect(encode({ model, pre_tokenizer: split }, "aaa")).toHaveLength(1);
  });

  it("on patterns of decoders, and on what they make of a token", () => {
    const decoded = (...decoders: unknown[]) => {
      const json = { model, decoder: { type: "Sequence", decoders } };
      return tokenizerFromJson(json).decode(Array(48).fill(0));
    };
    const endless = { type: "Replace", pattern: { Regex: "(a+)+$" }, content: "" };
    const last = { type: "Replace", pattern: { Regex: "a$" }, content: "!" };
    expect(() => decoded({ type: "Fuse" }, last, endless)).toThrow("did not end within 2 seconds");
    expect(decoded({ type: "Fuse" }, endless)).toBe("");
    expect(() => decoded(...Array(40).fill(replace))).toThrow("makes more than 1000 characters of one");
    expect(decoded(replace)).toBe("a".repeat(4 * 48));
  });

  it("on none of a hundred thousand added tokens that begin alike", () => {
    const added = Array.from({ length: 100_000 }, (_, id) => ({ id, content: `<${id}>`, special: true }));
    expect(encode({ model, added_tokens: added }, "<99999><7>a").map(({ raw }) => raw)).toEqual([
      "<99999>",
      "<7>",
      "a",
    ]);
  });
});
