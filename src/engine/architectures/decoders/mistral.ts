// Mistral (Jiang et al. 2023): Llama with a sliding window in every layer.

import { type Family, slidingWindow, withWindow } from "../family.ts";
import { LLAMA, llamaLike, llamaSizes } from "./llama-like.ts";

export const mistral: Family = {
  type: "mistral",
  prefixes: ["model."],
  irrelevant: [],
  describe(config, weights) {
    const sizes = llamaSizes(config, { ...LLAMA, kvHeads: 8, units: 14336, positions: 131072 });
    const window = slidingWindow(config, 4096);
    return llamaLike(config, weights, {
      family: "mistral",
      className: "Mistral",
      sizes,
      tied: false,
      eos: 2,
      adjust: (layer) => withWindow(layer, window),
    });
  },
};
