// The shape that most decoders since 2023 share: root-mean-square pre-norms, rotary positions, grouped keys,
// a gated mlp, no biases. A family gives its defaults and changes what differs, layer by layer.

import type { ConfigReader } from "../../config-reader.ts";
import type { Attention, Layer, ModelDescription, Norm, Rotary } from "../../description.ts";
import { readRotary } from "../../rotary.ts";
import type { WeightBook } from "../../weight-book.ts";
import { linear, rmsNorm } from "../family.ts";
import { causalAttention, gatedMlp, separate } from "../parts.ts";
import {
  type DecoderDefaults,
  type DecoderParts,
  type DecoderSizes,
  decoderSizes,
  decoderStack,
  type SizeKeys,
} from "./decoder.ts";

export type LlamaSizes = DecoderSizes;

/** Sizes from a config. */
export function llamaSizes(
  config: ConfigReader,
  defaults: DecoderDefaults,
  keys: Partial<SizeKeys> = {},
): LlamaSizes {
  return decoderSizes(config, defaults, keys);
}

/** Llama 7B, which many config classes repeat. */
export const LLAMA = {
  hidden: 4096,
  heads: 32,
  layers: 32,
  units: 11008,
  positions: 2048,
  vocab: 32000,
  eps: 1e-6,
  activation: "silu",
} as const;

/** How a family differs from the shape. */
export interface LlamaOptions
  extends Pick<DecoderParts, "family" | "className" | "classes" | "tied" | "eos" | "pad" | "steps"> {
  readonly sizes: LlamaSizes;
  /** Rotary of all layers; default: as the config says. */
  readonly rotary?: Rotary;
  /** Biases of q, k and v, of the output projection, and of the mlp. */
  readonly biases?: { readonly qkv?: boolean; readonly out?: boolean; readonly mlp?: boolean };
  /** Norms multiply by 1 + weight (Gemma). */
  readonly plusOne?: boolean;
  /** The norm called `name`; default: root mean square. */
  readonly norm?: (name: string) => Norm;
  /** Multiplies the embeddings. */
  readonly embeddingScale?: number;
  /** Changes one layer; `name` is its tensor prefix, e.g. "model.layers.3". */
  readonly adjust?: (layer: Layer, index: number, name: string) => Layer;
}

/** The description of a Llama-like decoder. */
export function llamaLike(
  config: ConfigReader,
  weights: WeightBook,
  options: LlamaOptions,
): ModelDescription {
  const { sizes, embeddingScale: scale } = options;
  const { positions } = sizes;
  const rotary = options.rotary ?? readRotary(config, sizes.headSize, { maxPositions: positions });
  return decoderStack(config, weights, {
    ...options,
    positions,
    tokens: "model.embed_tokens",
    ...(scale !== undefined && { embedding: { scale } }),
    layer: (index) => {
      const name = `model.layers.${index}`;
      const plain = plainLayer(options, name, rotary);
      return options.adjust?.(plain, index, name) ?? plain;
    },
    finalNorm: normOf(options, "model.norm"),
    classifier: "score",
  });
}

function normOf({ sizes, plusOne, norm }: LlamaOptions, name: string): Norm {
  return norm?.(name) ?? rmsNorm(name, sizes.hidden, sizes.eps, plusOne);
}

function plainLayer(options: LlamaOptions, name: string, rotary: Rotary): Layer {
  const { sizes, biases = {} } = options;
  return {
    attention: {
      pre: normOf(options, `${name}.input_layernorm`),
      body: llamaAttention(sizes, `${name}.self_attn`, biases, { rotary }),
    },
    mlp: {
      pre: normOf(options, `${name}.post_attention_layernorm`),
      body: gatedMlp(sizes, `${name}.mlp`, biases.mlp),
    },
  };
}

/** Attention as `name`.q_proj, k_proj, v_proj and o_proj. */
export function llamaAttention(
  sizes: LlamaSizes,
  name: string,
  { qkv = false, out = false }: NonNullable<LlamaOptions["biases"]>,
  facts: Partial<Attention>,
): Attention {
  const project = separate(sizes, (part) => `${name}.${part}_proj`, qkv);
  const output = linear(`${name}.o_proj`, sizes.heads * sizes.headSize, sizes.hidden, out);
  return causalAttention(sizes, project, output, facts);
}
