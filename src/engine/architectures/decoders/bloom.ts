// BLOOM (BigScience 2022): linear biases instead of positions (ALiBi, Press et al. 2022), a norm after the
// embedding, q, k, v of each head side by side in one matrix.

import type { Branch, Layer, ScoreBias } from "../../description.ts";
import { type Family, layerNorm, linear } from "../family.ts";
import { causalAttention, normed, plainMlp } from "../parts.ts";
import { alibiSlopes } from "./alibi.ts";
import { type DecoderSizes, decoderSizes, decoderStack, GPT_KEYS } from "./decoder.ts";

/** Of the sizes the config names only these; the rest is fixed. */
const KEYS = {
  ...GPT_KEYS,
  hidden: ["n_embed", "hidden_size"],
  units: null,
  positions: null,
  activation: null,
} as const;
const DEFAULTS = {
  hidden: 64,
  heads: 8,
  layers: 2,
  positions: 0,
  vocab: 250880,
  eps: 1e-5,
  activation: "gelu_new",
};

export const bloom: Family = {
  type: "bloom",
  prefixes: ["transformer."],
  irrelevant: `attention_softmax_in_fp32 bias_dropout_fusion masked_softmax_fusion n_inner offset_alibi
    seq_length skip_bias_add skip_bias_add_qkv unk_token_id`.split(/\s+/),
  aliases: { num_attention_heads: "n_head", num_hidden_layers: "n_layer" },
  describe(config, weights) {
    const sizes = decoderSizes(config, DEFAULTS, KEYS);
    const { hidden, eps } = sizes;
    const residual = config.flag("apply_residual_connection_post_layernorm", false) ? "normed" : "plain";
    const ranks = config.count("pretraining_tp", 1);
    if (config.flag("slow_but_exact", false) && ranks > 1)
      config.refuse("slow_but_exact", true, "the slices of other machines are not added up");
    const bias = { kind: "alibi", slopes: alibiSlopes(sizes.heads) } as const;
    return decoderStack(config, weights, {
      family: "bloom",
      className: "Bloom",
      sizes,
      positions: null,
      eos: 2,
      tied: true,
      tokens: "transformer.word_embeddings",
      embedding: { norm: layerNorm("transformer.word_embeddings_layernorm", hidden, eps) },
      layer: (i) => layerOf(sizes, `transformer.h.${i}`, bias, residual),
      finalNorm: layerNorm("transformer.ln_f", hidden, eps),
    });
  },
};

function layerOf(
  sizes: DecoderSizes,
  name: string,
  bias: ScoreBias,
  residual: NonNullable<Branch<unknown>["residual"]>,
): Layer {
  const { hidden } = sizes;
  const qkv = linear(`${name}.self_attention.query_key_value`, hidden, 3 * hidden, true);
  const out = linear(`${name}.self_attention.dense`, hidden, hidden, true);
  const attention = causalAttention(sizes, { kind: "fused", qkv, slices: sizes.heads }, out, { bias });
  const mlp = plainMlp(sizes, `${name}.mlp.dense_h_to_4h`, `${name}.mlp.dense_4h_to_h`);
  return {
    attention: { ...normed(`${name}.input_layernorm`, sizes, attention), residual },
    mlp: { ...normed(`${name}.post_attention_layernorm`, sizes, mlp), residual },
  };
}
