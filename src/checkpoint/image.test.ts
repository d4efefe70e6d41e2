import { describe, expect, it } from "vitest";
import { imageRecipe, openImageRecipe, preprocessImage, readImageRecipe } from "./image.ts";
import { memorySource } from "./memory.ts";
import { CheckpointError } from "./source.ts";

const pixel = { width: 1, height: 1, data: Uint8Array.of(255, 0, 51, 7) };

describe("imageRecipe", () => {
  it("has the defaults of ViTImageProcessor", () => {
    expect(imageRecipe({})).toEqual({
      resize: { width: 224, height: 224, filter: "bilinear" },
      crop: null,
      factor: 1 / 255,
      mean: [0.5, 0.5, 0.5],
      std: [0.5, 0.5, 0.5],
    });
  });

  it("reads one number for both sides, as older files have it", () => {
    expect(imageRecipe({ size: 32 }).resize).toMatchObject({ width: 32, height: 32 });
  });

  it("takes one number for the shorter side where the class does, and cuts out the middle", () => {
    expect(imageRecipe({ feature_extractor_type: "CLIPFeatureExtractor", size: 32 })).toMatchObject({
      resize: { shortest: 32, filter: "bilinear" },
      crop: { width: 224, height: 224 },
    });
  });

  it.each([
    [{ resample: 0 }, "resample to 0"],
    [{ size: { shortest_edge: 224, longest_edge: 300 } }, "size to"],
    [{ size: 1e9 }, "size to 1000000000"],
    [{ do_center_crop: true, crop_size: { height: 0, width: 9 } }, "crop_size to"],
    [{ image_mean: [0.5] }, "image_mean to [0.5]"],
    [{ do_rescale: "yes" }, 'do_rescale to "yes"'],
  ])("refuses %j by name", (config, message) => {
    expect(() => imageRecipe(config)).toThrow(message);
  });

  it("names every step that it does not know", () => {
    expect(() => imageRecipe({ do_pad: true, do_reduce_labels: true, crop_pct: 0.9 })).toThrow(
      "do_pad to true, do_reduce_labels to true, crop_pct to 0.9",
    );
    expect(imageRecipe({ size: 32, default_to_square: false }).resize).toMatchObject({ shortest: 32 });
  });

  it("reads past keys that no step reads, and names them", async () => {
    const extra = { _valid_processor_keys: ["images"], default_to_square: true, patch_size: 16, "3d": {} };
    expect(imageRecipe(extra)).toEqual(imageRecipe({}));
    const source = memorySource("vit", { "preprocessor_config.json": JSON.stringify(extra) });
    expect((await openImageRecipe(source)).unused).toEqual(["patch_size", "3d"]);
  });

  it("gives its fault where it cannot be followed, because pixels need none", async () => {
    for (const text of ['{"do_pad": true}', "{"]) {
      const source = memorySource("vit", { "preprocessor_config.json": text });
      const { recipe, fault } = await openImageRecipe(source);
      expect(recipe).toBeNull();
      expect(fault).toBeInstanceOf(CheckpointError);
    }
  });

  it("is null where the checkpoint has no preprocessor_config.json", async () => {
    expect(await readImageRecipe(memorySource("bare", {}))).toBeNull();
    const source = memorySource("vit", { "preprocessor_config.json": '{"do_resize": false}' });
    expect((await readImageRecipe(source))!.resize).toBeNull();
  });
});

describe("preprocessImage", () => {
  it("rescales, normalises and drops alpha", () => {
    const { shape, data } = preprocessImage(pixel, imageRecipe({ size: { height: 1, width: 1 } }));
    expect(shape).toEqual([3, 1, 1]);
    expect([...data].map((value) => Number(value.toFixed(6)))).toEqual([1, -1, -0.6]);
  });

  it.each([
    ["both sides", [1, 1], { size: 16_384 }],
    ["the longer side", [1, 16_384], { size: { shortest_edge: 16_384 } }],
    ["a row of a column, in between", [1, 16_384], { size: { height: 1, width: 16_384 } }],
    ["what is kept of it", [1, 1], { size: 1, do_center_crop: true, crop_size: 16_384 }],
  ])("makes no picture that fills the memory: %s", (_, [width = 0, height = 0], config) => {
    const tall = { width, height, data: new Uint8Array(4 * width * height) };
    expect(() => preprocessImage(tall, imageRecipe(config))).toThrow(
      /makes 16384 by \d+ pixels of this picture; at most 16777216 are made/,
    );
  });

  it("refuses pixels that are not four bytes each", () => {
    expect(() => preprocessImage({ ...pixel, width: 2 }, imageRecipe({}))).toThrow("has 8 bytes; found 4");
  });
});
