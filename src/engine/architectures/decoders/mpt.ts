// MPT (MosaicML 2023): ALiBi, norms and matrices without biases, an mlp of four times the width.

import type { Layer } from "../../description.ts";
import { type Family, layerNorm, linear } from "../family.ts";
import { causalAttention, plainMlp } from "../parts.ts";
import { mptSlopes } from "./alibi.ts";
import { type DecoderSizes, decoderSizes, decoderStack, GPT_KEYS } from "./decoder.ts";

const DEFAULTS = {
  hidden: 2048,
  heads: 16,
  layers: 24,
  positions: 2048,
  vocab: 50368,
  eps: 1e-5,
  activation: "gelu",
};
const KEYS = {
  ...GPT_KEYS,
  hidden: "d_model",
  heads: "n_heads",
  layers: "n_layers",
  units: null,
  positions: null,
  activation: null,
} as const;

/** Keys within attn_config that it passes over, those of a whole config among them. */
const ATTENTION = "alibi alibi_bias_max attn_impl attn_type attn_uses_sequence_id prefix_lm qk_ln"
  .split(" ")
  .map((key) => `attn_config.${key}`)
  .join(" ");

export const mpt: Family = {
  type: "mpt",
  prefixes: ["transformer."],
  // Transformers knows one layout: it has ALiBi and no biases whatever the config says.
  irrelevant:
    `emb_pdrop embedding_fraction expansion_ratio init_device initializer_range learned_pos_emb logit_scale
    max_seq_len no_bias norm_type resid_pdrop verbose attn_config ${ATTENTION}`.split(/\s+/),
  aliases: { hidden_size: "d_model", num_attention_heads: "n_heads", num_hidden_layers: "n_layers" },
  describe(config, weights) {
    const sizes = decoderSizes(config, DEFAULTS, KEYS);
    const { hidden, heads, headSize, eps } = sizes;
    const { clip_qkv: clip, softmax_scale: scale } = config.object("attn_config") ?? {};
    const number = (key: string, value: unknown): number | null => {
      if (value == null) return null;
      if (typeof value === "number" && Number.isFinite(value)) return value;
      return config.refuse(`attn_config.${key}`, value, "expected a number or null");
    };
    const facts = {
      scale: number("softmax_scale", scale) ?? headSize ** -0.5,
      bias: { kind: "alibi", slopes: mptSlopes(heads), from: "last" },
    } as const;
    const clamp = number("clip_qkv", clip);
    return decoderStack(config, weights, {
      family: "mpt",
      className: "Mpt",
      sizes,
      positions: null,
      tied: true,
      tokens: "transformer.wte",
      layer: (i) => layerOf(sizes, `transformer.blocks.${i}`, clamp, facts),
      finalNorm: layerNorm("transformer.norm_f", hidden, eps, false),
    });
  },
};

function layerOf(
  sizes: DecoderSizes,
  name: string,
  clamp: number | null,
  facts: Parameters<typeof causalAttention>[3],
): Layer {
  const { hidden, eps } = sizes;
  const matrix = linear(`${name}.attn.Wqkv`, hidden, 3 * hidden, false);
  const qkv = clamp ? { ...matrix, clamp } : matrix;
  const out = linear(`${name}.attn.out_proj`, hidden, hidden, false);
  const norm = (part: number) => layerNorm(`${name}.norm_${part}`, hidden, eps, false);
  return {
    attention: { pre: norm(1), body: causalAttention(sizes, { kind: "fused", qkv, slices: 1 }, out, facts) },
    mlp: { pre: norm(2), body: plainMlp(sizes, `${name}.ffn.up_proj`, `${name}.ffn.down_proj`, false) },
  };
}
