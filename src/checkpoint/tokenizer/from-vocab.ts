// The contents of tokenizer.json made from older vocabulary files: vocab.txt (BERT's WordPiece), or vocab.json with
// merges.txt (byte-level BPE of GPT-2 and RoBERTa). As Transformers converts its slow tokenizers.

import { isObject, type JsonObject } from "../json.ts";
import { CheckpointError } from "../source.ts";
import type { Config } from "../weights.ts";
import { isCount } from "./options.ts";

/** What stands beside the vocabulary: config.json, tokenizer_config.json, special_tokens_map.json. */
export interface Beside {
  readonly config: Config;
  readonly tokenizerConfig: JsonObject;
  readonly specialTokens: JsonObject;
}

type Vocab = Readonly<Record<string, number>>;

/** tokenizer.json for BERT's vocab.txt: one token a line, in the order of ids. */
export function wordPieceJson(vocabText: string, beside: Beside): JsonObject {
  const lines = vocabText.replace(/\n$/, "").split("\n");
  const vocab = nullMap(lines.map((line, id) => [line.replace(/\r$/, ""), id] as const));
  const { tokenizerConfig: options } = beside;
  const named = (role: string, usual: string) => special(role, usual, vocab, beside);
  const [unk, cls, sep] = [
    named("unk_token", "[UNK]"),
    named("cls_token", "[CLS]"),
    named("sep_token", "[SEP]"),
  ];
  const roles = [unk, cls, sep, named("pad_token", "[PAD]"), named("mask_token", "[MASK]")];
  return {
    added_tokens: addedTokens(roles, vocab),
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: options.tokenize_chinese_chars ?? true,
      strip_accents: options.strip_accents ?? null,
      lowercase: options.do_lower_case ?? true,
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    model: {
      type: "WordPiece",
      vocab,
      unk_token: unk,
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
    },
    post_processor: { type: "BertProcessing", cls: [cls, vocab[cls]], sep: [sep, vocab[sep]] },
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
  };
}

const ROBERTA_LIKE = /roberta|bart|longformer/i;
const GPT2_LIKE = /gpt2|gpt_neo|gptj|opt|gpt-/i;

/** tokenizer.json for vocab.json and merges.txt. */
export function byteLevelJson(vocabJson: JsonObject, mergesText: string, beside: Beside): JsonObject {
  const vocab = readVocab(vocabJson);
  const kind = `${beside.tokenizerConfig.tokenizer_class ?? ""} ${beside.config.model_type ?? ""}`;
  const roberta = ROBERTA_LIKE.test(kind);
  if (!roberta && !GPT2_LIKE.test(kind)) {
    throw new CheckpointError(
      `vocab.json and merges.txt of a tokenizer of class ${kind.trim().slice(0, 100) || "(not named)"} cannot be read without tokenizer.json; only those of GPT-2 and RoBERTa can. Save a tokenizer.json with AutoTokenizer.from_pretrained(...).save_pretrained(...).`,
    );
  }
  const space = beside.tokenizerConfig.add_prefix_space === true;
  return {
    added_tokens: addedTokens(byteLevelSpecials(roberta, vocab, beside), vocab),
    normalizer: null,
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: space, trim_offsets: true, use_regex: true },
    model: { type: "BPE", vocab, merges: readMerges(mergesText), byte_fallback: false, fuse_unk: false },
    post_processor: roberta ? robertaFrame(vocab, beside, space) : gptFrame(vocab, beside),
    decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
  };
}

function byteLevelSpecials(roberta: boolean, vocab: Vocab, beside: Beside): string[] {
  const usual: readonly (readonly [string, string])[] = roberta
    ? [
        ["bos_token", "<s>"],
        ["pad_token", "<pad>"],
        ["eos_token", "</s>"],
        ["unk_token", "<unk>"],
        ["mask_token", "<mask>"],
      ]
    : [
        ["bos_token", "<|endoftext|>"],
        ["eos_token", "<|endoftext|>"],
        ["unk_token", "<|endoftext|>"],
      ];
  return usual.map(([role, content]) => special(role, content, vocab, beside));
}

function robertaFrame(vocab: Vocab, beside: Beside, space: boolean): JsonObject {
  const cls = special("cls_token", "<s>", vocab, beside);
  const sep = special("sep_token", "</s>", vocab, beside);
  const ends = { cls: [cls, vocab[cls]], sep: [sep, vocab[sep]] };
  return { type: "RobertaProcessing", ...ends, trim_offsets: true, add_prefix_space: space };
}

/** GPT-2 adds nothing; OPT asks for its start token by add_bos_token. */
function gptFrame(vocab: Vocab, beside: Beside): JsonObject {
  if (beside.tokenizerConfig.add_bos_token !== true) return { type: "ByteLevel", trim_offsets: false };
  const bos = special("bos_token", "<|endoftext|>", vocab, beside);
  const start = { SpecialToken: { id: bos, type_id: 0 } };
  const [a, b] = ["A", "B"].map((id) => ({ Sequence: { id, type_id: 0 } }));
  return {
    type: "TemplateProcessing",
    single: [start, a],
    pair: [start, a, start, b],
    special_tokens: { [bos]: { id: bos, ids: [vocab[bos]], tokens: [bos] } },
  };
}

function readVocab(json: JsonObject): Vocab {
  if (!Object.values(json).every(isCount))
    throw new CheckpointError("vocab.json does not map tokens to ids.");
  return json as Vocab;
}

/** Pairs, one a line, after a "#version" line. */
function readMerges(text: string): string[] {
  const lines = text.split("\n").map((line) => line.replace(/\r$/, ""));
  return lines.filter((line, i) => line !== "" && !(i === 0 && line.startsWith("#version")));
}

/** A special token by its role, from tokenizer_config.json, special_tokens_map.json or the usual one; it must be in the vocabulary. */
function special(
  role: string,
  usual: string,
  vocab: Vocab,
  { tokenizerConfig, specialTokens }: Beside,
): string {
  const content = contentOf(tokenizerConfig[role]) ?? contentOf(specialTokens[role]) ?? usual;
  if (Object.hasOwn(vocab, content)) return content;
  throw new CheckpointError(
    `The vocabulary has no ${role} ${JSON.stringify(content.slice(0, 50))}. Name it in tokenizer_config.json, or save a tokenizer.json.`,
  );
}

function contentOf(value: unknown): string | undefined {
  const content = isObject(value) ? value.content : value;
  return typeof content === "string" ? content : undefined;
}

function addedTokens(contents: readonly string[], vocab: Vocab): JsonObject[] {
  return [...new Set(contents)].map((content) => ({
    id: vocab[content],
    content,
    special: true,
    normalized: false,
    lstrip: content === "<mask>",
  }));
}

/** A map without inherited names, so that tokens such as "__proto__" are ordinary keys. */
function nullMap(entries: readonly (readonly [string, number])[]): Vocab {
  const map: Record<string, number> = Object.create(null);
  for (const [token, id] of entries) map[token] = id;
  return map;
}
