// Pictures from files through the recipe, against Pillow and Transformers (test/fixtures/images).

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { imageRecipe, preprocessImage } from "../checkpoint/index.ts";
import { decodeTensor, parseSafetensors, toFloat } from "../tensor/index.ts";
import { decodeImage, readImage } from "./image-file.ts";

const FOLDER = fileURLToPath(new URL("../../test/fixtures/images/", import.meta.url));
const cases = JSON.parse(readFileSync(`${FOLDER}cases.json`, "utf8")) as {
  image: string;
  tensor: string;
  config: Record<string, unknown>;
}[];
const expected = new Uint8Array(readFileSync(`${FOLDER}expected.safetensors`));
const { tensors } = parseSafetensors(expected);

describe("readImage and preprocessImage", () => {
  it.each(cases)("make of $tensor what Python makes", async ({ image, tensor, config }) => {
    const entry = tensors.get(tensor)!;
    const wanted = toFloat(decodeTensor(entry, expected.subarray(entry.start, entry.end)));
    const found = preprocessImage(await readImage(FOLDER + image), imageRecipe(config));
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
    await expect(readImage(`${FOLDER}none.png`)).rejects.toThrow("none.png");
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
    const large = Buffer.from(jpeg);
    large.writeUInt16BE(3500, frame + 5);
    large.writeUInt16BE(3500, frame + 7);
    expect(() => decodeImage(large, "large.jpg")).toThrow("bytes cannot hold 3500 by 3500 pixels");
    const scan = Buffer.from([0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 1]);
    const scans = Buffer.concat([jpeg.subarray(0, -2), ...Array(100).fill(scan), jpeg.subarray(-2)]);
    expect(() => decodeImage(scans, "scans.jpg")).toThrow("at most 64 are read");
  });

  it("refuses an interlaced picture that swells", () => {
    const chunk = (type: string, data: Buffer) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(data.length);
      const body = Buffer.concat([Buffer.from(type), data]);
      const check = Buffer.alloc(4);
      check.writeUInt32BE(crc32(body));
      return Buffer.concat([length, body, check]);
    };
    const head = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 6, 0, 0, 1]);
    const start = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    const parts = [
      chunk("IHDR", head),
      chunk("IDAT", deflateSync(Buffer.alloc(5e7))),
      chunk("IEND", Buffer.alloc(0)),
    ];
    expect(() => decodeImage(Buffer.concat([start, ...parts]), "bomb.png")).toThrow(
      "bomb.png cannot be decoded",
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
