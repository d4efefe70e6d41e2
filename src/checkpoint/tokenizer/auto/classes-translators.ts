// Tokenizer classes of translators, which add the codes of their languages to a SentencePiece vocabulary: facts of
// Transformers 5.24.

import { MBART, MBART50, NLLB } from "./languages.ts";
import { charsmap, markedWords, metaspace, sequence } from "./parts.ts";
import { A, type Recipe, roles, second, token } from "./recipe.ts";
import { DECODER, FAIRSEQ, fairseq, SPACES, unigram, zero } from "./spm-parts.ts";
import { leftStripped, plain, type Spec } from "./tokens.ts";

const mbart: Recipe = {
  type: "Unigram",
  file: "sentencepiece.bpe.model",
  roles: { ...roles(FAIRSEQ), mask_token: leftStripped("<mask>") },
  extra: (_, listed = []) => [
    ...MBART.map(plain),
    ...listed.filter(({ content }) => !MBART.includes(content)),
  ],
  parts: () => unigram(3, null, markedWords("always")),
  frame: ({ options, token: text }) => {
    const ends = [token(text("eos_token")), token(languageOf(options.src_lang, "en_XX"))];
    return { single: [A, ...ends], pair: [A, second(0), ...ends] };
  },
  fromPieces: (pieces, context) => [
    ...fairseq(pieces, context),
    ...MBART.map(zero),
    zero(context.token("mask_token")),
  ],
};

function languageOf(value: unknown, otherwise: string): string {
  return typeof value === "string" ? value : otherwise;
}

const mbart50: Recipe = {
  type: "Unigram",
  file: "sentencepiece.bpe.model",
  roles: {
    ...roles({ eos: "</s>", sep: "</s>", cls: "<s>", unk: "<unk>", pad: "<pad>" }),
    mask_token: leftStripped("<mask>"),
  },
  extra: (_, listed = []) => [...listed, ...MBART50.map(plain)],
  parts: (context) =>
    unigram(3, sequence("normalizers", [...charsmap(context), SPACES]), metaspace("always")),
  frame: ({ options, token: text }) =>
    languageFirst(languageOf(options.src_lang, "en_XX"), text("eos_token")),
  fromPieces: (pieces, context) => [
    ...fairseq(pieces, context, "cls_token"),
    ...MBART50.map(zero),
    zero(context.token("mask_token")),
  ],
};

function languageFirst(language: string, end: string) {
  const [first, last] = [token(language), token(end)];
  return { single: [first, A, last], pair: [first, A, second(0), last] };
}

const NLLB_MASK: Spec = { content: "<mask>", special: true, normalized: true, lstrip: true };

const nllb: Recipe = {
  type: "BPE",
  file: "sentencepiece.bpe.model",
  roles: { ...roles(FAIRSEQ), mask_token: NLLB_MASK },
  extra: (_, listed) => listed ?? NLLB.map(plain),
  parts: (context) => ({
    normalizer:
      context.charsmap === undefined ? null : sequence("normalizers", [...charsmap(context), SPACES]),
    pre_tokenizer: metaspace("always"),
    decoder: DECODER,
    model: { unk_token: context.token("unk_token"), fuse_unk: true, byte_fallback: false },
  }),
  frame: ({ options, token: text, flag }) => {
    const language = languageOf(options.src_lang, "eng_Latn");
    if (!flag("legacy_behaviour", false)) return languageFirst(language, text("eos_token"));
    const ends = [token(text("eos_token")), token(language)];
    return { single: [A, ...ends], pair: [A, second(0), ...ends] };
  },
  fromPieces: (pieces, { token: text }) => {
    const first = ["bos_token", "pad_token", "eos_token", "unk_token"].map(text);
    return [...first.map(zero), ...pieces.filter(([piece]) => !first.includes(piece))];
  },
};

/** Classes by name. */
export const TRANSLATOR_CLASSES: readonly (readonly [string, Recipe])[] = [
  ["MBartTokenizer", mbart],
  ["MBart50Tokenizer", mbart50],
  ["NllbTokenizer", nllb],
];
