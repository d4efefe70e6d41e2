// The shape that BART, Marian, mBART, M2M-100, Pegasus and Whisper share: the first Transformer (Vaswani et al. 2017),
// encoder and decoder with a norm after each branch, or before it and after the last. A family says where positions
// come from and whether embeddings are normed.

import type { ConfigReader } from "../../config-reader.ts";
import type {
  Attention,
  Branch,
  FrameEmbedding,
  Head,
  HeadStep,
  Layer,
  ModelDescription,
  Positions,
  Stack,
} from "../../description.ts";
import type { WeightBook } from "../../weight-book.ts";
import {
  endIds,
  headFor,
  layerNorm,
  linear,
  outputMatrix,
  sharedEmbedding,
  tiedEmbedding,
  wordsHead,
} from "../family.ts";
import { causalAttention, evenHeads, plainMlp, separate } from "../parts.ts";

export type Part = "encoder" | "decoder";

/** PyTorch's own, which these families do not change. */
const EPS = 1e-5;

/** Dropouts and initial values, and keys of the first versions that no forward pass reads. */
export const BART_IRRELEVANT =
  `activation_dropout encoder_layerdrop decoder_layerdrop init_std classif_dropout force_bos_token_to_be_generated
  extra_pos_embeddings add_bias_logits save_step _num_labels`.split(/\s+/);

/** Other names of keys: those of the encoder stand for the model. */
export const BART_ALIASES = {
  hidden_size: "d_model",
  num_attention_heads: "encoder_attention_heads",
  num_hidden_layers: "encoder_layers",
} as const;

/** How a family differs from the shape. */
export interface BartOptions {
  readonly family: string;
  /** Class names with a word head, bare, and one whose head the family adds itself. */
  readonly classes: { readonly words: string; readonly bare: string; readonly other?: string };
  readonly defaults: {
    readonly vocab: number;
    /** Left out: the config has to say. */
    readonly start?: number;
    readonly eos: number;
    readonly activation?: string;
    /** Null: never, whatever the config says. */
    readonly scaled?: boolean | null;
    /** Left out: those of BART-large. */
    readonly sizes?: {
      readonly hidden: number;
      readonly layers: number;
      readonly heads: number;
      readonly units: number;
    };
  };
  /** Key of the decoder's longest text and its default; left out: max_position_embeddings, 1024. */
  readonly longest?: { readonly key: string; readonly default: number };
  /** What the encoder reads in place of tokens. */
  readonly source?: (hidden: number) => FrameEmbedding;
  /** Tensor of the output matrix where it is not the embeddings; left out: lm_head. */
  readonly output?: string;
  /** False where keys have no bias. */
  readonly keyBias?: boolean;
  /** Positions of one stack from the highest position and the width. */
  readonly positions: (part: Part, rows: number, width: number) => Positions;
  /** A norm after the embeddings. */
  readonly embeddingNorm: boolean;
  /** Norms before the branches and after the last; left out: after each branch. */
  readonly preNorm?: boolean;
}

/** The description of an encoder-decoder like BART. */
export function bartLike(config: ConfigReader, weights: WeightBook, options: BartOptions): ModelDescription {
  const { family, defaults, classes } = options;
  const sizes = sizesOf(config, options);
  const { hidden, vocab } = sizes;
  const embedding = (part: Part) => sharedEmbedding(weights, "model.", part);
  const words = outputMatrix(
    config,
    weights,
    {
      own: `${options.output ?? "lm_head"}.weight`,
      embedding: tiedEmbedding(weights, "model.", ["decoder", "encoder"]),
      tied: true,
    },
    hidden,
    vocab,
  );
  const start = config.id("decoder_start_token_id") ?? defaults.start;
  const bias = "final_logits_bias";
  const steps: HeadStep[] = [
    { linear: words },
    ...(weights.has(bias) ? [{ add: bias, shape: [1, vocab] }] : []),
  ];
  const heads: Record<string, () => Head | null> = {
    [classes.words]: () => wordsHead(vocab, steps),
    [classes.bare]: () => null,
    ...(classes.other && { [classes.other]: () => null }),
  };
  return {
    family,
    kind: "encoder-decoder",
    vocab,
    maxTokens: sizes.positions,
    eos: endIds(config, defaults.eos),
    ...(start !== undefined && { decoderStart: start }),
    ...(options.source && { targetPrompt: true }),
    stacks: (["encoder", "decoder"] as const).map((part) => stackOf(sizes, options, part, embedding(part))),
    head: headFor(config, classes.words, heads),
  };
}

const BART_LARGE = { hidden: 1024, layers: 12, heads: 16, units: 4096 };

function sizesOf(config: ConfigReader, { defaults, longest, preNorm = false, keyBias = true }: BartOptions) {
  const { sizes = BART_LARGE } = defaults;
  const { key, default: most } = longest ?? { key: "max_position_embeddings", default: 1024 };
  const part = (name: Part) => ({
    layers: config.layers(`${name}_layers`, sizes.layers),
    heads: config.heads(`${name}_attention_heads`, sizes.heads),
    units: config.count(`${name}_ffn_dim`, sizes.units),
  });
  const encoder = part("encoder");
  config.only("is_decoder", false);
  return {
    hidden: config.count("d_model", sizes.hidden),
    vocab: config.count("vocab_size", defaults.vocab),
    positions: config.count(key, most),
    activation: config.text("activation_function", defaults.activation ?? "gelu"),
    scaled: defaults.scaled !== null && config.flag("scale_embedding", defaults.scaled ?? false),
    preNorm,
    keyBias,
    encoder,
    decoder: part("decoder"),
  };
}

type Sizes = ReturnType<typeof sizesOf>;

function stackOf(sizes: Sizes, options: BartOptions, part: Part, embedding: string): Stack {
  const { hidden, vocab, positions, scaled } = sizes;
  const name = `model.${part}`;
  return {
    stream: part,
    block: part,
    hidden,
    embedding: (part === "encoder" && options.source?.(hidden)) || {
      kind: "tokens",
      tokens: { weight: embedding, rows: vocab, width: hidden },
      ...(scaled && { scale: hidden ** 0.5 }),
      positions: options.positions(part, positions, hidden),
      norm: options.embeddingNorm ? layerNorm(`${name}.layernorm_embedding`, hidden, EPS) : null,
    },
    layers: Array.from({ length: sizes[part].layers }, (_, i) => layerOf(sizes, part, `${name}.layers.${i}`)),
    finalNorm: sizes.preNorm ? layerNorm(`${name}.layer_norm`, hidden, EPS) : null,
  };
}

function layerOf(sizes: Sizes, part: Part, name: string): Layer {
  const { hidden, activation, preNorm, keyBias } = sizes;
  const { heads, units } = sizes[part];
  const decoding = part === "decoder";
  const branch = <T>(body: T, norm: string): Branch<T> => ({
    body,
    [preNorm ? "pre" : "after"]: layerNorm(`${name}.${norm}`, hidden, EPS),
  });
  const attention = (of: string, causal: boolean) =>
    branch(attentionOf({ hidden, heads, keyBias }, `${name}.${of}`, causal), `${of}_layer_norm`);
  const mlp = plainMlp({ hidden, units, activation }, `${name}.fc1`, `${name}.fc2`);
  return {
    attention: attention("self_attn", decoding),
    ...(decoding && { cross: attention("encoder_attn", false) }),
    mlp: branch(mlp, "final_layer_norm"),
  };
}

function attentionOf(
  { hidden, heads, keyBias }: { readonly hidden: number; readonly heads: number; readonly keyBias: boolean },
  name: string,
  causal: boolean,
): Attention {
  const sizes = evenHeads(hidden, heads);
  const project = separate(sizes, (part) => `${name}.${part}_proj`, keyBias ? true : ["q", "v"]);
  return causalAttention(sizes, project, linear(`${name}.out_proj`, hidden, hidden, true), { causal });
}
