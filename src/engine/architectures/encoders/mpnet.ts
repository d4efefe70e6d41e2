// MPNet (Song et al. 2020): RoBERTa's frame without segments, with a learned bias per distance that every layer adds.

import { type Family, withAttention } from "../family.ts";
import { BERT_BASE, type BertNames, bertLike, bertNames, bertSizes } from "./bert-like.ts";
import { afterPadding, robertaHead } from "./roberta.ts";

const DISTANCES = { buckets: 32, maxDistance: 128, bidirectional: true };

export const mpnet: Family = {
  type: "mpnet",
  prefixes: ["mpnet."],
  irrelevant: [],
  describe(config, weights) {
    const sizes = bertSizes(config, { ...BERT_BASE, vocab: 30527 }, false);
    // The table may have more rows, but distances fall into 32 buckets whatever the config says.
    config.only("relative_attention_num_buckets", 32);
    const table = "mpnet.encoder.relative_attention_bias.weight";
    return bertLike({
      family: "mpnet",
      sizes,
      names: layerNames,
      positions: afterPadding(config),
      layer: (layer) => withAttention(layer, { bias: { kind: "t5", table, ...DISTANCES } }),
      head: robertaHead(config, weights, sizes, "MPNet", "mpnet"),
    });
  },
};

function layerNames(index: number): BertNames {
  const name = `mpnet.encoder.layer.${index}.attention`;
  return {
    ...bertNames("mpnet")(index),
    q: `${name}.attn.q`,
    k: `${name}.attn.k`,
    v: `${name}.attn.v`,
    out: `${name}.attn.o`,
    attentionNorm: `${name}.LayerNorm`,
  };
}
