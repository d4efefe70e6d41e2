// Phi 1, 1.5 and 2 (Gunasekar et al. 2023): attention and mlp side by side after one norm, rotary positions on a
// part of each head, biases everywhere.

import type { Layer, Rotary } from "../../description.ts";
import { readRotary } from "../../rotary.ts";
import { type Family, layerNorm, linear } from "../family.ts";
import { causalAttention, normed, plainMlp, separate } from "../parts.ts";
import { type DecoderSizes, decoderSizes, decoderStack } from "./decoder.ts";

const DEFAULTS = {
  hidden: 2048,
  heads: 32,
  layers: 24,
  units: 8192,
  positions: 2048,
  vocab: 51200,
  eps: 1e-5,
  activation: "gelu_new",
};

export const phi: Family = {
  type: "phi",
  prefixes: ["model."],
  irrelevant: [],
  describe(config, weights) {
    const sizes = decoderSizes(config, DEFAULTS, { eps: "layer_norm_eps" });
    const { hidden, headSize, positions, eps } = sizes;
    const qkNormed = config.flag("qk_layernorm", false);
    const rotary = readRotary(config, headSize, { maxPositions: positions, fraction: 0.5 });
    return decoderStack(config, weights, {
      family: "phi",
      className: "Phi",
      sizes,
      positions,
      eos: 2,
      tied: false,
      tokens: "model.embed_tokens",
      output: { bias: true },
      layer: (i) => layerOf(sizes, `model.layers.${i}`, qkNormed, rotary),
      finalNorm: layerNorm("model.final_layernorm", hidden, eps),
      classifier: "score",
    });
  },
};

function layerOf(sizes: DecoderSizes, name: string, qkNormed: boolean, rotary: Rotary): Layer {
  const { hidden, heads, headSize, eps } = sizes;
  const attention = `${name}.self_attn`;
  const headNorm = (part: string) => layerNorm(`${attention}.${part}_layernorm`, headSize, eps);
  const project = separate(sizes, (part) => `${attention}.${part}_proj`, true);
  const out = linear(`${attention}.dense`, heads * headSize, hidden, true);
  const qkNorm = qkNormed ? ({ q: headNorm("q"), k: headNorm("k"), over: "head" } as const) : null;
  return {
    parallel: "shared-norm",
    attention: normed(
      `${name}.input_layernorm`,
      sizes,
      causalAttention(sizes, project, out, { rotary, qkNorm }),
    ),
    mlp: { body: plainMlp(sizes, `${name}.mlp.fc1`, `${name}.mlp.fc2`) },
  };
}
