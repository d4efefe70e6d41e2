// Gemma 2 (Gemma team 2024): soft caps on scores and logits, a window in every other layer.

import { type Family, slidingWindow, windowsByLayer, withAttention } from "../family.ts";
import { GEMMA, GEMMA_KEYS, logitCap, sandwiched } from "./gemma-like.ts";
import { llamaLike, llamaSizes } from "./llama-like.ts";

export const gemma2: Family = {
  type: "gemma2",
  prefixes: ["model."],
  irrelevant: ["cache_implementation", "hidden_act", "sliding_window_size"],
  describe(config, weights) {
    config.only("use_bidirectional_attention", false);
    const sizes = llamaSizes(config, { ...GEMMA, positions: 8192, vocab: 256000 }, GEMMA_KEYS);
    const window = slidingWindow(config, 4096);
    const windows = windowsByLayer(config, sizes.layers, window, (i) => i % 2 === 0);
    const bias = config.flag("attention_bias", false);
    const facts = {
      scale: config.number("query_pre_attn_scalar", 256) ** -0.5,
      softcap: config.optional("attn_logit_softcapping", 50),
    };
    return llamaLike(config, weights, {
      family: "gemma2",
      className: "Gemma2",
      sizes,
      tied: true,
      eos: 1,
      pad: 0,
      biases: { qkv: bias, out: bias },
      plusOne: true,
      embeddingScale: sizes.hidden ** 0.5,
      steps: logitCap(config, 30),
      adjust: (layer, i, name) =>
        withAttention(sandwiched(layer, sizes, name), { ...facts, window: windows[i]! }),
    });
  },
};
