// From the pixels of a picture to what an image model reads: resized, rescaled and normalised as the checkpoint's
// preprocessor_config.json says (Transformers' ViTImageProcessor). Decoding files is the caller's.

import { type FloatTensor, floatTensor, shown } from "../tensor/index.ts";
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

interface Sides {
  readonly width: number;
  readonly height: number;
}

/** What a checkpoint does to a picture, in this order. */
export interface ImageRecipe {
  /** Null where pictures keep their size; `shortest`: the shorter side, and the longer one in proportion. */
  readonly resize: ((Sides | { readonly shortest: number }) & { readonly filter: ResizeFilter }) | null;
  /** What is kept of the middle; a picture that is smaller gets zeros around it. */
  readonly crop?: Sides | null;
  /** Multiplies the bytes. */
  readonly factor: number;
  /** Subtracted, and divided by: one per channel. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

const FILE = "preprocessor_config.json";
const MOST_BYTES = 2 ** 20;
/** Pixels that a recipe may make of a picture, between two steps as well: their numbers take 200 MB. */
const MOST_PIXELS = 2 ** 24;
/** Pillow's numbers. */
const FILTERS: Readonly<Record<number, ResizeFilter>> = { 1: "lanczos", 2: "bilinear", 3: "bicubic" };
const BILINEAR = 2;

/** What a byte may be multiplied with, shifted by or divided by: far beyond any model, and no pixel becomes infinite. */
const [LEAST, MOST] = [1e-6, 1e6];

const KNOWN = new Set(
  `do_resize size resample do_rescale rescale_factor do_normalize image_mean image_std do_convert_rgb
  image_processor_type feature_extractor_type processor_class auto_map data_format input_data_format device
  return_tensors disable_grouping image_seq_length do_center_crop crop_size pad_size default_to_square _valid_processor_keys`.split(
    /\s+/,
  ),
);

/** Keys that switch a step on, in this or another image processor. */
const STEP = /^do_|^crop_pct$/;

/** The recipe of a checkpoint, or null where it has no preprocessor_config.json. */
export async function readImageRecipe(source: Source, signal?: AbortSignal): Promise<ImageRecipe | null> {
  const config = await readJson(source, FILE, MOST_BYTES, signal);
  return config ? imageRecipe(config) : null;
}

/** A checkpoint's recipe, why it cannot be followed, and keys of it that no step reads. */
export interface OpenedRecipe {
  readonly recipe: ImageRecipe | null;
  readonly fault: CheckpointError | null;
  readonly unused: readonly string[];
}

/** The recipe of a checkpoint; one that cannot be followed is no error, because pixels need none. */
export async function openImageRecipe(source: Source, signal?: AbortSignal): Promise<OpenedRecipe> {
  try {
    const config = await readJson(source, FILE, MOST_BYTES, signal);
    return {
      recipe: config ? imageRecipe(config) : null,
      fault: null,
      unused: config ? unusedIn(config) : [],
    };
  } catch (error) {
    if (error instanceof CheckpointError && error.code !== "unreachable")
      return { recipe: null, fault: error, unused: [] };
    throw error;
  }
}

function unusedIn(config: JsonObject): string[] {
  return Object.keys(config).filter((key) => !KNOWN.has(key) && isOn(config[key]));
}

function isOn(value: unknown): boolean {
  return value !== null && value !== false;
}

/** The recipe that a preprocessor_config.json holds; steps that it cannot reproduce are refused by name, all at once. */
export function imageRecipe(config: JsonObject): ImageRecipe {
  const steps = unusedIn(config).filter((key) => STEP.test(key));
  if (steps.length > 0)
    throw new CheckpointError(
      `${FILE} sets ${steps.map((key) => `${key} to ${JSON.stringify(config[key])}`).join(", ")}: headscope does not know this step. Give the model's pixels in place of a picture.`,
    );
  const normalise = flag(config, "do_normalize");
  return {
    resize: flag(config, "do_resize") ? sizeOf(config) : null,
    crop: flag(config, "do_center_crop", /^(CLIP|Bit|DeiT)/.test(className(config)))
      ? sidesOf(config, "crop_size")
      : null,
    factor: flag(config, "do_rescale") ? number(config, "rescale_factor", 1 / 255) : 1,
    mean: normalise ? channels(config, "image_mean", -MOST) : [0, 0, 0],
    std: normalise ? channels(config, "image_std", LEAST) : [1, 1, 1],
  };
}

/** [3, height, width], ready for the model. */
export function preprocessImage(image: ImagePixels, recipe: ImageRecipe): FloatTensor {
  const planes = planesOf(image);
  const { factor, mean, std } = recipe;
  const { width, height, data } = cropped(resized(planes, recipe.resize), recipe.crop ?? null);
  const area = width * height;
  const out = new Float32Array(3 * area);
  for (const [i, byte] of data.entries()) {
    const channel = Math.floor(i / area);
    out[i] = (Math.fround(byte * factor) - mean[channel]!) / std[channel]!;
  }
  return floatTensor([3, height, width], out);
}

function resized(planes: Planes, to: ImageRecipe["resize"]): Planes {
  if (!to) return planes;
  const { width, height } = "shortest" in to ? inProportion(planes, to.shortest) : to;
  checkArea(width, Math.max(height, planes.height));
  return resize(planes, width, height, to.filter);
}

/** Rows are resized before columns: a low, wide picture of a tall one is large in between. */
function checkArea(width: number, height: number): void {
  if (width * height <= MOST_PIXELS) return;
  throw new CheckpointError(
    `${FILE} makes ${width} by ${height} pixels of this picture; at most ${MOST_PIXELS} are made. Crop the picture, or make it smaller.`,
  );
}

/** Rounded down, as Transformers does. */
function inProportion({ width, height }: Sides, shortest: number): Sides {
  const long = Math.trunc((shortest * Math.max(width, height)) / Math.min(width, height));
  return width <= height ? { width: shortest, height: long } : { width: long, height: shortest };
}

/** The middle of a picture; an odd row or column more is left out below or on the right, but added above or left. */
function cropped(planes: Planes, to: Sides | null): Planes {
  if (!to) return planes;
  checkArea(to.width, to.height);
  const { channels } = planes;
  const [top, left] = [begin(planes.height, to.height), begin(planes.width, to.width)];
  const data = new Uint8ClampedArray(channels * to.height * to.width);
  for (let channel = 0, at = 0; channel < channels; channel++) {
    for (let row = 0; row < to.height; row++) {
      for (let column = 0; column < to.width; column++, at++)
        data[at] = byteAt(planes, channel, row + top, column + left);
    }
  }
  return { ...to, channels, data };
}

/** First row or column that is kept; negative where zeros come first. */
function begin(found: number, wanted: number): number {
  return found >= wanted ? Math.floor((found - wanted) / 2) : -Math.ceil((wanted - found) / 2);
}

function byteAt({ width, height, data }: Planes, channel: number, row: number, column: number): number {
  if (row < 0 || column < 0 || row >= height || column >= width) return 0;
  return data[(channel * height + row) * width + column]!;
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

/** Height and width, one number for both as older files have it, or the shorter side. */
function sizeOf(config: JsonObject): NonNullable<ImageRecipe["resize"]> {
  const resample = config.resample ?? BILINEAR;
  const filter = typeof resample === "number" ? FILTERS[resample] : undefined;
  if (!filter) refuse("resample", resample, "supported are 1 (Lanczos), 2 (bilinear) and 3 (bicubic)");
  const { shortest_edge: shortest, ...rest } = sizeObject(config, "size");
  if (isSide(shortest) && Object.values(rest).every((value) => value == null)) return { shortest, filter };
  return { ...sidesOf(config, "size"), filter };
}

/** Height and width. */
function sidesOf(config: JsonObject, key: string): Sides {
  const { height, width, ...rest } = sizeObject(config, key);
  if (isSide(height) && isSide(width) && Object.values(rest).every((value) => value == null))
    return { height, width };
  return refuse(key, config[key], "expected height and width");
}

/** A bare number is both sides, as crop_size always, but the shorter one in files of CLIP and BiT, or where the file says so. */
function sizeObject(config: JsonObject, key: string): JsonObject {
  const size = config[key] ?? 224;
  if (typeof size === "object") return size as JsonObject;
  const square = config.default_to_square ?? !/^(CLIP|Bit)/.test(className(config));
  const short = key === "size" && square === false;
  return short ? { shortest_edge: size } : { height: size, width: size };
}

/** The class that prepares pictures, as newer or older files name it. */
function className({ image_processor_type: newer, feature_extractor_type: older }: JsonObject): string {
  return String(newer ?? older ?? "");
}

function isSide(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 2 ** 14;
}

function flag(config: JsonObject, key: string, otherwise = true): boolean {
  const value = config[key] ?? otherwise;
  return typeof value === "boolean" ? value : refuse(key, value, "expected true or false");
}

function number(config: JsonObject, key: string, otherwise: number): number {
  const value = config[key] ?? otherwise;
  return isNumber(value, LEAST) ? value : refuse(key, value, `expected a number from ${LEAST} to ${MOST}`);
}

function channels(config: JsonObject, key: string, least: number): readonly number[] {
  const value = config[key] ?? [0.5, 0.5, 0.5];
  const list: unknown = typeof value === "number" ? [value, value, value] : value;
  if (Array.isArray(list) && list.length === 3 && list.every((x) => isNumber(x, least))) return list;
  return refuse(key, value, `expected a number from ${least} to ${MOST} for each of three channels`);
}

function isNumber(value: unknown, least: number): value is number {
  return typeof value === "number" && value >= least && value <= MOST;
}

function refuse(key: string, value: unknown, reason: string): never {
  throw new CheckpointError(`${FILE} sets ${key} to ${shown(value)}: ${reason}.`);
}
