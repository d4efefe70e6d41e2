// DINOv2 (Oquab et al. 2024): a ViT whose branches are weighed by learned vectors, with positions that stretch to
// larger pictures; classes are read from the class token beside the mean of the patches.

import type { ConfigReader } from "../../config-reader.ts";
import type { Layer, Mlp } from "../../description.ts";
import { type Family, headFor, layerNorm, linear } from "../family.ts";
import { evenHeads, fullAttention, normed, plainMlp, separate } from "../parts.ts";
import { pictureSizes, visionModel } from "./vision.ts";
import { vitEmbedding } from "./vit.ts";

export const dinov2: Family = {
  type: "dinov2",
  prefixes: ["dinov2."],
  // Stages, and the mask token of training; layer scales are in the file whatever they began with.
  irrelevant:
    `apply_layernorm reshape_hidden_states use_mask_token stage_names out_features out_indices _out_features
    _out_indices layerscale_value drop_path_rate`.split(/\s+/),
  describe(config) {
    const sizes = sizesOf(config);
    const { hidden, eps } = sizes;
    const labels = config.labels;
    return visionModel(sizes, {
      family: "dinov2",
      embedding: { ...vitEmbedding(sizes, "dinov2", ["cls_token"]), stretched: true },
      layer: (i) => layerOf(sizes, `dinov2.encoder.layer.${i}`),
      finalNorm: layerNorm("dinov2.layernorm", hidden, eps),
      head: headFor(config, "Dinov2Model", {
        Dinov2Model: () => null,
        Dinov2ForImageClassification: () => ({
          from: "all",
          width: labels,
          words: false,
          steps: [
            { join: [[{ row: 0 }], [{ meanFrom: 1 }]] },
            { linear: linear("classifier", 2 * hidden, labels, true) },
          ],
        }),
      }),
    });
  },
};

function sizesOf(config: ConfigReader) {
  const hidden = config.count("hidden_size", 768);
  const gated = config.flag("use_swiglu_ffn", false);
  const whole = Math.trunc(hidden * config.number("mlp_ratio", 4));
  return {
    hidden,
    heads: config.heads("num_attention_heads", 12),
    layers: config.layers("num_hidden_layers", 12),
    units: gated ? Math.floor((Math.trunc((whole * 2) / 3) + 7) / 8) * 8 : whole,
    gated,
    eps: config.number("layer_norm_eps", 1e-6),
    activation: config.text("hidden_act", "gelu"),
    biased: config.flag("qkv_bias", true),
    ...pictureSizes(config, 14),
  };
}

type Sizes = ReturnType<typeof sizesOf>;

function layerOf(sizes: Sizes, name: string): Layer {
  const { hidden, heads, biased } = sizes;
  const shape = evenHeads(hidden, heads);
  const parts = { q: "query", k: "key", v: "value" };
  const project = separate(shape, (part) => `${name}.attention.attention.${parts[part]}`, biased);
  const out = linear(`${name}.attention.output.dense`, hidden, hidden, true);
  const scaled = { ...out, times: `${name}.layer_scale1.lambda1` };
  return {
    attention: normed(`${name}.norm1`, sizes, fullAttention(shape, project, scaled)),
    mlp: normed(`${name}.norm2`, sizes, mlpOf(sizes, `${name}.mlp`, `${name}.layer_scale2.lambda1`)),
  };
}

/** Two matrices; or silu of the first half of one times its second half. */
function mlpOf(sizes: Sizes, name: string, times: string): Mlp {
  const { hidden, units, gated } = sizes;
  if (!gated) {
    const plain = plainMlp(sizes, `${name}.fc1`, `${name}.fc2`);
    return { ...plain, down: { ...plain.down, times } };
  }
  const half = (from: number) => linear(`${name}.weights_in`, hidden, units, true, { from, of: 2 * units });
  const down = { ...linear(`${name}.weights_out`, units, hidden, true), times };
  return { kind: "gated", gate: half(0), up: half(units), activation: "silu", down };
}
