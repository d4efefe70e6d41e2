// Tokenizer classes over SentencePiece files whose pieces have scores (Unigram): facts of Transformers 5.24.

import { CheckpointError } from "../../source.ts";
import {
  bertTemplate,
  charsmap,
  markedWords,
  metaspace,
  replace,
  robertaTemplate,
  sequence,
} from "./parts.ts";
import { A, type Context, type Parts, type Recipe, roles, type Scored, second, token } from "./recipe.ts";
import { countOf, FAIRSEQ, fairseq, mapOnly, SPACES, scheme, unigram, zero } from "./spm-parts.ts";
import { leftStripped, plain } from "./tokens.ts";

const BRACKETS = { bos: "[CLS]", eos: "[SEP]", sep: "[SEP]", cls: "[CLS]", mask: "[MASK]" };
const QUOTES = [replace({ String: "``" }, '"'), replace({ String: "''" }, '"')];

const t5: Recipe = {
  type: "Unigram",
  file: "spiece.model",
  roles: roles({ eos: "</s>", unk: "<unk>", pad: "<pad>" }),
  extra: (context, listed = []) =>
    listed.some(({ content }) => content.includes("<extra_id_"))
      ? listed
      : [...listed, ...extraIds(context).map(plain)],
  parts: (context) => unigram(2, mapOnly(context), markedWords("always")),
  frame: () => ({ single: [A, token("</s>")], pair: [A, token("</s>"), second(0), token("</s>")] }),
  fromPieces: (pieces, context) => [...pieces, ...extraIds(context).reverse().map(zero)],
};

function extraIds({ options }: Context): string[] {
  return Array.from({ length: countOf(options.extra_ids, 100) }, (_, i) => `<extra_id_${i}>`);
}

const albert: Recipe = {
  type: "Unigram",
  file: "spiece.model",
  roles: roles({ ...BRACKETS, unk: "<unk>", pad: "<pad>" }),
  parts: (context) => unigram(1, accents(context, true), markedWords(scheme(context))),
  usual: (context) => bertTemplate(context),
};

/** ALBERT's and XLNet's normalizer: quotes, accents, case, character map. */
function accents(
  context: Context,
  lower: boolean,
  keep = context.flag("keep_accents", false),
): Parts["normalizer"] {
  const stripped = keep ? [] : [{ type: "NFKD" }, { type: "StripAccents" }];
  const lowered = context.flag("do_lower_case", lower) ? [{ type: "Lowercase" }] : [];
  return sequence("normalizers", [...QUOTES, ...stripped, ...lowered, ...charsmap(context)]);
}

const xlnet: Recipe = {
  type: "Unigram",
  file: "spiece.model",
  roles: {
    ...roles({ bos: "<s>", eos: "</s>", unk: "<unk>", sep: "<sep>", pad: "<pad>", cls: "<cls>" }),
    mask_token: leftStripped("<mask>"),
  },
  extra: (_, listed) => listed ?? ["<eop>", "<eod>"].map(plain),
  parts: (context) =>
    unigram(
      context.unknownId ?? countOf(context.options.unk_id, 0),
      accents(context, false, false),
      markedWords("always"),
    ),
  frame: ({ token: text }) => {
    const [sep, cls] = [text("sep_token"), text("cls_token")];
    return {
      single: [A, token(sep), token(cls, 2)],
      pair: [A, token(sep), second(1), token(sep, 1), token(cls, 2)],
    };
  },
};

const xlmRoberta: Recipe = {
  type: "Unigram",
  file: "sentencepiece.bpe.model",
  roles: roles(FAIRSEQ),
  parts: (context) => unigram(3, mapOnly(context), markedWords(scheme(context))),
  frame: ({ token: text }) => robertaTemplate(text("bos_token"), text("eos_token")),
  fromPieces: (pieces, context) => [...fairseq(pieces, context), zero(context.token("mask_token"))],
};

const camembert: Recipe = {
  ...xlmRoberta,
  roles: { ...roles(FAIRSEQ), mask_token: leftStripped("<mask>") },
  extra: (_, listed) => listed ?? ["<s>NOTUSED", "</s>NOTUSED", "<unk>NOTUSED"].map(plain),
  parts: (context) => {
    const unknown = context.pieces.findIndex(([piece]) => piece === context.token("unk_token"));
    return unigram(Math.max(0, unknown), mapOnly(context), markedWords(scheme(context)));
  },
  fromPieces: (pieces, { token: text }) => [
    zero("<s>NOTUSED"),
    zero(text("pad_token")),
    zero("</s>NOTUSED"),
    zero(text("unk_token")),
    ["<unk>NOTUSED", -100],
    ...pieces.slice(1),
    zero(text("mask_token")),
  ],
};

const barthez: Recipe = {
  type: "Unigram",
  file: "sentencepiece.bpe.model",
  roles: { ...roles(FAIRSEQ), mask_token: leftStripped("<mask>") },
  parts: (context) => unigram(3, tidied(false), metaspace(scheme(context))),
};

/** Runs of white space and line ends are one space, NFC, no space at the end. */
function tidied(lower: boolean): Parts["normalizer"] {
  return sequence("normalizers", [
    ...(lower ? [{ type: "Lowercase" }] : []),
    replace({ Regex: "\\s{2,}|[\\n\\r\\t]" }, " "),
    { type: "NFC" },
    { type: "Strip", strip_left: false, strip_right: true },
  ]);
}

const debertaV2: Recipe = {
  type: "Unigram",
  file: "spm.model",
  roles: roles({ ...BRACKETS, unk: "[UNK]", pad: "[PAD]" }),
  parts: (context) => {
    const marks = metaspace(context.flag("add_prefix_space", true) ? "always" : "first");
    const punctuation = context.flag("split_by_punct", false)
      ? [{ type: "Punctuation", behavior: "Isolated" }]
      : [];
    const unknown = placeOf(context) ?? context.unknownId ?? countOf(context.options.unk_id, 1);
    const pre = sequence("pretokenizers", [...punctuation, marks]);
    return unigram(unknown, tidied(context.flag("do_lower_case", false)), pre);
  },
  frame: (context) => bertTemplate(context),
};

/** Where the unknown piece stands with the score 0. */
function placeOf({ pieces, token: text }: Context, from = 0): number | undefined {
  const at = pieces.findIndex(([piece, score], i) => i >= from && piece === text("unk_token") && score === 0);
  return at < 0 ? undefined : at;
}

const bigBird: Recipe = {
  type: "Unigram",
  file: "spiece.model",
  roles: {
    ...roles({ unk: "<unk>", bos: "<s>", eos: "</s>", pad: "<pad>", sep: "[SEP]", cls: "[CLS]" }),
    mask_token: leftStripped("[MASK]"),
  },
  parts: (context) =>
    unigram(placeOf(context) ?? 100, replace({ Regex: " {2,}" }, "\u2581"), metaspace(scheme(context))),
  frame: (context) => bertTemplate(context),
};

const remBert: Recipe = {
  type: "Unigram",
  file: "sentencepiece.model",
  roles: roles({ ...BRACKETS, unk: "<unk>", pad: "<pad>" }),
  parts: (context) => {
    const stripped = context.flag("keep_accents", true) ? [] : [{ type: "NFKD" }, { type: "StripAccents" }];
    const lowered = context.flag("do_lower_case", false) ? [{ type: "Lowercase" }] : [];
    const steps = sequence("normalizers", [...QUOTES, SPACES, ...stripped, ...lowered, ...charsmap(context)]);
    return unigram(2, steps, metaspace(scheme(context)));
  },
  frame: (context) => (context.framed ? bertTemplate(context) : "ends"),
};

const xglm: Recipe = {
  type: "Unigram",
  file: "tokenizer.model",
  roles: roles({ bos: "<s>", eos: "</s>", sep: "</s>", cls: "<s>", unk: "<unk>", pad: "<pad>" }),
  extra: (_, listed = []) => [...listed, ...Array.from({ length: 7 }, (__, i) => plain(`<madeupword${i}>`))],
  parts: (context) =>
    unigram(3, sequence("normalizers", [...charsmap(context), SPACES]), metaspace(scheme(context))),
  frame: ({ token: text }) => {
    const end = token(text("eos_token"));
    return { single: [end, A], pair: [end, A, end, second(0)] };
  },
};

const pegasus: Recipe = {
  type: "Unigram",
  file: "spiece.model",
  roles: roles({ pad: "<pad>", eos: "</s>", unk: "<unk>", mask: "<mask_2>" }),
  extra: (context, listed = []) => {
    const sentence = sentenceMask(context, "<mask_1>");
    const known = listed.some(({ content }) => content === sentence);
    return [...(known || !sentence ? [] : [sentence]), ...unusedUnknown(context)].map(plain);
  },
  parts: (context) => {
    const unknown = placeOf(context, 1);
    if (unknown === undefined)
      throw new CheckpointError("The vocabulary of PegasusTokenizer has no unknown piece with the score 0.");
    const lines = replace({ Regex: "\\n" }, " ");
    const map = charsmap(context);
    const steps = map.length > 0 ? [...map, SPACES] : [lines, SPACES];
    return unigram(unknown, sequence("normalizers", steps), metaspace("always"));
  },
  frame: ({ token: text }) => ({
    single: [A, token(text("eos_token"))],
    pair: [A, second(0), token(text("eos_token"))],
  }),
  fromPieces: (pieces, context) => {
    const { options, token: text } = context;
    const mask = typeof options.mask_token === "string" ? options.mask_token : "<mask_1>";
    const sentence = sentenceMask(context, "<mask_2>");
    const masks = [mask, ...(sentence && sentence !== mask ? [sentence] : [])];
    const unused = unusedUnknown(context).map((piece): Scored => [piece, -100]);
    return [...[text("pad_token"), text("eos_token"), ...masks].map(zero), ...unused, ...pieces.slice(2)];
  },
};

function sentenceMask({ options }: Context, otherwise: string): string {
  const mask = options.mask_token_sent;
  if (mask === null) return "";
  return typeof mask === "string" ? mask : otherwise;
}

function unusedUnknown({ options }: Context): string[] {
  return Array.from({ length: Math.max(0, countOf(options.offset, 103) - 2) }, (_, i) => `<unk_${i + 2}>`);
}

/** Classes by name. */
export const UNIGRAM_CLASSES: readonly (readonly [string, Recipe])[] = [
  ["T5Tokenizer", t5],
  ["AlbertTokenizer", albert],
  ["XLNetTokenizer", xlnet],
  ["XLMRobertaTokenizer", xlmRoberta],
  ["CamembertTokenizer", camembert],
  ["BarthezTokenizer", barthez],
  ["DebertaV2Tokenizer", debertaV2],
  ["BigBirdTokenizer", bigBird],
  ["RemBertTokenizer", remBert],
  ["XGLMTokenizer", xglm],
  ["PegasusTokenizer", pegasus],
];
