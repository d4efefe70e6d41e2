// GPT-2 (Radford et al. 2019): pre-norm, learned positions, one fused [in, out] projection for q, k and v.

import type { Layer } from "../../description.ts";
import { conv1d, type Family, layerNorm } from "../family.ts";
import { causalAttention, normed } from "../parts.ts";
import {
  type DecoderSizes,
  decoderSizes,
  decoderStack,
  GPT_ALIASES,
  GPT_KEYS,
  learnedPositions,
} from "./decoder.ts";

export const gpt2: Family = {
  type: "gpt2",
  prefixes: ["transformer."],
  irrelevant: `n_ctx reorder_and_upcast_attn summary_activation summary_first_dropout summary_proj_to_labels
    summary_type summary_use_proj`.split(/\s+/),
  aliases: GPT_ALIASES,
  describe(config, weights) {
    config.only("add_cross_attention", false);
    const sizes = decoderSizes(config, GPT2, GPT_KEYS);
    const { hidden, positions, eps, headSize } = sizes;
    const scale = config.flag("scale_attn_weights", true) ? headSize ** -0.5 : 1;
    const byLayer = config.flag("scale_attn_by_inverse_layer_idx", false);
    return decoderStack(config, weights, {
      family: "gpt2",
      className: "GPT2",
      classes: { words: "GPT2LMHeadModel" },
      sizes,
      positions,
      eos: 50256,
      tied: true,
      tokens: "transformer.wte",
      embedding: { positions: learnedPositions("transformer.wpe", sizes) },
      layer: (i) => layerOf(sizes, `transformer.h.${i}`, scale / (byLayer ? i + 1 : 1)),
      finalNorm: layerNorm("transformer.ln_f", hidden, eps),
    });
  },
};

/** GPT-2 small. */
export const GPT2 = {
  hidden: 768,
  heads: 12,
  layers: 12,
  positions: 1024,
  vocab: 50257,
  eps: 1e-5,
  activation: "gelu_new",
} as const;

function layerOf(sizes: DecoderSizes, name: string, scale: number): Layer {
  const { hidden, units, activation } = sizes;
  const qkv = conv1d(`${name}.attn.c_attn`, hidden, 3 * hidden);
  const out = conv1d(`${name}.attn.c_proj`, hidden, hidden);
  return {
    attention: normed(
      `${name}.ln_1`,
      sizes,
      causalAttention(sizes, { kind: "fused", qkv, slices: 1 }, out, { scale }),
    ),
    mlp: normed(`${name}.ln_2`, sizes, {
      kind: "plain",
      up: conv1d(`${name}.mlp.c_fc`, hidden, units),
      activation,
      down: conv1d(`${name}.mlp.c_proj`, units, hidden),
    }),
  };
}
