// From the pixels of a picture to what an image model reads: resized, rescaled and normalised as the checkpoint's
// preprocessor_config.json says (Transformers' ViTImageProcessor). Decoding files is the caller's.

import { type FloatTensor, floatTensor } from "../tensor/index.ts";
import { type JsonObject, readJson } from "./json.ts";
import { type Planes, type ResizeFilter, resize } from "./resize.ts";
import { CheckpointError, type Source } from "./source.ts";

/** A picture row by row from the top, four bytes per pixel: red, green, blue and alpha, which is ignored. */
export interface ImagePixels {
  readonly width: number;
  readonly height: number;
  /** [height, width, 4] */
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** What a checkpoint does to a picture, in this order. */
export interface ImageRecipe {
  /** Null where pictures keep their size. */
  readonly resize: { readonly width: number; readonly height: number; readonly filter: ResizeFilter } | null;
  /** Multiplies the bytes. */
  readonly factor: number;
  /** Subtracted, and divided by: one per channel. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

const FILE = "preprocessor_config.json";
const MOST_BYTES = 2 ** 20;
/** Pillow's numbers. */
const FILTERS: Readonly<Record<number, ResizeFilter>> = { 1: "lanczos", 2: "bilinear", 3: "bicubic" };
const BILINEAR = 2;

const KNOWN = new Set(
  `do_resize size resample do_rescale rescale_factor do_normalize image_mean image_std do_convert_rgb
  image_processor_type feature_extractor_type processor_class auto_map data_format input_data_format device
  return_tensors disable_grouping image_seq_length crop_size pad_size`.split(/\s+/),
);

/** The recipe of a checkpoint, or null where it has no preprocessor_config.json. */
export async function readImageRecipe(source: Source, signal?: AbortSignal): Promise<ImageRecipe | null> {
  const config = await readJson(source, FILE, MOST_BYTES, signal);
  return config ? imageRecipe(config) : null;
}

/** The recipe that a preprocessor_config.json holds; what it cannot reproduce is refused by name. */
export function imageRecipe(config: JsonObject): ImageRecipe {
  for (const [key, value] of Object.entries(config)) {
    if (!KNOWN.has(key) && value !== null && value !== false)
      refuse(key, value, "headscope does not know this step");
  }
  const normalise = flag(config, "do_normalize");
  return {
    resize: flag(config, "do_resize") ? sizeOf(config) : null,
    factor: flag(config, "do_rescale") ? number(config, "rescale_factor", 1 / 255) : 1,
    mean: normalise ? channels(config, "image_mean") : [0, 0, 0],
    std: normalise ? channels(config, "image_std") : [1, 1, 1],
  };
}

/** [3, height, width], ready for the model. */
export function preprocessImage(image: ImagePixels, recipe: ImageRecipe): FloatTensor {
  const planes = planesOf(image);
  const { resize: to, factor, mean, std } = recipe;
  const { width, height, data } = to ? resize(planes, to.width, to.height, to.filter) : planes;
  const area = width * height;
  const out = new Float32Array(3 * area);
  for (const [i, byte] of data.entries()) {
    const channel = Math.floor(i / area);
    out[i] = (Math.fround(byte * factor) - mean[channel]!) / std[channel]!;
  }
  return floatTensor([3, height, width], out);
}

function planesOf({ width, height, data }: ImagePixels): Planes {
  const area = width * height;
  if (area === 0 || data.length !== 4 * area) {
    throw new RangeError(`A picture of ${width} by ${height} has ${4 * area} bytes; found ${data.length}.`);
  }
  const planes = new Uint8ClampedArray(3 * area);
  for (let channel = 0; channel < 3; channel++) {
    for (let i = 0; i < area; i++) planes[channel * area + i] = data[4 * i + channel]!;
  }
  return { width, height, channels: 3, data: planes };
}

/** Height and width, or one number for both as older files have it. */
function sizeOf(config: JsonObject): NonNullable<ImageRecipe["resize"]> {
  const resample = config.resample ?? BILINEAR;
  const filter = typeof resample === "number" ? FILTERS[resample] : undefined;
  if (!filter) refuse("resample", resample, "supported are 1 (Lanczos), 2 (bilinear) and 3 (bicubic)");
  const size = config.size ?? 224;
  const { height, width, ...rest } = (
    typeof size === "object" ? size : { height: size, width: size }
  ) as JsonObject;
  if (!isSide(height) || !isSide(width) || Object.values(rest).some((value) => value !== null))
    refuse("size", size, "expected height and width");
  return { height, width, filter };
}

function isSide(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 2 ** 14;
}

function flag(config: JsonObject, key: string): boolean {
  const value = config[key] ?? true;
  return typeof value === "boolean" ? value : refuse(key, value, "expected true or false");
}

function number(config: JsonObject, key: string, otherwise: number): number {
  const value = config[key] ?? otherwise;
  return isNumber(value) ? value : refuse(key, value, "expected a number");
}

function channels(config: JsonObject, key: string): readonly number[] {
  const value = config[key] ?? [0.5, 0.5, 0.5];
  const list: unknown = typeof value === "number" ? [value, value, value] : value;
  if (Array.isArray(list) && list.length === 3 && list.every(isNumber)) return list;
  return refuse(key, value, "expected a number for each of three channels");
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function refuse(key: string, value: unknown, reason: string): never {
  throw new CheckpointError(`${FILE} sets ${key} to ${JSON.stringify(value)}: ${reason}.`);
}
