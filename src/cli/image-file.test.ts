// Pictures from files through the recipe, against Pillow and Transformers (test/fixtures/images).

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { imageRecipe, preprocessImage } from "../checkpoint/index.ts";
import { decodeTensor, parseSafetensors, toFloat } from "../tensor/index.ts";
import { decodeImage, readImage } from "./image-file.ts";
import { orientationIn, turned } from "./turned.ts";

const FOLDER = fileURLToPath(new URL("../../test/fixtures/images/", import.meta.url));
const UNSTOPPED = new AbortController().signal;
const cases = JSON.parse(readFileSync(`${FOLDER}cases.json`, "utf8")) as {
  image: string;
  tensor: string;
  config: Record<string, unknown>;
}[];
const expected = new Uint8Array(readFileSync(`${FOLDER}expected.safetensors`));
const { tensors } = parseSafetensors(expected);

const START = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

function chunk(type: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const body = Buffer.concat([Buffer.from(type), data]);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

/** EXIF data that holds an orientation, behind another entry. */
function exif(orientation: number, little: boolean): Buffer {
  const data = Buffer.alloc(38);
  const write = (value: number, at: number) =>
    little ? data.writeUInt16LE(value, at) : data.writeUInt16BE(value, at);
  data.write(little ? "II*" : "MM\0*", "latin1");
  data[little ? 4 : 7] = 8;
  write(2, 8);
  write(0x0100, 10);
  for (const [i, value] of [0x0112, 3].entries()) write(value, 22 + 2 * i);
  write(orientation, 30);
  return data;
}

describe("readImage and preprocessImage", () => {
  it.each(cases)("make of $tensor what Python makes", async ({ image, tensor, config }) => {
    const entry = tensors.get(tensor)!;
    const wanted = toFloat(decodeTensor(entry, expected.subarray(entry.start, entry.end)));
    const found = preprocessImage(await readImage(FOLDER + image, UNSTOPPED), imageRecipe(config));
    expect(found.shape).toEqual(wanted.shape);
    // JPEG decoders round differently: one level of 255, doubled by the division by 0.5.
    const most = image.endsWith(".jpg") ? 2.1 / 255 : 1e-6;
    const worst = wanted.data.reduce((all, value, i) => Math.max(all, Math.abs(value - found.data[i]!)), 0);
    expect(worst).toBeLessThan(most);
  });

  it("says what is wrong with a file", async () => {
    const png = readFileSync(`${FOLDER}small.png`);
    expect(() => decodeImage(Buffer.from("GIF89a"), "a.gif")).toThrow("a.gif is neither a PNG nor a JPEG");
    expect(() => decodeImage(png.subarray(0, 100), "half.png")).toThrow("half.png cannot be decoded");
    const huge = Buffer.from(png);
    huge.writeUInt32BE(2 ** 31 - 1, 16);
    expect(() => decodeImage(huge, "huge.png")).toThrow("2147483647 by 9 pixels");
    await expect(readImage(`${FOLDER}none.png`, UNSTOPPED)).rejects.toThrow("none.png");
  });

  it("refuses what is larger than its bytes can hold, before anything is decoded", () => {
    const png = readFileSync(`${FOLDER}small.png`);
    const sized = (width: number, height: number) => {
      const made = Buffer.from(png);
      made.writeUInt32BE(width, 16);
      made.writeUInt32BE(height, 20);
      return () => decodeImage(made, "made.png");
    };
    expect(sized(1, 49_999_999)).toThrow("at most 12.5 million and 16384 to a side");
    expect(sized(3000, 4000)).toThrow("bytes cannot hold 3000 by 4000 pixels");
    const jpeg = readFileSync(`${FOLDER}smooth.jpg`);
    const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
    const deep = Buffer.from(jpeg);
    deep[frame + 4] = 12;
    expect(() => decodeImage(deep, "deep.jpg")).toThrow("it has 12 bits in place of 8 per colour");
    const large = Buffer.from(jpeg);
    large.writeUInt16BE(3500, frame + 5);
    large.writeUInt16BE(3500, frame + 7);
    expect(() => decodeImage(large, "large.jpg")).toThrow("bytes cannot hold 3500 by 3500 pixels");
    const scan = Buffer.from([0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 1]);
    const scans = Buffer.concat([jpeg.subarray(0, -2), ...Array(100).fill(scan), jpeg.subarray(-2)]);
    expect(() => decodeImage(scans, "scans.jpg")).toThrow("at most 64 are read");
  });

  it("refuses an interlaced picture that swells", () => {
    const head = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 6, 0, 0, 1]);
    const parts = [
      chunk("IHDR", head),
      chunk("IDAT", deflateSync(Buffer.alloc(5e7))),
      chunk("IEND", Buffer.alloc(0)),
    ];
    expect(() => decodeImage(Buffer.concat([START, ...parts]), "bomb.png")).toThrow(
      "bomb.png cannot be decoded: it holds more bytes than its size in pixels needs. Save it anew",
    );
  });

  // What PIL.ImageOps.exif_transpose, which load_image of Transformers calls, makes of it.
  it.each([
    [1, "abc/def"],
    [2, "cba/fed"],
    [3, "fed/cba"],
    [4, "def/abc"],
    [5, "ad/be/cf"],
    [6, "da/eb/fc"],
    [7, "fc/eb/da"],
    [8, "cf/be/ad"],
  ])("turns a picture of the orientation %d", (orientation, expected) => {
    const data = Uint8Array.from([..."abcdef"].flatMap((letter) => Array(4).fill(letter.charCodeAt(0))));
    const found = turned({ width: 3, height: 2, data }, orientation);
    const letters = String.fromCharCode(...found.data.filter((_, i) => i % 4 === 0));
    expect(letters.match(new RegExp(`.{${found.width}}`, "g"))!.join("/")).toBe(expected);
  });

  it.each([true, false])("finds the orientation in files, low bytes first: %s", (little) => {
    const jpeg = readFileSync(`${FOLDER}smooth.jpg`);
    const body = Buffer.concat([Buffer.from("Exif\0\0"), exif(6, little)]);
    const app1 = Buffer.concat([Buffer.from([0xff, 0xe1, 0, body.length + 2]), body]);
    const upright = decodeImage(jpeg, "a.jpg");
    const held = Buffer.concat([jpeg.subarray(0, 2), app1, jpeg.subarray(2)]);
    expect(decodeImage(held, "b.jpg")).toEqual(turned(upright, 6));
    const png = readFileSync(`${FOLDER}small.png`);
    const withExif = Buffer.concat([png.subarray(0, 33), chunk("eXIf", exif(8, little)), png.subarray(33)]);
    expect(decodeImage(withExif, "b.png")).toEqual(turned(decodeImage(png, "a.png"), 8));
  });

  it("takes damaged EXIF data for none", () => {
    const whole = exif(6, true);
    expect(orientationIn(whole)).toBe(6);
    for (let cut = 0; cut < 34; cut++) expect(orientationIn(whole.subarray(0, cut))).toBe(1);
    for (const orientation of [0, 9, 65535]) expect(orientationIn(exif(orientation, false))).toBe(1);
    expect(orientationIn(new Uint8Array(100).fill(255))).toBe(1);
  });

  // Edges of red, blue, green, yellow and black, 53 by 37 pixels, at Pillow's quality 90; the .png is what Pillow reads.
  it.each(["420", "422", "444"])(
    "gives the edges of a JPEG of 4:%s the colours that Pillow gives them",
    async (kind) => {
      const found = await readImage(`${FOLDER}edges-${kind}.jpg`, UNSTOPPED);
      const wanted = await readImage(`${FOLDER}edges-${kind}.png`, UNSTOPPED);
      expect([found.width, found.height]).toEqual([53, 37]);
      const gaps = [...found.data].map((level, i) => Math.abs(level - wanted.data[i]!));
      // Two ways to round the cosine transform: repeating colours over pixels in place of spreading them is off by 100.
      expect(gaps.reduce((most, gap) => Math.max(most, gap), 0)).toBeLessThanOrEqual(4);
    },
  );

  // Inks alone and mixed, with Adobe's segment, with one that says YCCK, and without any; the .png is what Pillow reads.
  it.each(["adobe", "ycck", "plain"])("gives the four inks of a JPEG (%s) Pillow's colours", async (kind) => {
    const found = await readImage(`${FOLDER}inks-${kind}.jpg`, UNSTOPPED);
    const wanted = await readImage(`${FOLDER}inks-${kind}.png`, UNSTOPPED);
    const gaps = [...found.data].map((level, i) => Math.abs(level - wanted.data[i]!));
    expect(gaps.reduce((most, gap) => Math.max(most, gap), 0)).toBeLessThanOrEqual(4);
  });

  it("takes Adobe's word that three channels are red, green and blue, or are not", () => {
    const jpeg = readFileSync(`${FOLDER}edges-444.jpg`);
    const adobe = (transform: number) => {
      const segment = Buffer.from([
        0xff,
        0xee,
        0,
        14,
        ...Buffer.from("Adobe"),
        0,
        100,
        0,
        0,
        0,
        0,
        transform,
      ]);
      const jfif = 4 + jpeg.readUInt16BE(4);
      return Buffer.concat([jpeg.subarray(0, 2), segment, jpeg.subarray(jfif)]);
    };
    const plain = decodeImage(jpeg, "a.jpg");
    expect(decodeImage(adobe(1), "a.jpg")).toEqual(plain);
    const [first] = decodeImage(adobe(0), "a.jpg").data; // brightness, taken for red
    expect(first).not.toBe(plain.data[0]);
  });

  const [A, B, C] = [0x0100, 0x00ff, 0x8000];
  // np.asarray(Image.open(file).convert("RGB")) of Pillow 13, as load_image of Transformers has it.
  it.each([
    ["grey of 16 bits", 16, 0, [A, B, C], null, [255, 255, 255]],
    ["dark grey of 16 bits", 16, 0, [0, 1, 128], null, [0, 1, 128]],
    [
      "colour of 16 bits",
      16,
      2,
      [A, B, C, 65_535, 65_280, 257, 0, 1, 127],
      null,
      [1, 0, 128, 255, 255, 1, 0, 0, 0],
    ],
    [
      "colour, one of them transparent",
      8,
      2,
      [5, 6, 7, 1, 2, 3, 9, 9, 9],
      [5, 6, 7],
      [5, 6, 7, 1, 2, 3, 9, 9, 9],
    ],
    ["grey, one level transparent", 8, 0, [5, 6, 7], [6], [5, 6, 7]],
  ])("gives %s the levels that Pillow gives it", (_, bits, type, samples, transparent, wanted) => {
    const row = samples.flatMap((x) => (bits === 16 ? [x >> 8, x & 255] : [x]));
    const alpha = transparent && [chunk("tRNS", Buffer.from(transparent.flatMap((x) => [x >> 8, x & 255])))];
    const parts = [
      chunk("IHDR", Buffer.from([0, 0, 0, 3, 0, 0, 0, 1, bits, type, 0, 0, 0])),
      ...(alpha ?? []),
      chunk("IDAT", deflateSync(Buffer.from([0, ...row]))),
      chunk("IEND", Buffer.alloc(0)),
    ];
    const { data } = decodeImage(Buffer.concat([START, ...parts]), "a.png");
    const rgb = [...data].filter((_, i) => i % 4 < (type === 0 ? 1 : 3));
    expect(rgb).toEqual(wanted);
  });

  /** Every bit depth, plain and interlaced, of grey pixels: the levels that Pillow gives them. */
  it.each([1, 2, 4, 8, 16])("reads grey pixels of %d bits, interlaced as well", (bits) => {
    const most = 2 ** bits - 1;
    const sample = (value: number) => value.toString(2).padStart(bits, "0");
    const row = (values: readonly number[]) => {
      const all = values.map(sample).join("");
      const bytes = all.padEnd(Math.ceil(all.length / 8) * 8, "0").match(/.{8}/g)!;
      return [0, ...bytes.map((byte) => Number.parseInt(byte, 2))];
    };
    const values = [0, most, Math.floor(most / 3)];
    const levels = values.map((value) =>
      bits < 16 ? Math.round((value / most) * 255) : Math.min(value, 255),
    );
    const head = (interlaced: number) => Buffer.from([0, 0, 0, 3, 0, 0, 0, 1, bits, 0, 0, 0, interlaced]);
    const file = (interlaced: number, data: readonly number[]) =>
      Buffer.concat([
        START,
        chunk("IHDR", head(interlaced)),
        chunk("IDAT", deflateSync(Buffer.from(data))),
        chunk("IEND", Buffer.alloc(0)),
      ]);
    const grey = (picture: Buffer) =>
      [...decodeImage(picture, "grey.png").data].filter((_, i) => i % 4 === 0);
    expect(grey(file(0, row(values)))).toEqual(levels);
    // Adam7 sends columns 0, 2 and 1 of a row of three one after the other.
    expect(
      grey(
        file(
          1,
          [values[0]!, values[2]!, values[1]!].flatMap((value) => row([value])),
        ),
      ),
    ).toEqual(levels);
  });

  const END = chunk("IEND", Buffer.alloc(0));
  const pixels = (bytes: number) => chunk("IDAT", deflateSync(Buffer.alloc(bytes)));
  const header = (width: number, height: number, interlaced = 0) => {
    const data = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 6, 0, 0, interlaced]);
    data.writeUInt32BE(width, 0);
    data.writeUInt32BE(height, 4);
    return chunk("IHDR", data);
  };

  it.each([
    ["no pixels", [header(4, 4), END], "it holds no pixels"],
    ["too few pixels", [header(4, 4), pixels(20), END], "it ends after 20 of 68 bytes of pixels"],
    ["too few, interlaced", [header(4, 4, 1), pixels(20), END], "it is damaged"],
    ["a side of none", [header(0, 5), pixels(5), END], "it has 0 by 5 pixels"],
    ["two sizes", [header(1, 1), header(3000, 3000), pixels(5), END], "it says its size twice"],
  ])("refuses a picture with %s", (_, parts, said) => {
    expect(() => decodeImage(Buffer.concat([START, ...parts]), "a.png")).toThrow(
      `a.png cannot be decoded: ${said}`,
    );
  });

  it("takes no notice of what stands behind the pixels", () => {
    const long = Buffer.concat([START, header(2, 2), pixels(5000), END]);
    expect(decodeImage(long, "a.png")).toMatchObject({ width: 2, height: 2 });
  });

  it.each([
    ["cut within its pixels", (png: Buffer) => png.subarray(0, 60)],
    ["with a wrong checksum", (png: Buffer) => Buffer.from(png).fill(0, 29, 33)],
    ["with an unknown compression", (png: Buffer) => Buffer.from(png).fill(9, 26, 27)],
  ])("says in its own words that a picture is damaged: %s", (_, damage) => {
    const broken = damage(readFileSync(`${FOLDER}small.png`));
    expect(() => decodeImage(broken, "a.png")).toThrow(
      /^a\.png cannot be decoded: it is damaged, or of an unusual kind \(.*\)\. Save it anew as a PNG or JPEG file\.$/,
    );
  });

  it.each([
    { image_std: 0 },
    { image_std: [1, 1, 5e-324] },
    { image_mean: 1e300 },
    { rescale_factor: -1e308 },
    { rescale_factor: 0 },
  ])("refuses a recipe that makes no numbers: %j", (config) => {
    expect(() => imageRecipe(config)).toThrow(`sets ${Object.keys(config)[0]} to`);
  });
});

function crc32(bytes: Buffer): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}
