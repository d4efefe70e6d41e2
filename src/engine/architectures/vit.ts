// ViT (Dosovitskiy et al. 2021): an image cut into patches, a class token before them, and a pre-norm encoder.

import type { ConfigReader } from "../config-reader.ts";
import type { Layer } from "../description.ts";
import { classesHead, type Family, headFor, layerNorm, linear } from "./family.ts";
import { evenHeads, fullAttention, normed, plainMlp, separate } from "./parts.ts";

export const vit: Family = {
  type: "vit",
  prefixes: ["vit."],
  irrelevant: "encoder_stride pooler_act pooler_output_size".split(" "),
  describe(config) {
    const sizes = sizesOf(config);
    const { hidden, eps, image, patch, channels } = sizes;
    if (image.some((side, i) => side % patch[i]!))
      config.refuse(
        "patch_size",
        patch,
        `expected sides that divide those of the image, ${image.join(" by ")}`,
      );
    const projection = "vit.embeddings.patch_embeddings.projection";
    const patches = (image[0] / patch[0]) * (image[1] / patch[1]);
    return {
      family: "vit",
      kind: "vision",
      vocab: 0,
      maxTokens: patches + 1,
      eos: [],
      stacks: [
        {
          stream: "text",
          block: "self",
          hidden,
          embedding: {
            kind: "patches",
            channels,
            image,
            patch,
            width: hidden,
            weight: `${projection}.weight`,
            bias: `${projection}.bias`,
            classToken: "vit.embeddings.cls_token",
            positions: "vit.embeddings.position_embeddings",
          },
          layers: Array.from({ length: sizes.layers }, (_, i) => layerOf(sizes, `vit.encoder.layer.${i}`)),
          finalNorm: layerNorm("vit.layernorm", hidden, eps),
        },
      ],
      head: headFor(config, "ViTModel", {
        ViTModel: () => null,
        ViTForImageClassification: () =>
          classesHead("first", config.labels, [
            { linear: linear("classifier", hidden, config.labels, true) },
          ]),
      }),
    };
  },
};

function sizesOf(config: ConfigReader) {
  return {
    hidden: config.count("hidden_size", 768),
    heads: config.heads("num_attention_heads", 12),
    layers: config.layers("num_hidden_layers", 12),
    units: config.count("intermediate_size", 3072),
    eps: config.number("layer_norm_eps", 1e-12),
    activation: config.text("hidden_act", "gelu"),
    channels: config.count("num_channels", 3),
    biased: config.flag("qkv_bias", true),
    image: sidesOf(config, "image_size", 224),
    patch: sidesOf(config, "patch_size", 16),
  };
}

type Sizes = ReturnType<typeof sizesOf>;

/** [height, width] from a number or a list of two. */
function sidesOf(config: ConfigReader, key: string, otherwise: number): readonly [number, number] {
  const value = config.take(key) ?? otherwise;
  const [height, width] = (Array.isArray(value) ? value : [value, value]) as unknown[];
  if (isSide(height) && isSide(width)) return [height, width];
  return config.refuse(key, value, "expected a whole number, or height and width");
}

function isSide(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 2 ** 16;
}

function layerOf(sizes: Sizes, name: string): Layer {
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
