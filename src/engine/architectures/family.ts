// What one family file offers, and helpers that several families share.

import type { ConfigReader } from "../config-reader.ts";
import type { Head, HeadStep, Linear, ModelDescription, Norm } from "../description.ts";
import { UnsupportedModelError } from "../model.ts";
import type { WeightBook } from "../weight-book.ts";

/** One supported `model_type`. */
export interface Family {
  readonly type: string;
  /** What tensor names may begin with or leave out. */
  readonly prefixes: readonly string[];
  /** Keys of this family's config that no forward pass reads, beyond the common ones. */
  readonly irrelevant: readonly string[];
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

/** Root-mean-square norm `name`.weight. */
export function rmsNorm(name: string, size: number, eps: number): Norm {
  return { kind: "rms", size, eps, weight: `${name}.weight` };
}

/** Logits over the vocabulary, one row per token, through `steps`. */
export function wordsHead(vocab: number, steps: readonly HeadStep[]): Head {
  return { from: "tokens", width: vocab, words: true, steps };
}

/** Class scores, one row per token or one for the input, through `steps`. */
export function classesHead(from: Head["from"], width: number, steps: readonly HeadStep[]): Head {
  return { from, width, words: false, steps };
}

/** The head that belongs to the class which saved the checkpoint. */
export function headFor(
  config: ConfigReader,
  fallback: string,
  heads: Readonly<Record<string, () => Head | null>>,
): Head | null {
  const name = config.architecture ?? fallback;
  const make = Object.hasOwn(heads, name) ? heads[name] : undefined;
  if (make) return make();
  throw new UnsupportedModelError(
    `config.json names the class ${name}; of ${config.family} headscope runs ${Object.keys(heads).join(", ")}.`,
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
