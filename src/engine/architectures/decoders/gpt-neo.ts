// GPT-Neo (Black et al. 2021): GPT-2 without scaling of the scores, with a window in every other layer.

import type { ConfigReader } from "../../config-reader.ts";
import type { Layer } from "../../description.ts";
import { type Family, layerNorm, linear } from "../family.ts";
import { causalAttention, normed, plainMlp, separate } from "../parts.ts";
import { type DecoderSizes, decoderSizes, decoderStack, GPT_KEYS, learnedPositions } from "./decoder.ts";

const KEYS = {
  ...GPT_KEYS,
  hidden: "hidden_size",
  heads: "num_heads",
  layers: "num_layers",
  units: "intermediate_size",
  positions: "max_position_embeddings",
};

export const gptNeo: Family = {
  type: "gpt_neo",
  prefixes: ["transformer."],
  irrelevant: `embed_dropout resid_dropout summary_activation summary_first_dropout summary_proj_to_labels
    summary_type summary_use_proj`.split(/\s+/),
  aliases: { num_attention_heads: "num_heads", num_hidden_layers: "num_layers" },
  describe(config, weights) {
    const defaults = { hidden: 2048, heads: 16, layers: 24, positions: 2048, vocab: 50257 };
    const sizes = decoderSizes(config, { ...defaults, eps: 1e-5, activation: "gelu_new" }, KEYS);
    const { hidden, layers, positions, eps } = sizes;
    const window = [config.count("window_size", 256) - 1, 0] as const;
    const local = localLayers(config, layers);
    return decoderStack(config, weights, {
      family: "gpt_neo",
      className: "GPTNeo",
      sizes,
      positions,
      eos: 50256,
      tied: true,
      tokens: "transformer.wte",
      embedding: { positions: learnedPositions("transformer.wpe", sizes) },
      layer: (i) => layerOf(sizes, `transformer.h.${i}`, local[i] ? window : null),
      finalNorm: layerNorm("transformer.ln_f", hidden, eps),
    });
  },
};

function layerOf(sizes: DecoderSizes, name: string, window: readonly [number, number] | null): Layer {
  const project = separate(sizes, (part) => `${name}.attn.attention.${part}_proj`, false);
  const out = linear(`${name}.attn.attention.out_proj`, sizes.hidden, sizes.hidden, true);
  return {
    attention: normed(`${name}.ln_1`, sizes, causalAttention(sizes, project, out, { scale: 1, window })),
    mlp: normed(`${name}.ln_2`, sizes, plainMlp(sizes, `${name}.mlp.c_fc`, `${name}.mlp.c_proj`)),
  };
}

/** Whether each layer is local: attention_layers, or attention_types as [[[types], times], ...]. */
function localLayers(config: ConfigReader, layers: number): boolean[] {
  const groups = config.list("attention_types") ?? [[["global", "local"], 12]];
  const types = config.list("attention_layers") ?? groups.flatMap((group) => repeated(config, group, layers));
  if (types.length !== layers || types.some((type) => type !== "global" && type !== "local"))
    config.refuse("attention_types", types, `expected global or local for each of ${layers} layers`);
  return types.map((type) => type === "local");
}

function repeated(config: ConfigReader, group: unknown, layers: number): unknown[] {
  const [types, times] = Array.isArray(group) ? group : [];
  if (!Array.isArray(types) || !Number.isInteger(times) || times < 0 || times > layers)
    return config.refuse("attention_types", group, "expected [[types], times]");
  return Array.from({ length: times }, () => types).flat();
}
