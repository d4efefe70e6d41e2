// Pictures as their EXIF data says they were held: cameras store what the sensor saw and a number from 1 to 8. Browsers
// and Transformers' load_image (PIL.ImageOps.exif_transpose) turn them, too.

import type { ImagePixels } from "../checkpoint/index.ts";

const ORIENTATION = 0x0112;
const SHORT = 3;
/** Bytes of an entry in a directory of a TIFF file, which EXIF data is. */
const ENTRY = 12;

/** The orientation, 1 to 8, that EXIF data names; 1, which turns nothing, where it names none or is damaged. */
export function orientationIn(tiff: Uint8Array): number {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.length);
  if (tiff.length < 8) return 1;
  const little = view.getUint16(0) === 0x4949;
  if (!little && view.getUint16(0) !== 0x4d4d) return 1;
  const start = view.getUint32(4, little);
  if (start + 2 > tiff.length) return 1;
  for (let i = 0; i < view.getUint16(start, little); i++) {
    const at = start + 2 + i * ENTRY;
    if (at + ENTRY > tiff.length) return 1;
    if (view.getUint16(at, little) !== ORIENTATION) continue;
    const found = view.getUint16(at + 8, little);
    return view.getUint16(at + 2, little) === SHORT && found >= 1 && found <= 8 ? found : 1;
  }
  return 1;
}

/** The picture, turned and mirrored as an orientation says; its RGBA bytes row by row. */
export function turned({ width, height, data }: ImagePixels, orientation: number): ImagePixels {
  if (orientation === 1) return { width, height, data };
  const aside = orientation >= 5;
  const fromRight = [2, 3, 7, 8].includes(orientation);
  const fromBelow = [3, 4, 6, 7].includes(orientation);
  const [w, h] = aside ? [height, width] : [width, height];
  const from = new Uint32Array(new Uint8Array(data).buffer);
  const pixels = new Uint32Array(width * height);
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const [a, b] = aside ? [y, x] : [x, y];
      const row = fromBelow ? height - 1 - b : b;
      pixels[y * w + x] = from[row * width + (fromRight ? width - 1 - a : a)]!;
    }
  }
  return { width: w, height: h, data: new Uint8Array(pixels.buffer) };
}
