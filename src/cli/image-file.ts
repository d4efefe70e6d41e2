// PNG and JPEG files to pixels, in Node, turned as their EXIF data says.

import { readFile } from "node:fs/promises";
import { inflateSync } from "node:zlib";
import jpeg from "jpeg-js";
import { PNG } from "pngjs";
import type { ImagePixels } from "../checkpoint/index.ts";
import { InputError } from "../engine/index.ts";
import { orientationIn, turned } from "./turned.ts";

/** Most pixels of a picture, and most to a side: what a decoder allocates follows from the file's header. */
const MOST_PIXELS = 1.25e7;
const MOST_SIDE = 2 ** 14;
/** Pixels that one byte of a JPEG can stand for: a bit for each block of 64. */
const LEAST_JPEG = 512;
const MOST_SCANS = 64;
const PNG_START = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const JPEG_START = [0xff, 0xd8, 0xff];

/** The picture in a file, whatever its name ends with. */
export async function readImage(path: string): Promise<ImagePixels> {
  return decodeImage(await readFile(path), path);
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

/** What was found in a picture, in our own words; decoders have theirs. */
class PictureFault extends Error {}

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
  const picture = PNG.sync.read(bytes);
  const exif = chunksOf(bytes, "eXIf")[0];
  return exif ? turned(picture, orientationIn(exif)) : picture;
}

/** Data of the chunks of one type. */
function chunksOf(bytes: Buffer, type: string): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 8; at + 8 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    if (bytes.toString("latin1", at + 4, at + 8) === type)
      found.push(bytes.subarray(at + 8, at + 8 + length));
    at += 12 + length;
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

function checkSize(width: number, height: number): void {
  if (width < 1 || height < 1) throw new PictureFault(`it has ${width} by ${height} pixels`);
  if (width > MOST_SIDE || height > MOST_SIDE || width * height > MOST_PIXELS)
    throw new PictureFault(
      `it has ${width} by ${height} pixels; at most ${MOST_PIXELS / 1e6} million and ${MOST_SIDE} to a side are read`,
    );
}

function tooFew(bytes: number, width: number, height: number): Error {
  return new PictureFault(`${bytes} bytes cannot hold ${width} by ${height} pixels`);
}

function decodeJpeg(bytes: Buffer): ImagePixels {
  const { width, height, scans } = jpegHeader(bytes);
  checkSize(width, height);
  if (width * height > LEAST_JPEG * bytes.length) throw tooFew(bytes.length, width, height);
  if (scans > MOST_SCANS) throw new PictureFault(`it has ${scans} scans; at most ${MOST_SCANS} are read`);
  const picture = jpeg.decode(bytes, {
    useTArray: true,
    formatAsRGBA: true,
    tolerantDecoding: false,
    maxResolutionInMP: MOST_PIXELS / 1e6,
    maxMemoryUsageInMB: 512,
  });
  // The library cuts "EXIF" and one of the two zeros behind it.
  const { exifBuffer: exif } = picture as { readonly exifBuffer?: Uint8Array };
  return exif ? turned(picture, orientationIn(exif.subarray(1))) : picture;
}

/** Largest frame and number of scans, from the segments' headers. */
function jpegHeader(bytes: Buffer): { width: number; height: number; scans: number } {
  let [width, height, scans] = [0, 0, 0];
  for (let at = 2; at >= 0 && at + 9 < bytes.length; ) {
    const marker = bytes[at] === 0xff ? bytes[at + 1]! : -1;
    if (marker >= 0xc0 && marker <= 0xc2) {
      const bits = bytes[at + 4]!;
      if (bits !== 8) throw new PictureFault(`it has ${bits} bits in place of 8 per colour`);
      height = Math.max(height, bytes.readUInt16BE(at + 5));
      width = Math.max(width, bytes.readUInt16BE(at + 7));
    }
    if (marker === 0xda) scans++;
    const inData = marker < 0 || marker === 0xda || marker === 0xff;
    at = inData ? nextMarker(bytes, at + 1) : at + 2 + bytes.readUInt16BE(at + 2);
  }
  return { width, height, scans };
}

/** Inside a scan 0xff is followed by 0 or the number of a restart; anything else is a marker. */
function nextMarker(bytes: Buffer, from: number): number {
  let at = bytes.indexOf(0xff, from);
  while (at >= 0 && (bytes[at + 1] === 0 || (bytes[at + 1]! >= 0xd0 && bytes[at + 1]! <= 0xd7)))
    at = bytes.indexOf(0xff, at + 1);
  return at;
}
