// BART (Lewis et al. 2020): learned positions that begin at row 2, and a norm over the embeddings.

import { BART_ALIASES, BART_IRRELEVANT, bartLike } from "./bart-like.ts";
import type { Family } from "./family.ts";

/** Rows of the position table before position 0. */
const OFFSET = 2;

export const bart: Family = {
  type: "bart",
  prefixes: ["model."],
  irrelevant: [...BART_IRRELEVANT, "normalize_embedding", "static_position_embeddings"],
  aliases: BART_ALIASES,
  describe(config, weights) {
    return bartLike(config, weights, {
      family: "bart",
      classes: { words: "BartForConditionalGeneration", bare: "BartModel" },
      defaults: { vocab: 50265, start: 2, eos: 2 },
      positions: (part, rows, width) => ({
        kind: "table",
        table: { weight: `model.${part}.embed_positions.weight`, rows: rows + OFFSET, width },
        offset: OFFSET,
      }),
      embeddingNorm: true,
    });
  },
};
