// Colour of JPEG files that store it at half the sides: spread over the pixels as libjpeg does it ("fancy upsampling",
// jdsample.c), with which Pillow reads them, and turned into red, green and blue in libjpeg's whole numbers (jdcolor.c).

import type { ImagePixels } from "../checkpoint/index.ts";

/** How many pixels one sample of colour stands for, along rows and columns; 1 or 2. */
export type Spread = readonly [horizontal: number, vertical: number];

/** The picture in red, green and blue, from one whose first three channels hold brightness, blue and red differences. */
export function inRgb({ width, height, data }: ImagePixels, spread: Spread): ImagePixels {
  const [blue, red] = [1, 2].map((channel) => spreadOut(samplesOf(data, width, height, channel, spread)));
  const out = new Uint8ClampedArray(data.length);
  for (let i = 0; i < width * height; i++) {
    const [y, cb, cr] = [data[4 * i]!, blue![i]! - 128, red![i]! - 128];
    out[4 * i] = y + ((91_881 * cr + 32_768) >> 16);
    out[4 * i + 1] = y + ((-22_554 * cb - 46_802 * cr + 32_768) >> 16);
    out[4 * i + 2] = y + ((116_130 * cb + 32_768) >> 16);
    out[4 * i + 3] = 255;
  }
  return { width, height, data: out };
}

/** One channel at the size in which it is stored, and the picture's own. */
interface Samples {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly to: { readonly width: number; readonly height: number };
  readonly spread: Spread;
}

/** The decoder repeats each sample: every first of them is taken. */
function samplesOf(
  pixels: ArrayLike<number>,
  width: number,
  height: number,
  channel: number,
  spread: Spread,
): Samples {
  const [across, down] = spread;
  const small = { width: Math.ceil(width / across), height: Math.ceil(height / down) };
  const data = new Uint8Array(small.width * small.height);
  for (let y = 0; y < small.height; y++)
    for (let x = 0; x < small.width; x++)
      data[y * small.width + x] = pixels[4 * (y * down * width + x * across) + channel]!;
  return { ...small, data, to: { width, height }, spread };
}

/** Three quarters of the nearer sample and one of the next, along each side that is spread; [height, width]. */
function spreadOut({ data, width, height, to, spread }: Samples): Uint8Array {
  const [across, down] = spread;
  if (across === 2 && width <= 2) return repeated({ data, width, height, to, spread });
  const out = new Uint8Array(to.width * to.height);
  const sums = new Int32Array(width);
  for (let y = 0; y < to.height; y++) {
    const [near, far] = nearAndFar(y, down, height);
    for (let x = 0; x < width; x++) sums[x] = mixed(data[near * width + x]!, data[far * width + x]!, down);
    for (let x = 0; x < to.width; x++) {
      const [at, beside] = nearAndFar(x, across, width);
      const sum = mixed(sums[at]!, sums[beside]!, across);
      out[y * to.width + x] = (sum + rounding(x, y, spread)) >> (2 * (across + down - 2));
    }
  }
  return out;
}

/** So few columns libjpeg repeats. */
function repeated({ data, width, to, spread: [across, down] }: Samples): Uint8Array {
  const at = (i: number) =>
    Math.floor(Math.floor(i / to.width) / down) * width + Math.floor((i % to.width) / across);
  return Uint8Array.from({ length: to.width * to.height }, (_, i) => data[at(i)]!);
}

/** The sample that a place lies in and the one that it is next to; at the edge the same again. */
function nearAndFar(place: number, spread: number, count: number): readonly [near: number, far: number] {
  if (spread === 1) return [place, place];
  const near = place >> 1;
  return [near, Math.min(count - 1, Math.max(0, near + (place % 2 ? 1 : -1)))];
}

function mixed(near: number, far: number, spread: number): number {
  return spread === 1 ? near : 3 * near + far;
}

/** Halves go up in one place and down in the next, so that no colour is added on the whole. */
function rounding(x: number, y: number, [across, down]: Spread): number {
  if (across === 1 && down === 1) return 0;
  if (across === 2 && down === 2) return x % 2 ? 7 : 8;
  return (across === 2 ? x : y) % 2 ? 2 : 1;
}
