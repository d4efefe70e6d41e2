// BART (Lewis et al. 2020): learned positions that begin at row 2, and a norm over the embeddings. mBART (Liu et al.
// 2020) has norms before its branches.

import type { Positions } from "../../description.ts";
import type { Family } from "../family.ts";
import { BART_ALIASES, BART_IRRELEVANT, bartLike, type Part } from "./bart-like.ts";

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
      positions,
      embeddingNorm: true,
    });
  },
};

export const mbart: Family = {
  type: "mbart",
  prefixes: ["model."],
  irrelevant: BART_IRRELEVANT,
  aliases: BART_ALIASES,
  describe(config, weights) {
    return bartLike(config, weights, {
      family: "mbart",
      classes: { words: "MBartForConditionalGeneration", bare: "MBartModel" },
      defaults: { vocab: 50265, eos: 2 },
      positions,
      embeddingNorm: true,
      preNorm: true,
    });
  },
};

function positions(part: Part, rows: number, width: number): Positions {
  const table = { weight: `model.${part}.embed_positions.weight`, rows: rows + OFFSET, width };
  return { kind: "table", table, offset: OFFSET };
}
