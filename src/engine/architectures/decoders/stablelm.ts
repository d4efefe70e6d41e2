// StableLM (Bellagente et al. 2024): Llama with layer norms and rotary positions on a part of each head; some have
// biases on q, k and v, a norm for each head's q and k, and attention and mlp side by side after one norm.

import type { Attention, Layer } from "../../description.ts";
import { readRotary } from "../../rotary.ts";
import { type Family, layerNorm } from "../family.ts";
import { gatedMlp, normed } from "../parts.ts";
import { type DecoderSizes, decoderSizes, decoderStack } from "./decoder.ts";
import { llamaAttention } from "./llama-like.ts";

const DEFAULTS = {
  hidden: 2560,
  heads: 32,
  kvHeads: 32,
  layers: 32,
  units: 6912,
  positions: 4096,
  vocab: 50304,
  eps: 1e-5,
  activation: "silu",
};

export const stablelm: Family = {
  type: "stablelm",
  prefixes: ["model."],
  irrelevant: [],
  describe(config, weights) {
    const sizes = decoderSizes(config, DEFAULTS, { headSize: null, eps: "layer_norm_eps" });
    const { hidden, headSize, positions, eps } = sizes;
    const rotary = readRotary(config, headSize, { maxPositions: positions, fraction: 0.25 });
    const biases = { qkv: config.flag("use_qkv_bias", false) };
    const headNormed = config.flag("qk_layernorm", false);
    const parallel = config.flag("use_parallel_residual", false);
    return decoderStack(config, weights, {
      family: "stablelm",
      className: "StableLm",
      sizes,
      positions,
      eos: 0,
      tied: false,
      tokens: "model.embed_tokens",
      layer: (index): Layer => {
        const name = `model.layers.${index}`;
        const qkNorm = headNormed ? headNorms(sizes, `${name}.self_attn`) : null;
        const attention = llamaAttention(sizes, `${name}.self_attn`, biases, { rotary, qkNorm });
        const mlp = gatedMlp(sizes, `${name}.mlp`);
        const first = { attention: normed(`${name}.input_layernorm`, sizes, attention) };
        if (parallel) return { ...first, parallel: "shared-norm", mlp: { body: mlp } };
        return { ...first, mlp: normed(`${name}.post_attention_layernorm`, sizes, mlp) };
      },
      finalNorm: layerNorm("model.norm", hidden, eps),
      classifier: "score",
    });
  },
};

/** A norm without bias for each head. */
function headNorms(
  { heads, kvHeads, headSize: size, eps }: DecoderSizes,
  name: string,
): NonNullable<Attention["qkNorm"]> {
  const norms = (part: string, count: number) => {
    const weight = Array.from({ length: count }, (_, i) => `${name}.${part}_layernorm.norms.${i}.weight`);
    return { kind: "layer", size, eps, weight } as const;
  };
  return { q: norms("q", heads), k: norms("k", kvHeads), over: "head" };
}
