// Gemma (Gemma team 2024): Llama with norms of 1 + weight, scaled embeddings and tanh's GELU whatever the config says.

import type { Family } from "../family.ts";
import { llamaLike, llamaSizes } from "./llama-like.ts";

export const gemma: Family = {
  type: "gemma",
  prefixes: ["model."],
  irrelevant: ["hidden_act", "hidden_activation", "cache_implementation"],
  describe(config, weights) {
    const sizes = llamaSizes(config, GEMMA_7B, { activation: null });
    const bias = config.flag("attention_bias", false);
    config.only("use_bidirectional_attention", false);
    return llamaLike(config, weights, {
      family: "gemma",
      className: "Gemma",
      sizes,
      tied: true,
      eos: 1,
      pad: 0,
      biases: { qkv: bias, out: bias },
      plusOne: true,
      embeddingScale: sizes.hidden ** 0.5,
    });
  },
};

const GEMMA_7B = {
  hidden: 3072,
  heads: 16,
  kvHeads: 16,
  headSize: 256,
  layers: 28,
  units: 24576,
  positions: 8192,
  vocab: 256000,
  eps: 1e-6,
  activation: "gelu_pytorch_tanh",
};
