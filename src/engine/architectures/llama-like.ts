// The shape that most decoders since 2023 share: root-mean-square pre-norms, rotary positions, grouped keys,
// a gated mlp, no biases. A family gives its defaults and changes what differs, layer by layer.

import type { ConfigReader } from "../config-reader.ts";
import type { Attention, Head, HeadStep, Layer, Mlp, ModelDescription, Rotary } from "../description.ts";
import { readRotary } from "../rotary.ts";
import type { WeightBook } from "../weight-book.ts";
import { decoderHead, endIds, linear, outputMatrix, rmsNorm } from "./family.ts";

/** Sizes under the names that these families use. */
export interface LlamaSizes {
  readonly hidden: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headSize: number;
  readonly layers: number;
  readonly units: number;
  readonly positions: number;
  readonly vocab: number;
  readonly eps: number;
  readonly activation: string;
}

/** Values that Transformers' config class has where config.json leaves a key out. */
export interface LlamaDefaults {
  readonly hidden: number;
  readonly heads: number;
  /** Left out: as many as heads. */
  readonly kvHeads?: number;
  /** Left out: hidden / heads. */
  readonly headSize?: number;
  readonly layers: number;
  readonly units: number;
  readonly positions: number;
  readonly vocab: number;
  readonly eps: number;
  readonly activation: string;
}

/** Sizes from a config. `activationKeys`: hidden_act, or hidden_activation in Gemma. */
export function llamaSizes(
  config: ConfigReader,
  defaults: LlamaDefaults,
  activationKeys: string | readonly string[] = "hidden_act",
): LlamaSizes {
  const hidden = config.count("hidden_size", defaults.hidden);
  const heads = config.count("num_attention_heads", defaults.heads);
  return {
    hidden,
    heads,
    kvHeads: config.count(
      "num_key_value_heads",
      config.isNull("num_key_value_heads") ? heads : (defaults.kvHeads ?? heads),
    ),
    headSize: config.count("head_dim", defaults.headSize ?? Math.floor(hidden / heads)),
    layers: config.layers("num_hidden_layers", defaults.layers),
    units: config.count("intermediate_size", defaults.units),
    positions: config.count("max_position_embeddings", defaults.positions),
    vocab: config.count("vocab_size", defaults.vocab),
    eps: config.number("rms_norm_eps", defaults.eps),
    activation: config.text(activationKeys, defaults.activation),
  };
}

/** How a family differs from the shape. */
export interface LlamaOptions {
  readonly family: string;
  /** Beginning of its class names, e.g. "Llama" of LlamaForCausalLM. */
  readonly className: string;
  /** Beginning of the names of its other classes where that differs (Gemma3TextModel). */
  readonly otherClassName?: string;
  readonly sizes: LlamaSizes;
  /** Whether input and output matrix are one where the config does not say. */
  readonly tied: boolean;
  /** Id that ends a text where the config does not say; left out in families without one. */
  readonly eos?: number;
  /** Id of padding, likewise. */
  readonly pad?: number;
  /** Rotary of all layers; default: as the config says. */
  readonly rotary?: Rotary;
  /** Biases of q, k and v, of the output projection, and of the mlp. */
  readonly biases?: { readonly qkv?: boolean; readonly out?: boolean; readonly mlp?: boolean };
  /** Norms multiply by 1 + weight (Gemma). */
  readonly plusOne?: boolean;
  /** Multiplies the embeddings. */
  readonly embeddingScale?: number;
  /** Logits become cap · tanh(logit / cap). */
  readonly logitCap?: number | null;
  /** Changes one layer; `name` is its tensor prefix, e.g. "model.layers.3". */
  readonly adjust?: (layer: Layer, index: number, name: string) => Layer;
}

/** The description of a Llama-like decoder. */
export function llamaLike(
  config: ConfigReader,
  weights: WeightBook,
  options: LlamaOptions,
): ModelDescription {
  const { family, sizes, plusOne, embeddingScale } = options;
  const { hidden, vocab, positions, layers, eps } = sizes;
  const rotary = options.rotary ?? readRotary(config, sizes.headSize, { maxPositions: positions });
  const embedding = "model.embed_tokens.weight";
  const layer = (index: number): Layer => {
    const name = `model.layers.${index}`;
    const plain = plainLayer(options, name, rotary);
    return options.adjust?.(plain, index, name) ?? plain;
  };
  return {
    family,
    kind: "causal",
    vocab,
    maxTokens: positions,
    eos: options.eos === undefined ? config.eos : endIds(config, options.eos),
    stacks: [
      {
        stream: "text",
        block: "self",
        hidden,
        embedding: {
          kind: "tokens",
          tokens: { weight: embedding, rows: vocab, width: hidden },
          ...(embeddingScale !== undefined && { scale: embeddingScale }),
        },
        layers: Array.from({ length: layers }, (_, i) => layer(i)),
        finalNorm: rmsNorm("model.norm", hidden, eps, plusOne),
      },
    ],
    head: headOf(config, weights, options, embedding),
  };
}

function plainLayer({ sizes, biases = {}, plusOne }: LlamaOptions, name: string, rotary: Rotary): Layer {
  const { hidden, eps } = sizes;
  return {
    attention: {
      pre: rmsNorm(`${name}.input_layernorm`, hidden, eps, plusOne),
      body: attentionOf(sizes, `${name}.self_attn`, rotary, biases),
    },
    mlp: {
      pre: rmsNorm(`${name}.post_attention_layernorm`, hidden, eps, plusOne),
      body: gatedMlp(sizes, `${name}.mlp`, biases.mlp ?? false),
    },
  };
}

function attentionOf(
  { hidden, heads, kvHeads, headSize }: LlamaSizes,
  name: string,
  rotary: Rotary,
  { qkv = false, out = false }: NonNullable<LlamaOptions["biases"]>,
): Attention {
  return {
    heads,
    kvHeads,
    headSize,
    project: {
      kind: "separate",
      q: linear(`${name}.q_proj`, hidden, heads * headSize, qkv),
      k: linear(`${name}.k_proj`, hidden, kvHeads * headSize, qkv),
      v: linear(`${name}.v_proj`, hidden, kvHeads * headSize, qkv),
    },
    out: linear(`${name}.o_proj`, heads * headSize, hidden, out),
    scale: headSize ** -0.5,
    causal: true,
    rotary,
  };
}

function gatedMlp({ hidden, units, activation }: LlamaSizes, name: string, bias: boolean): Mlp {
  return {
    kind: "gated",
    gate: linear(`${name}.gate_proj`, hidden, units, bias),
    up: linear(`${name}.up_proj`, hidden, units, bias),
    activation,
    down: linear(`${name}.down_proj`, units, hidden, bias),
  };
}

function headOf(
  config: ConfigReader,
  weights: WeightBook,
  { className, otherClassName: others = className, sizes, tied, logitCap, pad }: LlamaOptions,
  embedding: string,
): Head | null {
  const { hidden, vocab } = sizes;
  const words = outputMatrix(config, weights, { own: "lm_head.weight", embedding, tied }, hidden, vocab);
  const steps: HeadStep[] = logitCap ? [{ linear: words }, { softcap: logitCap }] : [{ linear: words }];
  return decoderHead(config, className, sizes, steps, { tokens: "score", others, pad });
}
