// Qwen2 (Yang et al. 2024): Llama with biases on q, k and v, and windows in the upper layers where switched on.

import type { ConfigReader } from "../../config-reader.ts";
import { type Family, slidingWindow, windowsByLayer, withWindow } from "../family.ts";
import { LLAMA, llamaLike, llamaSizes } from "./llama-like.ts";

export const qwen2: Family = {
  type: "qwen2",
  prefixes: ["model.", "transformer."],
  irrelevant: [],
  describe(config, weights) {
    const sizes = llamaSizes(config, QWEN);
    const windows = qwenWindows(config, sizes.layers);
    return llamaLike(config, weights, {
      family: "qwen2",
      className: "Qwen2",
      sizes,
      tied: false,
      biases: { qkv: true },
      adjust: (layer, i) => withWindow(layer, windows[i]!),
    });
  },
};

/** Sizes that Qwen2 and Qwen3 have by default. */
export const QWEN = { ...LLAMA, kvHeads: 32, units: 22016, positions: 32768, vocab: 151936 };

/** The window of each layer: where switched on, layers from `max_window_layers` on have one. */
export function qwenWindows(config: ConfigReader, layers: number) {
  const used = config.flag("use_sliding_window", false);
  const window = slidingWindow(config, 4096);
  const from = config.count("max_window_layers", 28, 0);
  return windowsByLayer(config, layers, used ? window : null, (i) => i >= from);
}
