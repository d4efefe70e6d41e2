// Qwen3 (Yang et al. 2025): Qwen2 with a norm on each head's q and k instead of biases.

import type { Layer } from "../../description.ts";
import { type Family, rmsNorm, withAttention, withWindow } from "../family.ts";
import { type LlamaSizes, llamaLike, llamaSizes } from "./llama-like.ts";
import { QWEN, qwenWindows } from "./qwen2.ts";

export const qwen3: Family = {
  type: "qwen3",
  prefixes: ["model.", "transformer."],
  irrelevant: [],
  describe(config, weights) {
    const sizes = llamaSizes(config, { ...QWEN, headSize: 128 });
    const windows = qwenWindows(config, sizes.layers);
    const bias = config.flag("attention_bias", false);
    return llamaLike(config, weights, {
      family: "qwen3",
      className: "Qwen3",
      sizes,
      tied: false,
      biases: { qkv: bias, out: bias },
      adjust: (layer, i, name) => withWindow(headNormed(layer, sizes, name), windows[i]!),
    });
  },
};

/** The layer with a norm on each head's q and k. */
export function headNormed(layer: Layer, { headSize, eps }: LlamaSizes, name: string): Layer {
  const norm = (part: string) => rmsNorm(`${name}.self_attn.${part}_norm`, headSize, eps);
  return withAttention(layer, { qkNorm: { q: norm("q"), k: norm("k"), over: "head" } });
}
