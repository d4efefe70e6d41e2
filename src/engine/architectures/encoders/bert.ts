// BERT (Devlin et al. 2019): an encoder with norms after each branch, learned positions and segments.

import type { HeadStep } from "../../description.ts";
import { classesHead, type Family, linear } from "../family.ts";
import { BERT_BASE, bertLike, bertNames, bertSizes, encoderHead, maskedHead } from "./bert-like.ts";

export const bert: Family = {
  type: "bert",
  prefixes: ["bert."],
  irrelevant:
    `directionality pooler_fc_size pooler_num_attention_heads pooler_num_fc_layers pooler_size_per_head
    pooler_type`.split(/\s+/),
  describe(config, weights) {
    const sizes = bertSizes(config, BERT_BASE);
    const { hidden, activation } = sizes;
    const head = "cls.predictions";
    const names = {
      embedding: "bert.embeddings.word_embeddings.weight",
      dense: `${head}.transform.dense`,
      norm: `${head}.transform.LayerNorm`,
      decoder: `${head}.decoder`,
      biases: [`${head}.decoder.bias`, `${head}.bias`],
    };
    const masked = maskedHead(config, weights, sizes, names, activation);
    const pooled: HeadStep[] = [
      { linear: linear("bert.pooler.dense", hidden, hidden, true) },
      { activation: "tanh" },
    ];
    const nextSentence = { linear: linear("cls.seq_relationship", hidden, 2, true) };
    const own = {
      BertForMaskedLM: masked,
      BertForPreTraining: masked,
      BertForNextSentencePrediction: () => classesHead("first", 2, [...pooled, nextSentence]),
    };
    return bertLike({
      family: "bert",
      sizes,
      names: bertNames("bert"),
      head: encoderHead(config, "Bert", hidden, own, { before: pooled, name: "classifier" }),
    });
  },
};
