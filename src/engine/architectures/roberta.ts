// RoBERTa (Liu et al. 2019): BERT whose positions begin after the padding id and pass over padding tokens.

import { BERT_BASE, bertLike, bertNames, bertSizes, encoderHead, maskedHead } from "./bert-like.ts";
import { type Family, linear } from "./family.ts";

export const roberta: Family = {
  type: "roberta",
  prefixes: ["roberta."],
  irrelevant: [],
  describe(config, weights) {
    const sizes = bertSizes(config, { ...BERT_BASE, vocab: 50265 });
    const { hidden } = sizes;
    const padding = config.count("pad_token_id", 1, 0);
    const names = {
      embedding: "roberta.embeddings.word_embeddings.weight",
      dense: "lm_head.dense",
      norm: "lm_head.layer_norm",
      decoder: "lm_head.decoder",
      biases: ["lm_head.decoder.bias", "lm_head.bias"],
    };
    const own = { RobertaForMaskedLM: maskedHead(config, weights, sizes, names, "gelu") };
    const before = [
      { linear: linear("classifier.dense", hidden, hidden, true) },
      { activation: "tanh" },
    ] as const;
    return bertLike({
      family: "roberta",
      sizes,
      names: bertNames("roberta"),
      positions: { offset: padding + 1, skipId: padding },
      head: encoderHead(config, "Roberta", hidden, own, { before, name: "classifier.out_proj" }),
    });
  },
};
