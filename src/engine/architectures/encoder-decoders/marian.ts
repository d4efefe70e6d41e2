// Marian (Junczys-Dowmunt et al. 2018): translators with sinusoidal positions, which are not in the file, and one
// vocabulary for both languages. Pegasus (Zhang et al. 2020) and M2M-100 (Fan et al. 2021) have them too, and norms
// before their branches.

import type { Family } from "../family.ts";
import { BART_ALIASES, BART_IRRELEVANT, bartLike } from "./bart-like.ts";

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

export const pegasus: Family = {
  type: "pegasus",
  prefixes: ["model."],
  irrelevant: BART_IRRELEVANT,
  aliases: BART_ALIASES,
  describe(config, weights) {
    return bartLike(config, weights, {
      family: "pegasus",
      classes: { words: "PegasusForConditionalGeneration", bare: "PegasusModel" },
      defaults: { vocab: 50265, start: 0, eos: 1 },
      positions: (part, rows, width) => {
        const weight = `model.${part}.embed_positions.weight`;
        if (!weights.has(weight)) return { kind: "sinusoidal", width };
        return { kind: "table", table: { weight, rows, width }, offset: 0 };
      },
      embeddingNorm: false,
      preNorm: true,
    });
  },
};

export const m2m100: Family = {
  type: "m2m_100",
  prefixes: ["model."],
  irrelevant: BART_IRRELEVANT,
  aliases: BART_ALIASES,
  describe(config, weights) {
    const skipId = config.count("pad_token_id", 1, 0);
    return bartLike(config, weights, {
      family: "m2m_100",
      classes: { words: "M2M100ForConditionalGeneration", bare: "M2M100Model" },
      defaults: { vocab: 128112, start: 2, eos: 2, activation: "relu", scaled: true },
      positions: (_part, _rows, width) => ({
        kind: "sinusoidal",
        width,
        offset: skipId + 1,
        skipId,
        closed: true,
      }),
      embeddingNorm: false,
      preNorm: true,
    });
  },
};
