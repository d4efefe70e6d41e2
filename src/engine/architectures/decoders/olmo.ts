// OLMo (Groeneveld et al. 2024): Llama with norms that have no weights, and q, k and v cut to a range where it says so.

import type { Layer, Linear } from "../../description.ts";
import { type Family, withAttention } from "../family.ts";
import { bareNorm } from "../parts.ts";
import { LLAMA, llamaLike, llamaSizes } from "./llama-like.ts";

/** The config has no key for it. */
const EPS = 1e-5;

export const olmo: Family = {
  type: "olmo",
  prefixes: ["model."],
  irrelevant: [],
  describe(config, weights) {
    const sizes = llamaSizes(config, { ...LLAMA, vocab: 50304, eps: EPS }, { headSize: null, eps: null });
    const bias = config.flag("attention_bias", false);
    const clamp = config.optional("clip_qkv");
    return llamaLike(config, weights, {
      family: "olmo",
      className: "Olmo",
      sizes,
      tied: false,
      eos: 50279,
      pad: 1,
      biases: { qkv: bias, out: bias },
      norm: () => bareNorm(sizes.hidden, EPS),
      adjust: (layer) => (clamp === null ? layer : clamped(layer, clamp)),
    });
  },
};

function clamped(layer: Layer, clamp: number): Layer {
  const { project } = layer.attention.body;
  if (project.kind === "fused") return layer;
  const cut = (matrix: Linear): Linear => ({ ...matrix, clamp });
  return withAttention(layer, {
    project: { ...project, q: cut(project.q), k: cut(project.k), v: cut(project.v) },
  });
}
