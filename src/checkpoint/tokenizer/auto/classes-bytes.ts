// Tokenizer classes over vocab.txt (WordPiece) and over vocab.json with merges.txt (BPE): facts of Transformers 5.24.

import { bertParts, bertTemplate, byteParts, bytes, replace, robertaTemplate, sequence } from "./parts.ts";
import { A, type Context, type Part, type Recipe, roles, second, type Template, token } from "./recipe.ts";
import { leftStripped } from "./tokens.ts";

const S = { bos: "<s>", eos: "</s>", sep: "</s>", cls: "<s>", unk: "<unk>", pad: "<pad>", mask: "<mask>" };
const END_OF_TEXT = { unk: "<|endoftext|>", bos: "<|endoftext|>", eos: "<|endoftext|>" };

const bert: Recipe = {
  type: "WordPiece",
  file: "vocab.txt",
  roles: roles({ unk: "[UNK]", sep: "[SEP]", pad: "[PAD]", cls: "[CLS]", mask: "[MASK]" }),
  parts: bertParts,
  frame: (context) => bertTemplate(context),
};

const funnel: Recipe = {
  ...bert,
  roles: roles({
    unk: "<unk>",
    sep: "<sep>",
    pad: "<pad>",
    cls: "<cls>",
    mask: "<mask>",
    bos: "<s>",
    eos: "</s>",
  }),
  frame: (context) => bertTemplate(context, 2),
};

const mpnet: Recipe = {
  ...bert,
  roles: { ...roles({ ...S, unk: "[UNK]" }), mask_token: leftStripped("<mask>") },
  frame: ({ token: text }) => ({ roberta: [text("sep_token"), text("cls_token")], trim: true, space: false }),
};

const gpt2: Recipe = {
  type: "BPE",
  file: "vocab.json",
  roles: roles(END_OF_TEXT),
  parts: (context) => byteParts(context),
};

const codegen: Recipe = { ...gpt2, usual: () => ({ bytes: true }) };

const roberta: Recipe = {
  ...gpt2,
  roles: roles(S),
  frame: ({ token: text, flag }) => ({
    roberta: [text("sep_token"), text("cls_token")],
    trim: flag("trim_offsets", true),
    space: flag("add_prefix_space", false),
  }),
};

const deberta: Recipe = {
  ...gpt2,
  roles: roles({
    bos: "[CLS]",
    eos: "[SEP]",
    sep: "[SEP]",
    cls: "[CLS]",
    unk: "[UNK]",
    pad: "[PAD]",
    mask: "[MASK]",
  }),
  frame: ({ token: text }) => robertaTemplate(text("cls_token"), text("sep_token")),
};

const blenderbot: Recipe = {
  ...gpt2,
  roles: { ...roles(S), mask_token: leftStripped("<mask>") },
  parts: (context) => byteParts(context, true),
};

const gptNeox: Recipe = {
  ...gpt2,
  roles: roles({ ...END_OF_TEXT, pad: "<|padding|>" }),
  parts: (context) => ({ ...byteParts(context), normalizer: { type: "NFC" } }),
  frame: () => "ends",
};

const QWEN2 =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

const qwen2: Recipe = {
  ...gpt2,
  roles: roles({ unk: "<|endoftext|>", eos: "<|endoftext|>", pad: "<|endoftext|>" }),
  again: true,
  parts: (context) => ({
    ...byteParts(context),
    normalizer: { type: "NFC" },
    pre_tokenizer: sequence("pretokenizers", [
      { type: "Split", pattern: { Regex: QWEN2 }, behavior: "Isolated", invert: false },
      bytes(context.flag("add_prefix_space", false), false),
    ]),
  }),
};

const cohere: Recipe = {
  ...gpt2,
  roles: roles({
    unk: "<UNK>",
    bos: "<BOS_TOKEN>",
    eos: "<|END_OF_TURN_TOKEN|>",
    pad: "<PAD>",
    cls: "<CLS>",
    sep: "<SEP>",
    mask: "<MASK_TOKEN>",
  }),
  parts: (context) => ({
    ...byteParts(context),
    normalizer: { type: "NFC" },
    pre_tokenizer: sequence("pretokenizers", [
      { type: "Digits", individual_digits: true },
      bytes(context.flag("add_prefix_space", false)),
    ]),
  }),
};

const CLIP =
  "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";

const clip: Recipe = {
  ...gpt2,
  roles: roles({ ...END_OF_TEXT, bos: "<|startoftext|>", pad: "<|endoftext|>" }),
  parts: (context) => ({
    ...byteParts(context),
    normalizer: sequence("normalizers", [
      { type: "NFC" },
      replace({ Regex: "\\s+" }, " "),
      { type: "Lowercase" },
    ]),
    pre_tokenizer: sequence("pretokenizers", [
      { type: "Split", pattern: { Regex: CLIP }, behavior: "Removed", invert: true },
      bytes(false),
    ]),
    model: { unk_token: context.token("unk_token"), end_of_word_suffix: "</w>", fuse_unk: false },
  }),
  frame: ({ token: text }) => ({
    roberta: [text("eos_token"), text("bos_token")],
    trim: false,
    space: false,
  }),
};

const whisper: Recipe = { ...gpt2, frame: whisperTemplate };

/** The start of a transcript, its language and task where they are set, and that it has no times. */
function whisperTemplate({ options, token: text }: Context): Template {
  const { language, task, predict_timestamps: times } = options;
  const named = [language && `<|${language}|>`, task && `<|${task}|>`, !times && "<|notimestamps|>"];
  const before: Part[] = ["<|startoftranscript|>", ...named].flatMap((name) =>
    typeof name === "string" ? token(name) : [],
  );
  const end = text("eos_token");
  return { single: [...before, A, token(end)], pair: [...before, A, second(1), token(end, 1)] };
}

const openai: Recipe = {
  ...gpt2,
  roles: roles({ unk: "<unk>" }),
  parts: (context) => ({
    ...words(context, { ...context.options, do_lower_case: true, strip_accents: null }),
  }),
};

const herbert: Recipe = {
  ...gpt2,
  roles: roles({ cls: "<s>", unk: "<unk>", pad: "<pad>", mask: "<mask>", sep: "</s>" }),
  parts: (context) => words(context, { do_lower_case: false, strip_accents: false }),
  frame: (context) => bertTemplate(context),
};

/** BERT's words, cut by BPE with an end of word. */
function words(context: Context, { do_lower_case: lowercase, strip_accents }: Context["options"]) {
  const normalizer = {
    type: "BertNormalizer",
    clean_text: true,
    handle_chinese_chars: true,
    strip_accents,
    lowercase,
  };
  return {
    normalizer,
    pre_tokenizer: { type: "BertPreTokenizer" },
    decoder: { type: "BPEDecoder", suffix: "</w>" },
    model: { unk_token: context.token("unk_token"), end_of_word_suffix: "</w>", fuse_unk: false },
  };
}

/** Classes by name. */
export const BYTE_CLASSES: readonly (readonly [string, Recipe])[] = [
  ["BertTokenizer", bert],
  ["FunnelTokenizer", funnel],
  ["MPNetTokenizer", mpnet],
  ["GPT2Tokenizer", gpt2],
  ["CodeGenTokenizer", codegen],
  ["RobertaTokenizer", roberta],
  ["DebertaTokenizer", deberta],
  ["BlenderbotTokenizer", blenderbot],
  ["GPTNeoXTokenizer", gptNeox],
  ["Qwen2Tokenizer", qwen2],
  ["CohereTokenizer", cohere],
  ["CLIPTokenizer", clip],
  ["WhisperTokenizer", whisper],
  ["OpenAIGPTTokenizer", openai],
  ["HerbertTokenizer", herbert],
];
