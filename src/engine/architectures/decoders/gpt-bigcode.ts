// GPT-BigCode (Ben Allal et al. 2023; StarCoder): GPT-2 with [out, in] matrices and one key/value head for all.

import type { Layer } from "../../description.ts";
import { type Family, layerNorm, linear } from "../family.ts";
import { causalAttention, normed, plainMlp } from "../parts.ts";
import {
  type DecoderSizes,
  decoderSizes,
  decoderStack,
  GPT_ALIASES,
  GPT_KEYS,
  learnedPositions,
} from "./decoder.ts";
import { GPT2 } from "./gpt2.ts";

export const gptBigcode: Family = {
  type: "gpt_bigcode",
  prefixes: ["transformer."],
  irrelevant: `attention_softmax_in_fp32 scale_attention_softmax_in_fp32 num_key_value_heads inference_runner
    max_batch_size max_sequence_length n_ctx pad_key_length pre_allocate_kv_cache validate_runner_input
    reorder_and_upcast_attn scale_attn_by_inverse_layer_idx summary_activation summary_first_dropout
    summary_proj_to_labels summary_type summary_use_proj`.split(/\s+/),
  aliases: GPT_ALIASES,
  describe(config, weights) {
    config.only("add_cross_attention", false);
    const read = decoderSizes(config, { ...GPT2, activation: "gelu_pytorch_tanh" }, GPT_KEYS);
    const sizes = { ...read, kvHeads: config.flag("multi_query", true) ? 1 : read.heads };
    const { hidden, positions, eps, headSize } = sizes;
    const scale = config.flag("scale_attn_weights", true) ? headSize ** -0.5 : 1;
    return decoderStack(config, weights, {
      family: "gpt_bigcode",
      className: "GPTBigCode",
      sizes,
      positions,
      eos: 50256,
      tied: true,
      tokens: "transformer.wte",
      embedding: { positions: learnedPositions("transformer.wpe", sizes) },
      layer: (i) => layerOf(sizes, `transformer.h.${i}`, scale),
      finalNorm: layerNorm("transformer.ln_f", hidden, eps),
    });
  },
};

function layerOf(sizes: DecoderSizes, name: string, scale: number): Layer {
  const { hidden, kvHeads, headSize } = sizes;
  const qkv = linear(`${name}.attn.c_attn`, hidden, hidden + 2 * kvHeads * headSize, true);
  const out = linear(`${name}.attn.c_proj`, hidden, hidden, true);
  const attention = causalAttention(sizes, { kind: "fused", qkv, slices: kvHeads }, out, { scale });
  return {
    attention: normed(`${name}.ln_1`, sizes, attention),
    mlp: normed(`${name}.ln_2`, sizes, plainMlp(sizes, `${name}.mlp.c_fc`, `${name}.mlp.c_proj`)),
  };
}
