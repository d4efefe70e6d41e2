// Parts of tokenizer.json that several tokenizer classes have.

import type { JsonObject } from "../../json.ts";
import { A, type Context, type Parts, second, type Template, token } from "./recipe.ts";

/** Parts one after the other. */
export function sequence(
  kind: "normalizers" | "pretokenizers" | "decoders",
  parts: readonly JsonObject[],
): JsonObject {
  return { type: "Sequence", [kind]: parts };
}

/** A Replace normalizer, of a text or of a pattern. */
export function replace(
  pattern: { readonly String: string } | { readonly Regex: string },
  content: string,
): JsonObject {
  return { type: "Replace", pattern, content };
}

/** Spaces as "\u2581"; `scheme` says where one is put before. */
export function metaspace(scheme: "always" | "first" | "never", split = true): JsonObject {
  return { type: "Metaspace", replacement: "\u2581", prepend_scheme: scheme, split };
}

/** SentencePiece's character map as a list of none or one. */
export function charsmap({ charsmap: map }: Pick<Context, "charsmap">): JsonObject[] {
  return map === undefined ? [] : [{ type: "Precompiled", precompiled_charsmap: map }];
}

/** Bytes as characters. */
export function bytes(space: boolean, words = true): JsonObject {
  return { type: "ByteLevel", add_prefix_space: space, trim_offsets: true, use_regex: words };
}

/** Byte-level BPE as GPT-2 has it. */
export function byteParts(context: Context, otherwise = false): Parts {
  return {
    normalizer: null,
    pre_tokenizer: bytes(context.flag("add_prefix_space", otherwise)),
    decoder: bytes(true),
    model: { fuse_unk: false, byte_fallback: false },
  };
}

/** BERT's cleaning and words. */
export function bertParts({ options, flag, token: text }: Context): Parts {
  return {
    normalizer: {
      type: "BertNormalizer",
      clean_text: flag("clean_text", true),
      handle_chinese_chars: flag("tokenize_chinese_chars", true),
      strip_accents: options.strip_accents ?? null,
      lowercase: flag("do_lower_case", true),
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
    model: { unk_token: text("unk_token"), continuing_subword_prefix: "##", max_input_chars_per_word: 100 },
  };
}

/** Words at white space, each with a mark before it. */
export function markedWords(scheme: "always" | "first" | "never"): JsonObject {
  return sequence("pretokenizers", [{ type: "WhitespaceSplit" }, metaspace(scheme)]);
}

/** cls A sep, and cls A sep B sep with the second sentence's type. */
export function bertTemplate({ token: text }: Context, clsType = 0): Template {
  const cls = token(text("cls_token"), clsType);
  const sep = (type: number) => token(text("sep_token"), type);
  return { single: [cls, A, sep(0)], pair: [cls, A, sep(0), second(1), sep(1)] };
}

/** start A end, and start A end end B end, all of one type. */
export function robertaTemplate(start: string, end: string): Template {
  const single = [token(start), A, token(end)];
  return { single, pair: [...single, token(end), second(0), token(end)] };
}
