// Mixtral (Jiang et al. 2024): Mistral with eight experts, of which each token passes two.

import type { GatedMlp } from "../../description.ts";
import { readRotary } from "../../rotary.ts";
import { type Family, linear, slidingWindow, withWindow } from "../family.ts";
import { LLAMA, type LlamaSizes, llamaLike, llamaSizes } from "./llama-like.ts";
import { expertCounts, withMlp } from "./mixture.ts";

export const mixtral: Family = {
  type: "mixtral",
  prefixes: ["model."],
  irrelevant: ["output_router_logits", "router_aux_loss_coef", "router_jitter_noise"],
  aliases: { num_experts: "num_local_experts" },
  describe(config, weights) {
    const defaults = { ...LLAMA, kvHeads: 8, units: 14336, positions: 131072, eps: 1e-5 };
    const sizes = llamaSizes(config, defaults);
    const { hidden, headSize, positions } = sizes;
    const counts = expertCounts(config, "num_local_experts", { experts: 8, used: 2 });
    const window = slidingWindow(config, null);
    return llamaLike(config, weights, {
      family: "mixtral",
      className: "Mixtral",
      sizes,
      tied: false,
      eos: 2,
      rotary: readRotary(config, headSize, { maxPositions: positions, theta: 1_000_000 }),
      adjust: (layer, _, name) =>
        withMlp(withWindow(layer, window), {
          kind: "mixture",
          router: linear(`${name}.block_sparse_moe.gate`, hidden, counts.experts, false),
          experts: counts.names.map((i) => expert(sizes, `${name}.block_sparse_moe.experts.${i}`)),
          used: counts.used,
          renormalised: true,
        }),
    });
  },
};

function expert({ hidden, units, activation }: LlamaSizes, name: string): GatedMlp {
  return {
    kind: "gated",
    gate: linear(`${name}.w1`, hidden, units, false),
    up: linear(`${name}.w3`, hidden, units, false),
    activation,
    down: linear(`${name}.w2`, units, hidden, false),
  };
}
