// Pictures from files through the recipe, against Pillow and Transformers (test/fixtures/images).

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
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
});
