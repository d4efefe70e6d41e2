// CLIP (Radford et al. 2021): a causal encoder of texts and an encoder of pictures, in files of their own or together.
// Nothing here is projected or compared: each tower runs by itself, as attention needs it.

import type { Config } from "../../../checkpoint/index.ts";
import { ConfigReader } from "../../config-reader.ts";
import type { Layer, ModelDescription, PatchEmbedding } from "../../description.ts";
import { endIds, type Family, headFor, layerNorm, linear } from "../family.ts";
import { causalAttention, evenHeads, normed, plainMlp, separate } from "../parts.ts";
import { patchCount, pictureSizes, visionModel } from "./vision.ts";

const IRRELEVANT = ["initializer_factor", "projection_dim", "logit_scale_init_value"];

export const clipText: Family = {
  type: "clip_text_model",
  prefixes: ["text_model."],
  irrelevant: IRRELEVANT,
  describe: (config) => textTower(config, ["CLIPTextModel", "CLIPTextModelWithProjection"]),
};

export const clipVision: Family = {
  type: "clip_vision_model",
  prefixes: ["vision_model."],
  irrelevant: IRRELEVANT,
  describe: (config) => pictureTower(config, ["CLIPVisionModel", "CLIPVisionModelWithProjection"]),
};

/** Both towers in one file: ids and texts run the first, pixels and images the other. */
export const clip: Family = {
  type: "clip",
  prefixes: [],
  irrelevant: IRRELEVANT,
  describe(config) {
    const text = part(config, "text_config", (reader) => textTower(reader, ["CLIPModel"]));
    const picture = part(config, "vision_config", (reader) => pictureTower(reader, ["CLIPModel"]));
    headFor(config, "CLIPModel", { CLIPModel: () => null });
    return { ...text, family: "clip", picture: { ...picture, family: "clip" } };
  },
};

/** One tower from its part of the config; the older `..._dict` counts whole, with the class's defaults. */
function part(
  config: ConfigReader,
  key: string,
  describe: (reader: ConfigReader) => ModelDescription,
): ModelDescription {
  const [newer, older] = [config.object(key), config.object(`${key}_dict`)];
  const { architectures: _, ...settings }: Config = older ?? newer ?? {};
  const reader = new ConfigReader(settings, config.family);
  const description = describe(reader);
  reader.finish([...IRRELEVANT, "dropout"]);
  for (const unused of reader.unused) config.note(`${key}.${unused}`);
  return description;
}

function textTower(config: ConfigReader, classes: readonly string[]): ModelDescription {
  const sizes = sizesOf(config, { hidden: 512, heads: 8, units: 2048 });
  const { hidden, eps } = sizes;
  const rows = config.count("max_position_embeddings", 77);
  const vocab = config.count("vocab_size", 49408);
  const table = (name: string, count: number) => ({
    weight: `text_model.embeddings.${name}_embedding.weight`,
    rows: count,
    width: hidden,
  });
  return {
    family: "clip_text_model",
    kind: "causal",
    vocab,
    maxTokens: rows,
    eos: endIds(config, 49407),
    stacks: [
      {
        stream: "text",
        block: "self",
        hidden,
        embedding: {
          kind: "tokens",
          tokens: table("token", vocab),
          positions: { kind: "table", table: table("position", rows), offset: 0 },
        },
        layers: layersOf(sizes, "text_model", true),
        finalNorm: layerNorm("text_model.final_layer_norm", hidden, eps),
      },
    ],
    head: headFor(config, classes[0]!, Object.fromEntries(classes.map((name) => [name, () => null]))),
  };
}

function pictureTower(config: ConfigReader, classes: readonly string[]): ModelDescription {
  const read = sizesOf(config, { hidden: 768, heads: 12, units: 3072 });
  const sizes = { ...read, ...pictureSizes(config, 32) };
  const base = "vision_model";
  return visionModel(sizes, {
    family: "clip_vision_model",
    embedding: {
      ...patches(sizes, base, { bias: false, tokens: 1 }),
      before: [{ name: "[CLS]", weight: `${base}.embeddings.class_embedding`, shape: [sizes.hidden] }],
      norm: layerNorm(`${base}.pre_layrnorm`, sizes.hidden, sizes.eps),
    },
    layer: (i) => layerOf(sizes, `${base}.encoder.layers.${i}`, false),
    finalNorm: null,
    head: headFor(config, classes[0]!, Object.fromEntries(classes.map((name) => [name, () => null]))),
  });
}

/** SigLIP's encoder of pictures (Zhai et al. 2023): patches alone, and a norm after the last block. */
export const siglipVision: Family = {
  type: "siglip_vision_model",
  prefixes: ["vision_model."],
  irrelevant: ["vision_use_head"],
  describe(config) {
    const defaults = { hidden: 768, heads: 12, units: 3072, activation: "gelu_pytorch_tanh", eps: 1e-6 };
    const sizes = { ...sizesOf(config, defaults), ...pictureSizes(config, 16) };
    const base = "vision_model";
    return visionModel(sizes, {
      family: "siglip_vision_model",
      embedding: patches(sizes, base, { bias: true, tokens: 0 }),
      layer: (i) => layerOf(sizes, `${base}.encoder.layers.${i}`, false),
      finalNorm: layerNorm(`${base}.post_layernorm`, sizes.hidden, sizes.eps),
      head: headFor(config, "SiglipVisionModel", { SiglipVisionModel: () => null }),
    });
  },
};

function sizesOf(
  config: ConfigReader,
  defaults: { hidden: number; heads: number; units: number; activation?: string; eps?: number },
) {
  return {
    hidden: config.count("hidden_size", defaults.hidden),
    heads: config.heads("num_attention_heads", defaults.heads),
    layers: config.layers("num_hidden_layers", 12),
    units: config.count("intermediate_size", defaults.units),
    eps: config.number("layer_norm_eps", defaults.eps ?? 1e-5),
    activation: config.text("hidden_act", defaults.activation ?? "quick_gelu"),
  };
}

type Sizes = ReturnType<typeof sizesOf>;
type Picture = Sizes & ReturnType<typeof pictureSizes>;

/** The embedding of `base` without tokens before the patches; `tokens` says how many positions they have. */
function patches(sizes: Picture, base: string, own: { bias: boolean; tokens: number }): PatchEmbedding {
  const { hidden, image, patch, channels } = sizes;
  const projection = `${base}.embeddings.patch_embedding`;
  const rows = patchCount(sizes) + own.tokens;
  return {
    kind: "patches",
    channels,
    image,
    patch,
    width: hidden,
    weight: `${projection}.weight`,
    ...(own.bias && { bias: `${projection}.bias` }),
    before: [],
    positions: { weight: `${base}.embeddings.position_embedding.weight`, shape: [rows, hidden] },
  };
}

function layersOf(sizes: Sizes, base: string, causal: boolean): Layer[] {
  return Array.from({ length: sizes.layers }, (_, i) =>
    layerOf(sizes, `${base}.encoder.layers.${i}`, causal),
  );
}

function layerOf(sizes: Sizes, name: string, causal: boolean): Layer {
  const { hidden, heads } = sizes;
  const shape = evenHeads(hidden, heads);
  const project = separate(shape, (part) => `${name}.self_attn.${part}_proj`, true);
  const out = linear(`${name}.self_attn.out_proj`, hidden, hidden, true);
  return {
    attention: normed(`${name}.layer_norm1`, sizes, causalAttention(shape, project, out, { causal })),
    mlp: normed(`${name}.layer_norm2`, sizes, plainMlp(sizes, `${name}.mlp.fc1`, `${name}.mlp.fc2`)),
  };
}
