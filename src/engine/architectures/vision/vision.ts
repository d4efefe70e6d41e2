// What encoders of pictures share: sizes in pixels, one stack over patches.

import type { ConfigReader } from "../../config-reader.ts";
import type { Head, Layer, ModelDescription, Norm, PatchEmbedding } from "../../description.ts";

/** A picture, its patches, and the width of the stream. */
export interface PictureSizes {
  readonly hidden: number;
  readonly channels: number;
  readonly image: readonly [height: number, width: number];
  readonly patch: readonly [height: number, width: number];
}

/** Sizes in pixels; sides of patches divide those of the picture. */
export function pictureSizes(config: ConfigReader, patchSize: number): Omit<PictureSizes, "hidden"> {
  const image = sidesOf(config, "image_size", 224);
  const patch = sidesOf(config, "patch_size", patchSize);
  if (image.some((side, i) => side % patch[i]!)) {
    const sides = image.join(" by ");
    config.refuse("patch_size", patch, `expected sides that divide those of the image, ${sides}`);
  }
  return { channels: config.count("num_channels", 3), image, patch };
}

/** Patches of a picture. */
export function patchCount({ image, patch }: Pick<PictureSizes, "image" | "patch">): number {
  return (image[0] / patch[0]) * (image[1] / patch[1]);
}

/** What is a family's own. */
export interface VisionParts {
  readonly family: string;
  readonly embedding: PatchEmbedding;
  readonly layer: (index: number) => Layer;
  readonly finalNorm: Norm | null;
  readonly head: Head | null;
}

/** The description of an encoder of pictures. */
export function visionModel(
  sizes: PictureSizes & { readonly layers: number },
  { family, embedding, layer, finalNorm, head }: VisionParts,
): ModelDescription {
  return {
    family,
    kind: "vision",
    vocab: 0,
    maxTokens: embedding.stretched ? null : embedding.before.length + patchCount(sizes),
    eos: [],
    stacks: [
      {
        stream: "text",
        block: "self",
        hidden: sizes.hidden,
        embedding,
        layers: Array.from({ length: sizes.layers }, (_, i) => layer(i)),
        finalNorm,
      },
    ],
    head,
  };
}

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
