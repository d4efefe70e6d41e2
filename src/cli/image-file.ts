// PNG and JPEG files to pixels, in Node, turned as their EXIF data says.

import { inflateSync } from "node:zlib";
import { PNG } from "pngjs";
import type { ImagePixels } from "../checkpoint/index.ts";
import { InputError } from "../engine/index.ts";
import { checkSize, PictureFault, tooFew } from "./image-bounds.ts";
import { inputBytes } from "./input-bytes.ts";
import { decodeJpeg } from "./jpeg-file.ts";
import { orientationIn, turned } from "./turned.ts";

const PNG_START = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const JPEG_START = [0xff, 0xd8, 0xff];

/** The picture in a file, whatever its name ends with. */
export async function readImage(path: string, signal: AbortSignal): Promise<ImagePixels> {
  return decodeImage(await inputBytes(path, signal), path);
}

/** The picture that PNG or JPEG bytes hold, or an InputError; `name` stands in it. */
export function decodeImage(bytes: Buffer, name: string): ImagePixels {
  const decode = decoderOf(bytes);
  if (!decode)
    throw new InputError(`${name} is neither a PNG nor a JPEG file; save the picture as one of them.`);
  try {
    return decode(bytes);
  } catch (error) {
    const { message } = error as Error;
    const said =
      error instanceof PictureFault ? message : `it is damaged, or of an unusual kind (${message})`;
    throw new InputError(`${name} cannot be decoded: ${said}. Save it anew as a PNG or JPEG file.`, {
      cause: error,
    });
  }
}

function decoderOf(bytes: Buffer): ((bytes: Buffer) => ImagePixels) | null {
  if (PNG_START.every((byte, i) => bytes[i] === byte)) return decodePng;
  return JPEG_START.every((byte, i) => bytes[i] === byte) ? decodeJpeg : null;
}

/** Channels by PNG's colour type: grey, colour, palette, grey with alpha, colour with alpha. */
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
/** Deflate packs at most this many bytes into one. */
const DEFLATE = 1032;

function decodePng(bytes: Buffer): ImagePixels {
  if (bytes.length < 33) throw new PictureFault("it is cut short");
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  checkSize(width, height);
  const row = 1 + Math.ceil((width * bytes[24]! * (CHANNELS[bytes[25]!] ?? 4)) / 8);
  if (height * row > DEFLATE * bytes.length) throw tooFew(bytes.length, width, height);
  if (chunksOf(bytes, "IDAT").length === 0) throw new PictureFault("it holds no pixels");
  if (chunksOf(bytes, "IHDR").length > 1) throw new PictureFault("it says its size twice");
  checkInflated(bytes, height * row, bytes[28] === 1);
  const picture = pixelsOf(withoutTransparent(bytes), bytes[24] === 16, bytes[25] === 0);
  const exif = chunksOf(bytes, "eXIf")[0];
  return exif ? turned(picture, orientationIn(exif)) : picture;
}

/** Pixels in the levels that Pillow gives them: of 16 bits the upper 8, but of grey ones all that is above 255 is white. */
function pixelsOf(bytes: Buffer, deep: boolean, grey: boolean): ImagePixels {
  if (!deep) return PNG.sync.read(bytes);
  const { width, height, data } = PNG.sync.read(bytes, { skipRescale: true });
  const level = grey ? (value: number) => Math.min(value, 255) : (value: number) => value >> 8;
  return { width, height, data: Uint8Array.from(data, level) };
}

/** A colour that counts as transparent keeps its red, green and blue; the library would make it black. */
function withoutTransparent(bytes: Buffer): Buffer {
  const found = placesOf(bytes).filter(({ type }) => type === "tRNS");
  let at = 0;
  const kept = found.map(({ from, to }) => {
    const before = bytes.subarray(at, from);
    at = to;
    return before;
  });
  return found.length === 0 ? bytes : Buffer.concat([...kept, bytes.subarray(at)]);
}

/** Data of the chunks of one type. */
function chunksOf(bytes: Buffer, wanted: string): Buffer[] {
  return placesOf(bytes)
    .filter(({ type }) => type === wanted)
    .map(({ from, to }) => bytes.subarray(from + 8, to - 4));
}

/** Every chunk with its length, type and checksum, from byte `from` to byte `to`. */
function placesOf(bytes: Buffer): { type: string; from: number; to: number }[] {
  const found: { type: string; from: number; to: number }[] = [];
  for (let at = 8; at + 8 <= bytes.length; ) {
    const to = at + 12 + bytes.readUInt32BE(at);
    found.push({ type: bytes.toString("latin1", at + 4, at + 8), from: at, to });
    at = to;
  }
  return found;
}

/** The library inflates interlaced pictures without a bound, and takes whatever is in memory for pixels that others lack. */
function checkInflated(bytes: Buffer, needed: number, interlaced: boolean): void {
  const most = (interlaced ? 2 : 1) * needed + 64;
  let length: number;
  try {
    length = inflateSync(Buffer.concat(chunksOf(bytes, "IDAT")), { maxOutputLength: most }).length;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_BUFFER_TOO_LARGE") throw error;
    if (!interlaced) return;
    throw new PictureFault("it holds more bytes than its size in pixels needs");
  }
  if (!interlaced && length < needed)
    throw new PictureFault(`it ends after ${length} of ${needed} bytes of pixels`);
}
