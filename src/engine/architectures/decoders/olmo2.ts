// OLMo 2 (OLMo team 2024): Llama with norms after each branch instead of before, and on q and k over all heads.

import type { Layer } from "../../description.ts";
import { type Family, rmsNorm } from "../family.ts";
import { LLAMA, type LlamaSizes, llamaLike, llamaSizes } from "./llama-like.ts";

export const olmo2: Family = {
  type: "olmo2",
  prefixes: ["model."],
  irrelevant: [],
  describe(config, weights) {
    const sizes = llamaSizes(config, { ...LLAMA, vocab: 50304, eps: 1e-5 });
    const bias = config.flag("attention_bias", false);
    return llamaLike(config, weights, {
      family: "olmo2",
      className: "Olmo2",
      sizes,
      tied: false,
      eos: 50279,
      pad: 1,
      biases: { qkv: bias, out: bias },
      adjust: (layer, _, name) => postNormed(layer, sizes, name),
    });
  },
};

function postNormed(
  { attention, mlp }: Layer,
  { hidden, heads, kvHeads, headSize, eps }: LlamaSizes,
  name: string,
): Layer {
  return {
    attention: {
      body: {
        ...attention.body,
        qkNorm: {
          q: rmsNorm(`${name}.self_attn.q_norm`, heads * headSize, eps),
          k: rmsNorm(`${name}.self_attn.k_norm`, kvHeads * headSize, eps),
          over: "all",
        },
      },
      post: rmsNorm(`${name}.post_attention_layernorm`, hidden, eps),
    },
    mlp: { body: mlp.body, post: rmsNorm(`${name}.post_feedforward_layernorm`, hidden, eps) },
  };
}
