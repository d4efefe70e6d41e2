// ALBERT (Lan et al. 2020): layers of a group share their weights, and embeddings are narrower than the stream.

import { MOST_LAYERS } from "../../config-reader.ts";
import { type Family, linear } from "../family.ts";
import { BERT_BASE, type BertNames, bertLike, bertSizes, encoderHead, maskedHead } from "./bert-like.ts";

export const albert: Family = {
  type: "albert",
  prefixes: ["albert."],
  irrelevant: `classifier_dropout_prob down_scale_factor gap_size layers_to_keep net_structure_type
    num_memory_blocks`.split(/\s+/),
  describe(config, weights) {
    const shape = { hidden: 4096, embedding: 128, heads: 64, units: 16384, vocab: 30000 };
    const sizes = bertSizes(config, { ...BERT_BASE, ...shape, activation: "gelu_new" });
    const { hidden, embedding, layers } = sizes;
    const groups = config.count("num_hidden_groups", 1);
    const inner = config.layers("inner_group_num", 1);
    if (groups > layers)
      config.refuse("num_hidden_groups", groups, `expected at most num_hidden_layers, ${layers}`);
    if (layers * inner > MOST_LAYERS)
      config.refuse("inner_group_num", inner, `expected at most ${MOST_LAYERS} layers in all`);
    const names = {
      embedding: "albert.embeddings.word_embeddings.weight",
      dense: "predictions.dense",
      norm: "predictions.LayerNorm",
      decoder: "predictions.decoder",
      biases: ["predictions.decoder.bias", "predictions.bias"],
    };
    const masked = maskedHead(config, weights, sizes, names, sizes.activation);
    const before = [
      { linear: linear("albert.pooler", hidden, hidden, true) },
      { activation: "tanh" },
    ] as const;
    return bertLike({
      family: "albert",
      sizes: { ...sizes, layers: layers * inner },
      names: (index) => layerNames(groupOf(Math.floor(index / inner), layers, groups), index % inner),
      map: linear("albert.encoder.embedding_hidden_mapping_in", embedding, hidden, true),
      head: encoderHead(
        config,
        "Albert",
        hidden,
        { AlbertForMaskedLM: masked, AlbertForPreTraining: masked },
        { before, name: "classifier" },
      ),
    });
  },
};

/** In floats, as Transformers divides. */
function groupOf(layer: number, layers: number, groups: number): number {
  return Math.floor(layer / (layers / groups));
}

function layerNames(group: number, inner: number): BertNames {
  const name = `albert.encoder.albert_layer_groups.${group}.albert_layers.${inner}`;
  return {
    q: `${name}.attention.query`,
    k: `${name}.attention.key`,
    v: `${name}.attention.value`,
    out: `${name}.attention.dense`,
    attentionNorm: `${name}.attention.LayerNorm`,
    up: `${name}.ffn`,
    down: `${name}.ffn_output`,
    mlpNorm: `${name}.full_layer_layer_norm`,
  };
}
