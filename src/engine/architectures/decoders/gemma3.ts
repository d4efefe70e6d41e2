// Gemma 3's language model (Gemma team 2025): norms on q and k; layers with a window turn faster than the others.

import type { Config } from "../../../checkpoint/index.ts";
import type { ConfigReader } from "../../config-reader.ts";
import type { Rotary } from "../../description.ts";
import { ropeTheta, rotaryOf, settingsOf, wholeHeads } from "../../rotary.ts";
import { type Family, rmsNorm, slidingWindow, windowsByLayer, withAttention } from "../family.ts";
import { GEMMA, GEMMA_KEYS, logitCap, sandwiched } from "./gemma-like.ts";
import { type LlamaSizes, llamaLike, llamaSizes } from "./llama-like.ts";

export const gemma3: Family = {
  type: "gemma3_text",
  prefixes: ["model."],
  irrelevant: ["_sliding_window_pattern", "cache_implementation"],
  describe(config, weights) {
    const sizes = llamaSizes(config, { ...GEMMA, positions: 131072, vocab: 262208 }, GEMMA_KEYS);
    const window = slidingWindow(config, 4096);
    const period = config.count("sliding_window_pattern", 6);
    const windows = windowsByLayer(config, sizes.layers, window, (i) => (i + 1) % period !== 0);
    const rotary = rotaries(config, sizes);
    const bias = config.flag("attention_bias", false);
    const scale = config.number("query_pre_attn_scalar", 256) ** -0.5;
    config.only("attn_logit_softcapping", null);
    config.only("use_bidirectional_attention", false);
    const norm = (name: string) => rmsNorm(name, sizes.headSize, sizes.eps, true);
    return llamaLike(config, weights, {
      family: "gemma3_text",
      className: "Gemma3",
      classes: { others: "Gemma3Text" },
      sizes,
      tied: true,
      eos: 1,
      pad: 0,
      rotary: rotary.full,
      biases: { qkv: bias, out: bias },
      plusOne: true,
      embeddingScale: sizes.hidden ** 0.5,
      steps: logitCap(config),
      adjust: (layer, i, name) =>
        withAttention(sandwiched(layer, sizes, name), {
          scale,
          window: windows[i]!,
          rotary: windows[i] ? rotary.sliding : rotary.full,
          qkNorm: { q: norm(`${name}.self_attn.q_norm`), k: norm(`${name}.self_attn.k_norm`), over: "head" },
        }),
    });
  },
};

/** Rotary of layers with and without a window; the older rope_scaling reaches only those without. */
function rotaries(config: ConfigReader, sizes: LlamaSizes): { full: Rotary; sliding: Rotary } {
  const { full_attention, sliding_attention, ...rest } = config.object("rope_parameters") ?? {};
  for (const key of Object.keys(rest)) config.note(`rope_parameters.${key}`);
  const one = (settings: Config, key: string, otherwise: number): Rotary => {
    wholeHeads(config, settings.partial_rotary_factor ?? undefined, settings);
    const theta = ropeTheta(config, settings, key, otherwise);
    return rotaryOf(config, settings, { theta, size: sizes.headSize, maxPositions: sizes.positions });
  };
  const full = settingsOf(config, "full_attention", full_attention);
  const sliding = settingsOf(config, "sliding_attention", sliding_attention);
  return {
    full: one({ ...full, ...config.object("rope_scaling") }, "rope_theta", 1_000_000),
    sliding: one(sliding, "rope_local_base_freq", 10_000),
  };
}
