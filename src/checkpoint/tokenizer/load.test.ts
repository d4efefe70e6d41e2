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

  it("takes names of special tokens from the files beside it, and demands that it has them", async () => {
    const other = { "vocab.txt": WORDS.replace("[CLS]", "<s>") };
    await expect(load(other)).rejects.toThrow('has no cls_token "[CLS]"');
    const named = { ...other, "special_tokens_map.json": '{"cls_token": {"content": "<s>"}}' };
    expect(await raw(named, "the")).toEqual(["<s>", "the", "[SEP]"]);
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
    await expect(load(files, { model_type: "qwen2" })).rejects.toThrow("of class qwen2 cannot be read");
    await expect(load({ ...files, "vocab.json": '{"a": "b"}' }, { model_type: "gpt2" })).rejects.toThrow(
      "vocab.json does not map tokens to ids",
    );
  });
});

describe("loadTokenizer", () => {
  it("is null where there is none", async () => {
    expect(await load({ "config.json": "{}" })).toBeNull();
  });

  it.each(["tokenizer.model", "spiece.model", "source.spm", "qwen.tiktoken"])(
    "refuses %s by name",
    async (file) => {
      await expect(load({ [file]: "x" })).rejects.toThrow(
        `has the tokenizer ${file}, which headscope does not read`,
      );
    },
  );

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
