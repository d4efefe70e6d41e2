// ELECTRA (Clark et al. 2020): BERT trained as a pair. The generator fills masks; the discriminator gives one logit
// per token, positive where it thinks the token was replaced.

import { classesHead, type Family, linear } from "../family.ts";
import { BERT_BASE, bertLike, bertNames, bertSizes, encoderHead, maskedHead } from "./bert-like.ts";

export const electra: Family = {
  type: "electra",
  prefixes: ["electra."],
  irrelevant:
    `summary_activation summary_first_dropout summary_last_dropout summary_proj_to_labels summary_type
    summary_use_proj`.split(/\s+/),
  describe(config, weights) {
    const shape = { hidden: 256, embedding: 128, heads: 4, units: 1024 };
    const sizes = bertSizes(config, { ...BERT_BASE, ...shape });
    const { hidden, embedding, activation } = sizes;
    const names = {
      embedding: "electra.embeddings.word_embeddings.weight",
      dense: "generator_predictions.dense",
      norm: "generator_predictions.LayerNorm",
      decoder: "generator_lm_head",
      biases: ["generator_lm_head.bias"],
    };
    const discriminator = [
      { linear: linear("discriminator_predictions.dense", hidden, hidden, true) },
      { activation },
      { linear: linear("discriminator_predictions.dense_prediction", hidden, 1, true) },
    ];
    const own = {
      ElectraForMaskedLM: maskedHead(config, weights, sizes, names, "gelu"),
      ElectraForPreTraining: () => classesHead("tokens", 1, discriminator),
    };
    const before = [
      { linear: linear("classifier.dense", hidden, hidden, true) },
      { activation: "gelu" },
    ] as const;
    return bertLike({
      family: "electra",
      sizes,
      names: bertNames("electra"),
      ...(embedding !== hidden && {
        map: linear("electra.embeddings_project", embedding, hidden, true),
      }),
      head: encoderHead(config, "Electra", hidden, own, { before, name: "classifier.out_proj" }),
    });
  },
};
