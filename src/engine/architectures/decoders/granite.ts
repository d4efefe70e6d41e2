// Granite (IBM 2024): Llama with multipliers on the embeddings, the scores, both branches and the logits.

import type { Layer } from "../../description.ts";
import type { Family } from "../family.ts";
import { LLAMA, llamaLike, llamaSizes } from "./llama-like.ts";

export const granite: Family = {
  type: "granite",
  prefixes: ["model."],
  irrelevant: [],
  describe(config, weights) {
    const sizes = llamaSizes(config, LLAMA, { headSize: null });
    const attention = config.flag("attention_bias", false);
    const mlp = config.flag("mlp_bias", false);
    const scale = config.number("attention_multiplier", 1);
    const times = config.number("residual_multiplier", 1);
    return llamaLike(config, weights, {
      family: "granite",
      className: "Granite",
      sizes,
      tied: false,
      eos: 2,
      biases: { qkv: attention, out: attention, mlp },
      embeddingScale: config.number("embedding_multiplier", 1),
      steps: { after: [{ scale: 1 / config.number("logits_scaling", 1) }] },
      adjust: (layer) => multiplied(layer, scale, times),
    });
  },
};

/** Each branch's last matrix times `times`. */
function multiplied({ attention, mlp }: Layer, scale: number, times: number): Layer {
  const { body } = mlp;
  return {
    attention: { ...attention, body: { ...attention.body, scale, out: { ...attention.body.out, times } } },
    mlp: { ...mlp, body: body.kind === "gated" ? { ...body, down: { ...body.down, times } } : body },
  };
}
