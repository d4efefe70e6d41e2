// Llama (Touvron et al. 2023): the shape itself.

import type { Family } from "../family.ts";
import { LLAMA, llamaLike, llamaSizes } from "./llama-like.ts";

export const llama: Family = {
  type: "llama",
  prefixes: ["model.", "transformer."],
  irrelevant: ["pretraining_tp", "is_llama_config", "rope_interleaved"],
  describe(config, weights) {
    const sizes = llamaSizes(config, LLAMA);
    const attention = config.flag("attention_bias", false);
    const mlp = config.flag("mlp_bias", false);
    return llamaLike(config, weights, {
      family: "llama",
      className: "Llama",
      sizes,
      tied: false,
      eos: 2,
      biases: { qkv: attention, out: attention, mlp },
    });
  },
};
