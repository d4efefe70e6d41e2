// JPEG files to pixels as Pillow reads them: jpeg-js decodes the samples, jpeg-colour.ts makes colours of them.

import jpeg from "jpeg-js";
import type { ImagePixels } from "../checkpoint/index.ts";
import { checkSize, MOST_PIXELS, PictureFault, tooFew } from "./image-bounds.ts";
import { inRgb, type Spread } from "./jpeg-colour.ts";
import { orientationIn, turned } from "./turned.ts";

/** Pixels that one byte of a JPEG can stand for: a bit for each block of 64. */
const LEAST_JPEG = 512;
const MOST_SCANS = 64;

/** The picture that the bytes of a JPEG file hold. */
export function decodeJpeg(bytes: Buffer): ImagePixels {
  const header = readHeader(bytes);
  const { width, height, scans } = header;
  checkSize(width, height);
  if (width * height > LEAST_JPEG * bytes.length) throw tooFew(bytes.length, width, height);
  if (scans > MOST_SCANS) throw new PictureFault(`it has ${scans} scans; at most ${MOST_SCANS} are read`);
  const spread = spreadOf(header);
  const picture = jpeg.decode(spread ? withoutAdobe(bytes, header) : withInks(bytes, header), {
    useTArray: true,
    formatAsRGBA: true,
    tolerantDecoding: false,
    maxResolutionInMP: MOST_PIXELS / 1e6,
    maxMemoryUsageInMB: 512,
    ...((spread || isRgb(header)) && { colorTransform: false }),
  });
  const pixels = spread ? inRgb(picture, spread) : picture;
  // The library cuts "EXIF" and one of the two zeros behind it.
  const { exifBuffer: exif } = picture as { readonly exifBuffer?: Uint8Array };
  return exif ? turned(pixels, orientationIn(exif.subarray(1))) : pixels;
}

/** One channel of a frame: its name and how many samples it has for the others'. */
interface Component {
  readonly id: number;
  readonly across: number;
  readonly down: number;
}

/** What the segments before the pixels say. */
interface Header {
  width: number;
  height: number;
  scans: number;
  components: readonly Component[];
  jfif: boolean;
  /** Adobe's segment: where it lies and what it says of colours. */
  adobe: { readonly from: number; readonly to: number; readonly transform: number } | null;
}

/** Largest frame, number of scans and what is said of colours, from the segments' headers. */
function readHeader(bytes: Buffer): Header {
  const header: Header = { width: 0, height: 0, scans: 0, components: [], jfif: false, adobe: null };
  for (let at = 2; at >= 0 && at + 9 < bytes.length; ) {
    const marker = bytes[at] === 0xff ? bytes[at + 1]! : -1;
    if (marker >= 0xc0 && marker <= 0xc2) readFrame(bytes, at, header);
    const name = bytes.toString("latin1", at + 4, at + 9);
    if (marker === 0xe0 && name === "JFIF\0") header.jfif = true;
    if (marker === 0xee && name === "Adobe" && at + 15 < bytes.length)
      header.adobe = { from: at, to: at + 2 + bytes.readUInt16BE(at + 2), transform: bytes[at + 15]! };
    if (marker === 0xda) header.scans++;
    const inData = marker < 0 || marker === 0xda || marker === 0xff;
    at = inData ? nextMarker(bytes, at + 1) : at + 2 + bytes.readUInt16BE(at + 2);
  }
  return header;
}

function readFrame(bytes: Buffer, at: number, header: Header): void {
  const bits = bytes[at + 4]!;
  if (bits !== 8) throw new PictureFault(`it has ${bits} bits in place of 8 per colour`);
  header.height = Math.max(header.height, bytes.readUInt16BE(at + 5));
  header.width = Math.max(header.width, bytes.readUInt16BE(at + 7));
  header.components = Array.from({ length: bytes[at + 9]! }, (_, i) => {
    const [id = 0, sampling = 0] = bytes.subarray(at + 10 + 3 * i, at + 12 + 3 * i);
    return { id, across: sampling >> 4, down: sampling & 15 };
  });
}

/** Inside a scan 0xff is followed by 0 or the number of a restart; anything else is a marker. */
function nextMarker(bytes: Buffer, from: number): number {
  let at = bytes.indexOf(0xff, from);
  while (at >= 0 && (bytes[at + 1] === 0 || (bytes[at + 1]! >= 0xd0 && bytes[at + 1]! <= 0xd7)))
    at = bytes.indexOf(0xff, at + 1);
  return at;
}

/** Whether three channels are red, green and blue as they stand, as libjpeg decides it. */
function isRgb({ components, jfif, adobe }: Header): boolean {
  if (components.length !== 3 || jfif) return false;
  if (adobe) return adobe.transform === 0;
  return components.map(({ id }) => String.fromCharCode(id)).join("") === "RGB";
}

/** Of brightness and two colours that lie at half its sides or at all of them; null for any other layout. */
function spreadOf(header: Header): Spread | null {
  const [y, cb, cr] = header.components;
  if (header.components.length !== 3 || isRgb(header)) return null;
  const single = cb!.across === 1 && cb!.down === 1 && cr!.across === 1 && cr!.down === 1;
  const { across, down } = y!;
  return single && [1, 2].includes(across) && [1, 2].includes(down) ? [across, down] : null;
}

/** Adobe's segment for channels that are to be read as they stand. */
const ADOBE = Buffer.from("ffee000e41646f626500640000000000", "hex");

/** Four channels are inks, stored upside down, also where no segment of Adobe's says so; the library asks for it. */
function withInks(bytes: Buffer, { components, adobe }: Header): Buffer {
  if (adobe || components.length !== 4) return bytes;
  return Buffer.concat([bytes.subarray(0, 2), ADOBE, bytes.subarray(2)]);
}

/** The library makes colours itself wherever it finds Adobe's segment. */
function withoutAdobe(bytes: Buffer, { adobe }: Header): Buffer {
  return adobe ? Buffer.concat([bytes.subarray(0, adobe.from), bytes.subarray(adobe.to)]) : bytes;
}
