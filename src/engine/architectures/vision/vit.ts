// ViT (Dosovitskiy et al. 2021): an image cut into patches, a class token before them, and a pre-norm encoder.

import type { ConfigReader } from "../../config-reader.ts";
import type { Head, HeadStep, Layer, PatchEmbedding } from "../../description.ts";
import { classesHead, type Family, headFor, layerNorm, linear } from "../family.ts";
import { evenHeads, fullAttention, normed, plainMlp, separate } from "../parts.ts";
import { type PictureSizes, patchCount, pictureSizes, visionModel } from "./vision.ts";

export const vit: Family = {
  type: "vit",
  prefixes: ["vit."],
  irrelevant: "encoder_stride pooler_act pooler_output_size".split(" "),
  describe(config) {
    const sizes = vitSizes(config);
    return visionModel(sizes, {
      family: "vit",
      embedding: vitEmbedding(sizes, "vit", ["cls_token"]),
      layer: (i) => vitLayer(sizes, `vit.encoder.layer.${i}`),
      finalNorm: layerNorm("vit.layernorm", sizes.hidden, sizes.eps),
      head: headFor(config, "ViTModel", {
        ViTModel: () => null,
        ViTForImageClassification: () => classifier(config, "classifier", sizes.hidden),
      }),
    });
  },
};

/** DeiT (Touvron et al. 2021): a second extra token that learned from a teacher, and a classifier for each. */
export const deit: Family = {
  type: "deit",
  prefixes: ["deit."],
  irrelevant: "encoder_stride pooler_act pooler_output_size".split(" "),
  describe(config) {
    const sizes = vitSizes(config);
    const { hidden } = sizes;
    return visionModel(sizes, {
      family: "deit",
      embedding: vitEmbedding(sizes, "deit", ["cls_token", "distillation_token"]),
      layer: (i) => vitLayer(sizes, `deit.encoder.layer.${i}`),
      finalNorm: layerNorm("deit.layernorm", hidden, sizes.eps),
      head: headFor(config, "DeiTModel", {
        DeiTModel: () => null,
        DeiTForImageClassification: () => classifier(config, "classifier", hidden),
        DeiTForImageClassificationWithTeacher: () => ({
          ...classifier(config, "", hidden),
          from: "all",
          steps: [
            { average: ["cls", "distillation"].map((name, row) => distilled(config, name, row, hidden)) },
          ],
        }),
      }),
    });
  },
};

function distilled(config: ConfigReader, name: string, row: number, hidden: number): HeadStep[] {
  return [{ row }, { linear: linear(`${name}_classifier`, hidden, config.labels, true) }];
}

/** Class scores from the first vector. */
export function classifier(config: ConfigReader, name: string, hidden: number): Head {
  return classesHead("first", config.labels, [{ linear: linear(name, hidden, config.labels, true) }]);
}

/** Names of the tokens before the patches, as traces show them. */
const SHOWN: Readonly<Record<string, string>> = { cls_token: "[CLS]", distillation_token: "[DIST]" };

/** The embedding of `base` with these tokens before the patches. */
export function vitEmbedding(
  { hidden, image, patch, channels }: PictureSizes,
  base: string,
  before: readonly string[],
): PatchEmbedding {
  const projection = `${base}.embeddings.patch_embeddings.projection`;
  const tokens = before.length + patchCount({ image, patch });
  return {
    kind: "patches",
    channels,
    image,
    patch,
    width: hidden,
    weight: `${projection}.weight`,
    bias: `${projection}.bias`,
    before: before.map((name) => ({
      name: SHOWN[name]!,
      weight: `${base}.embeddings.${name}`,
      shape: [1, 1, hidden],
    })),
    positions: { weight: `${base}.embeddings.position_embeddings`, shape: [1, tokens, hidden] },
  };
}

export function vitSizes(config: ConfigReader) {
  return {
    hidden: config.count("hidden_size", 768),
    heads: config.heads("num_attention_heads", 12),
    layers: config.layers("num_hidden_layers", 12),
    units: config.count("intermediate_size", 3072),
    eps: config.number("layer_norm_eps", 1e-12),
    activation: config.text("hidden_act", "gelu"),
    biased: config.flag("qkv_bias", true),
    ...pictureSizes(config, 16),
  };
}

type Sizes = ReturnType<typeof vitSizes>;

function vitLayer(sizes: Sizes, name: string): Layer {
  const { hidden, heads, biased } = sizes;
  const parts = { q: "query", k: "key", v: "value" };
  const shape = evenHeads(hidden, heads);
  const project = separate(shape, (part) => `${name}.attention.attention.${parts[part]}`, biased);
  const out = linear(`${name}.attention.output.dense`, hidden, hidden, true);
  const mlp = plainMlp(sizes, `${name}.intermediate.dense`, `${name}.output.dense`);
  return {
    attention: normed(`${name}.layernorm_before`, sizes, fullAttention(shape, project, out)),
    mlp: normed(`${name}.layernorm_after`, sizes, mlp),
  };
}
