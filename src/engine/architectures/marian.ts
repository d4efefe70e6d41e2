// Marian (Junczys-Dowmunt et al. 2018): translators with sinusoidal positions, which are not in the file, and one
// vocabulary for both languages.

import { BART_ALIASES, BART_IRRELEVANT, bartLike } from "./bart-like.ts";
import type { Family } from "./family.ts";

export const marian: Family = {
  type: "marian",
  prefixes: ["model."],
  irrelevant: [...BART_IRRELEVANT, "normalize_embedding", "static_position_embeddings"],
  aliases: BART_ALIASES,
  describe(config, weights) {
    config.only("share_encoder_decoder_embeddings", true);
    config.only("decoder_vocab_size", config.count("vocab_size", 58101));
    return bartLike(config, weights, {
      family: "marian",
      classes: { words: "MarianMTModel", bare: "MarianModel" },
      defaults: { vocab: 58101, start: 58100, eos: 0 },
      positions: (_part, _rows, width) => ({ kind: "sinusoidal", width }),
      embeddingNorm: false,
    });
  },
};
