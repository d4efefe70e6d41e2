// GPT-NeoX and Pythia (Black et al. 2022): q, k, v of each head side by side in one matrix, rotary positions on a
// part of each head, attention and mlp side by side with a norm each.

import type { ConfigReader } from "../../config-reader.ts";
import type { Layer, Rotary } from "../../description.ts";
import { readRotary } from "../../rotary.ts";
import { type Family, layerNorm, linear } from "../family.ts";
import { causalAttention, normed, plainMlp } from "../parts.ts";
import { type DecoderSizes, decoderSizes, decoderStack } from "./decoder.ts";

const DEFAULTS = {
  hidden: 6144,
  heads: 64,
  layers: 44,
  units: 24576,
  positions: 2048,
  vocab: 50432,
  eps: 1e-5,
  activation: "gelu",
};

export const gptNeox: Family = {
  type: "gpt_neox",
  prefixes: ["gpt_neox."],
  irrelevant: ["is_decoder"],
  describe(config, weights) {
    const sizes = decoderSizes(config, DEFAULTS, { kvHeads: null, headSize: null, eps: "layer_norm_eps" });
    const { hidden, headSize, positions, eps } = sizes;
    const parallel = config.flag("use_parallel_residual", true);
    const bias = config.flag("attention_bias", true);
    const rotary = rotaryOfHead(config, headSize, positions);
    return decoderStack(config, weights, {
      family: "gpt_neox",
      className: "GPTNeoX",
      sizes,
      positions,
      eos: 2,
      tied: false,
      tokens: "gpt_neox.embed_in",
      output: { name: weights.first("embed_out.weight", "lm_head.weight").replace(/\.weight$/, "") },
      layer: (i) => ({
        ...(parallel && { parallel: "own-norms" }),
        ...layerOf(sizes, `gpt_neox.layers.${i}`, bias, rotary),
      }),
      finalNorm: layerNorm("gpt_neox.final_layer_norm", hidden, eps),
    });
  },
};

function layerOf(sizes: DecoderSizes, name: string, bias: boolean, rotary: Rotary): Layer {
  const { hidden } = sizes;
  const qkv = linear(`${name}.attention.query_key_value`, hidden, 3 * hidden, bias);
  const out = linear(`${name}.attention.dense`, hidden, hidden, bias);
  const attention = causalAttention(sizes, { kind: "fused", qkv, slices: sizes.heads }, out, { rotary });
  const mlp = plainMlp(sizes, `${name}.mlp.dense_h_to_4h`, `${name}.mlp.dense_4h_to_h`);
  return {
    attention: normed(`${name}.input_layernorm`, sizes, attention),
    mlp: normed(`${name}.post_attention_layernorm`, sizes, mlp),
  };
}

/** Transformers reads the older keys; copies of them under the newer names must agree. */
function rotaryOfHead(config: ConfigReader, headSize: number, maxPositions: number): Rotary {
  const keys = { theta: "rotary_emb_base", fraction: "rotary_pct" };
  const rotary = readRotary(config, headSize, { maxPositions, fraction: 0.25, keys });
  config.only("rope_theta", rotary.theta);
  const fraction = config.optional("partial_rotary_factor");
  if (fraction !== null && Math.trunc(headSize * fraction) !== rotary.size)
    config.refuse("partial_rotary_factor", fraction, "rotary_pct or rope_parameters say otherwise");
  return rotary;
}
