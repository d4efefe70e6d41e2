// PNG and JPEG files to pixels, in Node. Pictures are not turned as their EXIF data says.

import { readFile } from "node:fs/promises";
import jpeg from "jpeg-js";
import { PNG } from "pngjs";
import type { ImagePixels } from "../checkpoint/index.ts";

/** Most pixels of a picture: what a decoder allocates follows from the file's header. */
const MOST_PIXELS = 5e7;
const PNG_START = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const JPEG_START = [0xff, 0xd8, 0xff];

/** The picture in a file, whatever its name ends with. */
export async function readImage(path: string): Promise<ImagePixels> {
  return decodeImage(await readFile(path), path);
}

/** The picture that PNG or JPEG bytes hold; `name` stands in errors. */
export function decodeImage(bytes: Buffer, name: string): ImagePixels {
  const decode = decoderOf(bytes);
  if (!decode) throw new Error(`${name} is neither a PNG nor a JPEG file; save the picture as one of them.`);
  try {
    return decode(bytes);
  } catch (error) {
    throw new Error(`${name} cannot be decoded: ${(error as Error).message}`, { cause: error });
  }
}

function decoderOf(bytes: Buffer): ((bytes: Buffer) => ImagePixels) | null {
  if (PNG_START.every((byte, i) => bytes[i] === byte)) return decodePng;
  return JPEG_START.every((byte, i) => bytes[i] === byte) ? decodeJpeg : null;
}

function decodePng(bytes: Buffer): ImagePixels {
  const [width, height] = bytes.length >= 24 ? [bytes.readUInt32BE(16), bytes.readUInt32BE(20)] : [0, 0];
  if (width * height > MOST_PIXELS)
    throw new Error(`it has ${width} by ${height} pixels; at most ${MOST_PIXELS / 1e6} million are read.`);
  return PNG.sync.read(bytes);
}

function decodeJpeg(bytes: Buffer): ImagePixels {
  return jpeg.decode(bytes, {
    useTArray: true,
    formatAsRGBA: true,
    tolerantDecoding: false,
    maxResolutionInMP: MOST_PIXELS / 1e6,
    maxMemoryUsageInMB: 1024,
  });
}
