// DistilBERT (Sanh et al. 2019): a shallower BERT without segments, under names of its own.

import { type Family, linear } from "../family.ts";
import { type BertSizes, bertLike, encoderHead, maskedHead } from "./bert-like.ts";

export const distilbert: Family = {
  type: "distilbert",
  prefixes: ["distilbert."],
  // The position table is in the file whether it was learned or filled with sines.
  irrelevant: "qa_dropout seq_classif_dropout sinusoidal_pos_embds tie_weights_".split(" "),
  aliases: { hidden_size: "dim", num_attention_heads: "n_heads", num_hidden_layers: "n_layers" },
  describe(config, weights) {
    const hidden = config.count("dim", 768);
    const sizes: BertSizes = {
      hidden,
      embedding: hidden,
      heads: config.count("n_heads", 12),
      layers: config.layers("n_layers", 6),
      units: config.count("hidden_dim", 3072),
      positions: config.count("max_position_embeddings", 512),
      segments: 0,
      vocab: config.count("vocab_size", 30522),
      eps: 1e-12,
      activation: config.text("activation", "gelu"),
    };
    const names = {
      embedding: "distilbert.embeddings.word_embeddings.weight",
      dense: "vocab_transform",
      norm: "vocab_layer_norm",
      decoder: "vocab_projector",
      biases: ["vocab_projector.bias"],
    };
    const own = {
      DistilBertForMaskedLM: maskedHead(config, weights, sizes, names, sizes.activation),
    };
    const before = [
      { linear: linear("pre_classifier", hidden, hidden, true) },
      { activation: "relu" },
    ] as const;
    return bertLike({
      family: "distilbert",
      sizes,
      names: layerNames,
      head: encoderHead(config, "DistilBert", hidden, own, { before, name: "classifier" }),
    });
  },
};

function layerNames(index: number) {
  const name = `distilbert.transformer.layer.${index}`;
  return {
    q: `${name}.attention.q_lin`,
    k: `${name}.attention.k_lin`,
    v: `${name}.attention.v_lin`,
    out: `${name}.attention.out_lin`,
    attentionNorm: `${name}.sa_layer_norm`,
    up: `${name}.ffn.lin1`,
    down: `${name}.ffn.lin2`,
    mlpNorm: `${name}.output_layer_norm`,
  };
}
