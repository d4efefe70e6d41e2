// The shape that BERT's descendants share: an encoder with a norm after each branch, learned positions, and one of
// a few heads. A family gives its sizes, its tensor names and what differs.

import type { ConfigReader } from "../../config-reader.ts";
import type { Head, HeadStep, Layer, Linear, ModelDescription, Positions } from "../../description.ts";
import type { WeightBook } from "../../weight-book.ts";
import { classesHead, headFor, layerNorm, linear, outputMatrix, wordsHead } from "../family.ts";
import { evenHeads, fullAttention, plainMlp, separate } from "../parts.ts";

/** Sizes of an encoder. */
export interface BertSizes {
  readonly hidden: number;
  /** Width of the embedding tables; hidden where they are as wide as the stream. */
  readonly embedding: number;
  readonly heads: number;
  readonly layers: number;
  readonly units: number;
  readonly positions: number;
  /** Segments; 0 for none. */
  readonly segments: number;
  readonly vocab: number;
  readonly eps: number;
  readonly activation: string;
}

/** Sizes under BERT's own key names; `embedding` left out: as wide as the stream, whatever embedding_size says. */
export function bertSizes(
  config: ConfigReader,
  defaults: Omit<BertSizes, "embedding"> & { readonly embedding?: number },
  /** False in families without segments. */
  segmented = true,
): BertSizes {
  const hidden = config.count("hidden_size", defaults.hidden);
  config.only("position_embedding_type", "absolute");
  config.only("is_decoder", false);
  config.only("add_cross_attention", false);
  return {
    hidden,
    embedding: defaults.embedding === undefined ? hidden : config.count("embedding_size", defaults.embedding),
    heads: config.heads("num_attention_heads", defaults.heads),
    layers: config.layers("num_hidden_layers", defaults.layers),
    units: config.count("intermediate_size", defaults.units),
    positions: config.count("max_position_embeddings", defaults.positions),
    segments: segmented ? config.count("type_vocab_size", defaults.segments) : 0,
    vocab: config.count("vocab_size", defaults.vocab),
    eps: config.number("layer_norm_eps", defaults.eps),
    activation: config.text("hidden_act", defaults.activation),
  };
}

/** BERT-base, which most config classes repeat. */
export const BERT_BASE = {
  hidden: 768,
  heads: 12,
  layers: 12,
  units: 3072,
  positions: 512,
  segments: 2,
  vocab: 30522,
  eps: 1e-12,
  activation: "gelu",
} as const;

/** Tensor names of one layer, without .weight and .bias. */
export type BertNames = Readonly<
  Record<"q" | "k" | "v" | "out" | "attentionNorm" | "up" | "down" | "mlpNorm", string>
>;

/** Names as BERT, RoBERTa and ELECTRA spell them; `base` is "bert". */
export const bertNames =
  (base: string) =>
  (index: number): BertNames => {
    const name = `${base}.encoder.layer.${index}`;
    return {
      q: `${name}.attention.self.query`,
      k: `${name}.attention.self.key`,
      v: `${name}.attention.self.value`,
      out: `${name}.attention.output.dense`,
      attentionNorm: `${name}.attention.output.LayerNorm`,
      up: `${name}.intermediate.dense`,
      down: `${name}.output.dense`,
      mlpNorm: `${name}.output.LayerNorm`,
    };
  };

/** What a family adds to the shape. */
export interface BertOptions {
  readonly family: string;
  /** What tensor names begin with; left out: the family. */
  readonly base?: string;
  readonly sizes: BertSizes;
  readonly names: (index: number) => BertNames;
  /** What is otherwise about positions; null for none. */
  readonly positions?: Partial<Positions & { kind: "table" }> | null;
  /** From the embedding's width to the stream's. */
  readonly map?: Linear;
  /** What is otherwise about a layer. */
  readonly layer?: (layer: Layer, index: number) => Layer;
  readonly head: Head | null;
}

/** The description of an encoder like BERT. */
export function bertLike(options: BertOptions): ModelDescription {
  const {
    family,
    base = family,
    sizes,
    names,
    positions,
    map,
    head,
    layer = (plain: Layer) => plain,
  } = options;
  const { hidden, embedding, vocab, segments, eps } = sizes;
  const offset = positions?.offset ?? 0;
  const table = (name: string, rows: number) => ({
    weight: `${base}.embeddings.${name}.weight`,
    rows,
    width: embedding,
  });
  const places: Positions = {
    kind: "table",
    table: table("position_embeddings", sizes.positions),
    offset,
    ...positions,
  };
  return {
    family,
    kind: "encoder",
    vocab,
    maxTokens: positions === null ? null : sizes.positions - offset,
    eos: [],
    pairs: true,
    stacks: [
      {
        stream: "text",
        block: "self",
        hidden,
        embedding: {
          kind: "tokens",
          tokens: table("word_embeddings", vocab),
          positions: positions === null ? null : places,
          types: segments > 0 ? table("token_type_embeddings", segments) : null,
          norm: layerNorm(`${base}.embeddings.LayerNorm`, embedding, eps),
          map: map ?? null,
        },
        layers: Array.from({ length: sizes.layers }, (_, i) => layer(layerOf(sizes, names(i)), i)),
      },
    ],
    head,
  };
}

function layerOf({ hidden, heads, units, eps, activation }: BertSizes, names: BertNames): Layer {
  const sizes = evenHeads(hidden, heads);
  const project = separate(sizes, (part) => names[part], true);
  return {
    attention: {
      body: fullAttention(sizes, project, linear(names.out, hidden, hidden, true)),
      after: layerNorm(names.attentionNorm, hidden, eps),
    },
    mlp: {
      body: plainMlp({ hidden, units, activation }, names.up, names.down),
      after: layerNorm(names.mlpNorm, hidden, eps),
    },
  };
}

/** Masked words: a matrix, an activation and a norm before the output matrix, which the embeddings usually are. */
export function maskedHead(
  config: ConfigReader,
  weights: WeightBook,
  sizes: BertSizes,
  names: {
    readonly embedding: string;
    readonly dense: string;
    readonly norm: string;
    readonly decoder: string;
    /** Where the bias may be stored, best first. */
    readonly biases: readonly string[];
  },
  activation: string,
): () => Head {
  const { hidden, embedding: width, vocab, eps } = sizes;
  const tie = { own: `${names.decoder}.weight`, embedding: names.embedding, tied: true };
  const decoder = outputMatrix(config, weights, tie, width, vocab);
  return () =>
    wordsHead(vocab, [
      { linear: linear(names.dense, hidden, width, true) },
      { activation },
      { norm: layerNorm(names.norm, width, eps) },
      { linear: { ...decoder, bias: weights.first(...names.biases) } },
    ]);
}

/** The usual heads of an encoder by class name; `sequence`: steps from the first vector to that of its classifier. */
export function encoderHead(
  config: ConfigReader,
  className: string,
  hidden: number,
  own: Readonly<Record<string, () => Head | null>>,
  sequence: { readonly before: readonly HeadStep[]; readonly name: string },
): Head | null {
  const classes =
    (from: Head["from"], name: string, count: number, before: readonly HeadStep[] = []) =>
    () =>
      classesHead(from, count, [...before, { linear: linear(name, hidden, count, true) }]);
  const { labels } = config;
  return headFor(config, `${className}Model`, {
    [`${className}Model`]: () => null,
    [`${className}ForSequenceClassification`]: classes("first", sequence.name, labels, sequence.before),
    [`${className}ForTokenClassification`]: classes("tokens", "classifier", labels),
    [`${className}ForQuestionAnswering`]: classes("tokens", "qa_outputs", 2),
    ...own,
  });
}
