// What one family file offers, and helpers that several families share.

import type { ConfigReader } from "../config-reader.ts";
import type { Attention, Head, HeadStep, Layer, Linear, ModelDescription, Norm } from "../description.ts";
import type { WeightBook } from "../weight-book.ts";

/** One supported `model_type`. */
export interface Family {
  readonly type: string;
  /** What tensor names may begin with or leave out. */
  readonly prefixes: readonly string[];
  /** Keys of this family's config that no forward pass reads, beyond the common ones. */
  readonly irrelevant: readonly string[];
  /** Other names of keys (Transformers' attribute_map); where a file has both, the other name wins, as there. */
  readonly aliases?: Readonly<Record<string, string>>;
  describe(config: ConfigReader, weights: WeightBook): ModelDescription;
}

/** A stored [out, in] matrix called `name`.weight, with `name`.bias where `bias` is true. */
export function linear(
  name: string,
  width: number,
  out: number,
  bias: boolean,
  rows?: Linear["rows"],
): Linear {
  const base = { weight: `${name}.weight`, in: width, out, ...(rows && { rows }) };
  return bias ? { ...base, bias: `${name}.bias` } : base;
}

/** A stored [in, out] matrix with its bias (GPT-2's Conv1D). */
export function conv1d(name: string, width: number, out: number): Linear {
  return { ...linear(name, width, out, true), layout: "in-out" };
}

/** Layer norm `name`.weight and, unless switched off, `name`.bias. */
export function layerNorm(name: string, size: number, eps: number, bias = true): Norm {
  const base = { kind: "layer", size, eps, weight: `${name}.weight` } as const;
  return bias ? { ...base, bias: `${name}.bias` } : base;
}

/** Root-mean-square norm `name`.weight; `plusOne`: it multiplies by 1 + weight. */
export function rmsNorm(name: string, size: number, eps: number, plusOne = false): Norm {
  return { kind: "rms", size, eps, weight: `${name}.weight`, ...(plusOne && { plusOne }) };
}

/** Logits over the vocabulary, one row per token, through `steps`. */
export function wordsHead(vocab: number, steps: readonly HeadStep[]): Head {
  return { from: "tokens", width: vocab, words: true, steps };
}

/** Class scores, one row per token or one for the input, through `steps`. */
export function classesHead(from: Head["from"], width: number, steps: readonly HeadStep[]): Head {
  return { from, width, words: false, steps };
}

/** Older names of classes. */
const CLASSES: Readonly<Record<string, string>> = {
  T5WithLMHeadModel: "T5ForConditionalGeneration",
  BartForMaskedLM: "BartForConditionalGeneration",
};

/**
 * The head that belongs to the class which saved the checkpoint; `fallback` is the class where the file names none.
 * A class that is not among `heads` leaves the body without one, which the reader then says.
 */
export function headFor(
  config: ConfigReader,
  fallback: string,
  heads: Readonly<Record<string, () => Head | null>>,
): Head | null {
  const written = config.architecture ?? fallback;
  const name = (Object.hasOwn(CLASSES, written) ? CLASSES[written]! : written).toLowerCase();
  const known = Object.keys(heads).find((key) => key.toLowerCase() === name);
  if (known !== undefined) return heads[known]!();
  config.withoutHead(written, Object.keys(heads));
  return null;
}

/** The usual heads of a decoder: words through `words`, none, or classes from its last or each token's vector. */
export function decoderHead(
  config: ConfigReader,
  className: string,
  size: { readonly hidden: number; readonly vocab: number },
  words: readonly HeadStep[],
  /** The token classifier's matrix, steps before any classifier, the language model's class, the beginning of other
   * classes' names, padding's id. */
  options: {
    tokens?: string;
    before?: readonly HeadStep[];
    words?: string;
    others?: string;
    pad?: number | undefined;
  } = {},
): Head | null {
  const { hidden, vocab } = size;
  const { tokens = "classifier", before = [], others = className } = options;
  const { words: withWords = `${className}ForCausalLM` } = options;
  const classes = (from: Head["from"], name: string, count: number, bias: boolean) => () =>
    classesHead(from, count, [...before, { linear: linear(name, hidden, count, bias) }]);
  const tokenBias = tokens === "score" ? config.flag("token_classification_bias", true) : true;
  return headFor(config, withWords, {
    [withWords]: () => wordsHead(vocab, words),
    [`${others}Model`]: () => null,
    [`${others}ForSequenceClassification`]: () => ({
      ...classes("last", "score", config.labels, false)(),
      padId: padId(config, options.pad),
    }),
    [`${others}ForTokenClassification`]: classes("tokens", tokens, config.labels, tokenBias),
    [`${others}ForQuestionAnswering`]: classes("tokens", "qa_outputs", 2, true),
  });
}

/** Id of padding; that of the config class where the file leaves the key out. */
export function padId(config: ConfigReader, otherwise?: number): number | undefined {
  return config.isNull("pad_token_id") ? undefined : (config.id("pad_token_id") ?? otherwise);
}

/** No text is longer, so that a wider window is none. */
const LONGEST = 2 ** 31 - 1;

/** Reach of `sliding_window` as [before, after]; null where it is null. */
export function slidingWindow(config: ConfigReader, otherwise: number | null): Window {
  const size = config.optional("sliding_window", otherwise);
  if (size === null) return null;
  if (Number.isInteger(size) && size >= 1) return [Math.min(size, LONGEST) - 1, 0];
  return config.refuse("sliding_window", size, "expected a whole number of at least 1 or null");
}

/** The window of each layer: as `layer_types` says, else `window` in layers for which `slides` holds. */
export function windowsByLayer(
  config: ConfigReader,
  layers: number,
  window: Window,
  slides: (index: number) => boolean,
): Window[] {
  const types = config.list("layer_types", layers);
  const written = (type: unknown): boolean => {
    if (type === "full_attention") return false;
    if (type !== "sliding_attention")
      config.refuse("layer_types", type, "expected full or sliding attention");
    if (!window) config.refuse("layer_types", type, "the config sets no window for it");
    return true;
  };
  return Array.from({ length: layers }, (_, i) => {
    return (types ? written(types[i]) : slides(i)) ? window : null;
  });
}

type Window = readonly [number, number] | null;

/** A layer whose attention reaches as far as `window`. */
export function withWindow(layer: Layer, window: Window): Layer {
  return withAttention(layer, { window });
}

/** A layer with other facts about its attention. */
export function withAttention(layer: Layer, facts: Partial<Attention>): Layer {
  return { ...layer, attention: { ...layer.attention, body: { ...layer.attention.body, ...facts } } };
}

/** Ids that end a text; that of the config class where the file leaves the key out. */
export function endIds(config: ConfigReader, otherwise: number): readonly number[] {
  const { eos } = config;
  return eos.length > 0 || config.isNull("eos_token_id") ? eos : [otherwise];
}

/** Embedding of one side of an encoder-decoder: its own where the file holds one, else the one that all share. */
export function sharedEmbedding(weights: WeightBook, prefix: string, part: "encoder" | "decoder"): string {
  const own = (side: string) => `${prefix}${side}.embed_tokens.weight`;
  return weights.first(own(part), `${prefix}shared.weight`, own("encoder"), own("decoder"), "lm_head.weight");
}

/** The embedding that an encoder-decoder's output matrix is tied to: the shared one, or the first of `sides` that is stored. */
export function tiedEmbedding(
  weights: WeightBook,
  prefix: string,
  sides: readonly ("encoder" | "decoder")[],
): string {
  return weights.first(
    `${prefix}shared.weight`,
    ...sides.map((side) => `${prefix}${side}.embed_tokens.weight`),
  );
}

/** Output matrix of a language model: its own, or the embedding's. A stored one wins over the config's flag. */
export function outputMatrix(
  config: ConfigReader,
  weights: WeightBook,
  names: { own: string; embedding: string; tied: boolean },
  width: number,
  vocab: number,
): Linear {
  const tied = config.flag("tie_word_embeddings", names.tied);
  const own = weights.has(names.own) || !tied;
  return { weight: own ? names.own : names.embedding, in: width, out: vocab };
}
