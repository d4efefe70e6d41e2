// Tokenizer classes of LLaMA's kind: merges over a SentencePiece file, and bytes where no piece fits: facts of
// Transformers 5.24.

import { metaspace, replace, sequence } from "./parts.ts";
import { type Parts, type Recipe, roles } from "./recipe.ts";
import { plain } from "./tokens.ts";

/** Byte-fallback BPE: spaces are marks, the decoder takes them back. */
function fallbackParts(marks: Parts["pre_tokenizer"], strip: boolean): Parts {
  const spaces = { type: "Replace", pattern: { String: "\u2581" }, content: " " };
  const steps = [spaces, { type: "ByteFallback" }, { type: "Fuse" }];
  const stripped = strip ? [...steps, { type: "Strip", content: " ", start: 1, stop: 0 }] : steps;
  return {
    normalizer: null,
    pre_tokenizer: marks,
    decoder: sequence("decoders", stripped),
    model: { fuse_unk: true, byte_fallback: true },
  };
}

const llama: Recipe = {
  type: "BPE",
  file: "tokenizer.model",
  roles: roles({ unk: "<unk>", bos: "<s>", eos: "</s>" }),
  parts: (context) => {
    const space = context.flag("add_prefix_space", true);
    const first = context.flag("legacy", false) ? "always" : "first";
    return fallbackParts(metaspace(space ? first : "never", false), space);
  },
};

const CODE = {
  prefix: "\u2581<PRE>",
  middle: "\u2581<MID>",
  suffix: "\u2581<SUF>",
  eot: "\u2581<EOT>",
  fill: "<FILL_ME>",
};

const codeLlama: Recipe = {
  ...llama,
  roles: roles({ unk: "<unk>", bos: "<s>", eos: "</s>", ...CODE }),
  starts: true,
  extra: (_, listed = []) => [...listed, ...Object.values(CODE).map(plain)],
  parts: (context) => {
    const marks = metaspace(context.flag("add_prefix_space", true) ? "first" : "never", false);
    const parts = fallbackParts(marks, true);
    return { ...parts, model: { ...parts.model, unk_token: context.token("unk_token") } };
  },
};

const gemma: Recipe = {
  type: "BPE",
  file: "tokenizer.model",
  roles: roles({ unk: "<unk>", bos: "<bos>", eos: "<eos>", pad: "<pad>", mask: "<mask>" }),
  parts: (context) => {
    const marks = { type: "Split", pattern: { String: " " }, behavior: "MergedWithPrevious", invert: false };
    const parts = fallbackParts(marks, false);
    const model = { ...parts.model, unk_token: context.token("unk_token") };
    return { ...parts, model, normalizer: replace({ String: " " }, "\u2581") };
  },
};

/** Classes by name. */
export const FALLBACK_CLASSES: readonly (readonly [string, Recipe])[] = [
  ["LlamaTokenizer", llama],
  ["CodeLlamaTokenizer", codeLlama],
  ["GemmaTokenizer", gemma],
];
