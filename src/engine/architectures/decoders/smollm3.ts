// SmolLM3 (Hugging Face 2025): Llama in which some layers have no positions (Yang et al. 2025, RNoPE).

import type { ConfigReader } from "../../config-reader.ts";
import { readRotary } from "../../rotary.ts";
import { type Family, slidingWindow, windowsByLayer, withAttention } from "../family.ts";
import { llamaLike, llamaSizes } from "./llama-like.ts";

export const smollm3: Family = {
  type: "smollm3",
  prefixes: ["model.", "transformer."],
  irrelevant: ["max_window_layers", "pretraining_tp"],
  describe(config, weights) {
    const sizes = llamaSizes(config, {
      hidden: 2048,
      heads: 16,
      kvHeads: 4,
      layers: 36,
      units: 11008,
      positions: 32768,
      vocab: 128256,
      eps: 1e-6,
      activation: "silu",
    });
    const turns = turningLayers(config, sizes.layers);
    const used = config.flag("use_sliding_window", false);
    const window = slidingWindow(config, null);
    const windows = windowsByLayer(config, sizes.layers, window, (i) => used && !turns[i]);
    const rotary = readRotary(config, sizes.headSize, { maxPositions: sizes.positions, theta: 2_000_000 });
    const attention = config.flag("attention_bias", false);
    const mlp = config.flag("mlp_bias", false);
    return llamaLike(config, weights, {
      family: "smollm3",
      className: "SmolLM3",
      sizes,
      tied: true,
      eos: 128001,
      pad: 128004,
      rotary,
      biases: { qkv: attention, out: attention, mlp },
      adjust: (layer, i) => withAttention(layer, { window: windows[i]!, rotary: turns[i] ? rotary : null }),
    });
  },
};

/** Whether each layer has rotary positions: 1 in no_rope_layers means yes, by default all but every fourth. */
function turningLayers(config: ConfigReader, layers: number): boolean[] {
  const interval = config.count("no_rope_layer_interval", 4);
  const written = config.list("no_rope_layers");
  if (written && written.length < layers)
    config.refuse("no_rope_layers", written, `expected at least ${layers} entries`);
  return Array.from({ length: layers }, (_, i) => {
    return written ? Boolean(written[i]) : (i + 1) % interval !== 0;
  });
}
