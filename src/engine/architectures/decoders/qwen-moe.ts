// Qwen2-MoE (Yang et al. 2024) and Qwen3-MoE (Yang et al. 2025): Qwen with many small experts; Qwen2's have a shared one
// beside them that every token passes.

import type { ConfigReader } from "../../config-reader.ts";
import type { Layer, Mlp } from "../../description.ts";
import { type Family, linear, slidingWindow, windowsByLayer, withWindow } from "../family.ts";
import { gatedMlp } from "../parts.ts";
import { LLAMA, type LlamaSizes, llamaLike, llamaSizes } from "./llama-like.ts";
import { expertCounts, expertLayers, withMlp } from "./mixture.ts";
import { headNormed } from "./qwen3.ts";

const SIZES = { ...LLAMA, hidden: 2048, layers: 24, positions: 32768, vocab: 151936 };
const IRRELEVANT = ["output_router_logits", "router_aux_loss_coef"];

export const qwen2Moe: Family = {
  type: "qwen2_moe",
  prefixes: ["model."],
  irrelevant: IRRELEVANT,
  describe(config, weights) {
    const defaults = { ...SIZES, heads: 16, kvHeads: 16, units: 5632 };
    const sizes = llamaSizes(config, defaults, { headSize: null });
    const window = switchedWindow(config);
    const from = config.count("max_window_layers", 28, 0);
    const windows = windowsByLayer(config, sizes.layers, window, (i) => i % 2 === 0 && i < from);
    const shared = config.count("shared_expert_intermediate_size", 5632);
    const mlp = mixtureOf(config, sizes, "num_experts", { experts: 60, used: 4, units: 1408, shared });
    return llamaLike(config, weights, {
      family: "qwen2_moe",
      className: "Qwen2Moe",
      sizes,
      tied: false,
      biases: { qkv: config.flag("qkv_bias", true) },
      adjust: (layer, i, name) => withWindow(mlp(layer, i, name), windows[i]!),
    });
  },
};

export const qwen3Moe: Family = {
  type: "qwen3_moe",
  prefixes: ["model."],
  irrelevant: [...IRRELEVANT, "max_window_layers"],
  aliases: { num_experts: "num_local_experts" },
  describe(config, weights) {
    const sizes = llamaSizes(config, { ...SIZES, heads: 32, kvHeads: 4, units: 6144 });
    const window = switchedWindow(config);
    const bias = config.flag("attention_bias", false);
    const mlp = mixtureOf(config, sizes, "num_local_experts", { experts: 128, used: 8, units: 768 });
    return llamaLike(config, weights, {
      family: "qwen3_moe",
      className: "Qwen3Moe",
      sizes,
      tied: false,
      biases: { qkv: bias, out: bias },
      adjust: (layer, i, name) => withWindow(headNormed(mlp(layer, i, name), sizes, name), window),
    });
  },
};

/** The window where it is switched on; elsewhere its size, perhaps 0, counts for nothing. */
function switchedWindow(config: ConfigReader): ReturnType<typeof slidingWindow> {
  const window = config.flag("use_sliding_window", false) ? slidingWindow(config, 4096) : null;
  config.take("sliding_window");
  return window;
}

/** Gives a layer its experts, where it has them. */
function mixtureOf(
  config: ConfigReader,
  { hidden, activation }: LlamaSizes,
  key: string,
  defaults: { experts: number; used: number; units: number; shared?: number },
): (layer: Layer, index: number, name: string) => Layer {
  const counts = expertCounts(config, key, defaults);
  const units = config.count("moe_intermediate_size", defaults.units);
  const renormalised = config.flag("norm_topk_prob", false);
  const has = expertLayers(config);
  const { shared } = defaults;
  const one = (name: string, width: number) => gatedMlp({ hidden, units: width, activation }, name);
  const body = (name: string): Mlp => ({
    kind: "mixture",
    router: linear(`${name}.gate`, hidden, counts.experts, false),
    experts: counts.names.map((i) => one(`${name}.experts.${i}`, units)),
    used: counts.used,
    renormalised,
    ...(shared && {
      shared: {
        expert: one(`${name}.shared_expert`, shared),
        gate: linear(`${name}.shared_expert_gate`, hidden, 1, false),
      },
    }),
  });
  return (layer, index, name) => (has(index) ? withMlp(layer, body(`${name}.mlp`)) : layer);
}
