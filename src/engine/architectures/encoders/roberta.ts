// RoBERTa (Liu et al. 2019): BERT whose positions begin after the padding id and pass over padding tokens.
// XLM-RoBERTa (Conneau et al. 2020) and CamemBERT (Martin et al. 2020) are the same with other texts and tokens.

import type { ConfigReader } from "../../config-reader.ts";
import type { Head } from "../../description.ts";
import type { WeightBook } from "../../weight-book.ts";
import { type Family, linear } from "../family.ts";
import {
  BERT_BASE,
  type BertSizes,
  bertLike,
  bertNames,
  bertSizes,
  encoderHead,
  maskedHead,
} from "./bert-like.ts";

export const roberta = robertaFamily("roberta", "Roberta", 50265);
export const xlmRoberta = robertaFamily("xlm-roberta", "XLMRoberta", BERT_BASE.vocab);
export const camembert = robertaFamily("camembert", "Camembert", BERT_BASE.vocab);

function robertaFamily(type: string, className: string, vocab: number): Family {
  return {
    type,
    prefixes: ["roberta."],
    irrelevant: [],
    describe(config, weights) {
      const sizes = bertSizes(config, { ...BERT_BASE, vocab });
      return bertLike({
        family: type,
        base: "roberta",
        sizes,
        names: bertNames("roberta"),
        positions: afterPadding(config),
        head: robertaHead(config, weights, sizes, className, "roberta"),
      });
    },
  };
}

/** Positions that begin after the padding id, which padding itself keeps. */
export function afterPadding(config: ConfigReader) {
  const padding = config.count("pad_token_id", 1, 0);
  return { offset: padding + 1, skipId: padding };
}

/** RoBERTa's heads over the body called `base`. */
export function robertaHead(
  config: ConfigReader,
  weights: WeightBook,
  sizes: BertSizes,
  className: string,
  base: string,
): Head | null {
  const { hidden } = sizes;
  const names = {
    embedding: `${base}.embeddings.word_embeddings.weight`,
    dense: "lm_head.dense",
    norm: "lm_head.layer_norm",
    decoder: "lm_head.decoder",
    biases: ["lm_head.decoder.bias", "lm_head.bias"],
  };
  const own = { [`${className}ForMaskedLM`]: maskedHead(config, weights, sizes, names, "gelu") };
  const dense = linear("classifier.dense", hidden, hidden, true);
  const before = [{ linear: dense }, { activation: "tanh" }];
  return encoderHead(config, className, hidden, own, { before, name: "classifier.out_proj" });
}
