// Qwen3 (Yang et al. 2025): Qwen2 with a norm on each head's q and k instead of biases.

import { type Family, rmsNorm, withAttention } from "./family.ts";
import { llamaLike, llamaSizes } from "./llama-like.ts";
import { QWEN, qwenWindows } from "./qwen2.ts";

export const qwen3: Family = {
  type: "qwen3",
  prefixes: ["model.", "transformer."],
  irrelevant: [],
  describe(config, weights) {
    const sizes = llamaSizes(config, { ...QWEN, headSize: 128 });
    const { headSize, eps } = sizes;
    const windows = qwenWindows(config, sizes.layers);
    const bias = config.flag("attention_bias", false);
    return llamaLike(config, weights, {
      family: "qwen3",
      className: "Qwen3",
      sizes,
      tied: false,
      biases: { qkv: bias, out: bias },
      adjust: (layer, i, name) =>
        withAttention(layer, {
          window: windows[i]!,
          qkNorm: {
            q: rmsNorm(`${name}.self_attn.q_norm`, headSize, eps),
            k: rmsNorm(`${name}.self_attn.k_norm`, headSize, eps),
            over: "head",
          },
        }),
    });
  },
};
