// Resizing of 8-bit images exactly as Pillow does it: a filter that widens when an image shrinks (antialias),
// weights in 22-bit fixed point, first along rows, then along columns, rounded to 8 bits after each.

/** An 8-bit image, channel after channel: planes of [height, width] one after another. */
export interface Planes {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8ClampedArray;
}

/** A filter of Pillow's by name. */
export type ResizeFilter = "bilinear" | "bicubic" | "lanczos";

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

/** Weight by distance, and the distance from which it is 0. */
const FILTERS: Readonly<Record<ResizeFilter, { reach: number; weight: (distance: number) => number }>> = {
  bilinear: { reach: 1, weight: (x) => 1 - x },
  /** Keys 1981, a = -0.5. */
  bicubic: {
    reach: 2,
    weight: (x) => (x < 1 ? (1.5 * x - 2.5) * x * x + 1 : ((-0.5 * x + 2.5) * x - 4) * x + 2),
  },
  lanczos: { reach: 3, weight: (x) => sinc(x) * sinc(x / 3) },
};

const ONE = 2 ** 22;

/** Where one output position reads from, and with which fixed-point weights. */
interface Taps {
  readonly from: number;
  readonly weights: readonly number[];
}

/** The image in another size. */
export function resize(image: Planes, width: number, height: number, filter: ResizeFilter): Planes {
  return vertical(horizontal(image, width, filter), height, filter);
}

function horizontal(image: Planes, width: number, filter: ResizeFilter): Planes {
  if (image.width === width) return image;
  const taps = tapsOf(image.width, width, filter);
  const rows = image.height * image.channels;
  const data = new Uint8ClampedArray(rows * width);
  for (let row = 0; row < rows; row++) {
    for (const [x, tap] of taps.entries()) {
      data[row * width + x] = mixed(image.data, row * image.width + tap.from, 1, tap.weights);
    }
  }
  return { ...image, width, data };
}

function vertical(image: Planes, height: number, filter: ResizeFilter): Planes {
  if (image.height === height) return image;
  const { width, channels } = image;
  const taps = tapsOf(image.height, height, filter);
  const data = new Uint8ClampedArray(channels * height * width);
  for (let channel = 0; channel < channels; channel++) {
    for (const [y, tap] of taps.entries()) {
      const from = (channel * image.height + tap.from) * width;
      const to = (channel * height + y) * width;
      for (let x = 0; x < width; x++) data[to + x] = mixed(image.data, from + x, width, tap.weights);
    }
  }
  return { ...image, height, data };
}

/** Rounded half up; the array clamps to 0 and 255. */
function mixed(data: Uint8ClampedArray, from: number, step: number, weights: readonly number[]): number {
  let sum = ONE / 2;
  for (const [i, weight] of weights.entries()) sum += data[from + i * step]! * weight;
  return Math.floor(sum / ONE);
}

function tapsOf(before: number, after: number, name: ResizeFilter): Taps[] {
  const { reach, weight } = FILTERS[name];
  const scale = before / after;
  const stretch = Math.max(scale, 1);
  return Array.from({ length: after }, (_, i) => {
    const center = (i + 0.5) * scale;
    const from = Math.max(0, Math.trunc(center - reach * stretch + 0.5));
    const to = Math.min(before, Math.trunc(center + reach * stretch + 0.5));
    const raw = Array.from({ length: to - from }, (_, j) => {
      const distance = Math.abs((j + from - center + 0.5) / stretch);
      return distance < reach ? weight(distance) : 0;
    });
    const total = raw.reduce((sum, w) => sum + w, 0);
    return { from, weights: raw.map((w) => fixed(w / total)) };
  });
}

/** In units of 2^-22, halves away from zero. */
function fixed(weight: number): number {
  return Math.trunc(weight * ONE + (weight < 0 ? -0.5 : 0.5));
}
