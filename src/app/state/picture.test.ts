import { expect, test } from "vitest";
import { syntheticTrace } from "../../../test/synthetic.ts";
import { floatTensor } from "../../tensor/index.ts";
import { Trace } from "../../trace/index.ts";
import { firstPicture, patchGrid } from "./picture.ts";

function patches(names: readonly string[]): Trace {
  const token = (raw: string) => ({
    id: null,
    raw,
    text: raw,
    start: null,
    end: null,
    special: raw === "[CLS]",
    segment: 0,
  });
  const { manifest } = syntheticTrace({ layers: 1, heads: 1, tokens: names.length });
  const streams = [{ name: "text" as const, tokens: names.map(token) }];
  const n = names.length;
  const pattern = floatTensor([1, n, n], new Float32Array(n * n));
  return new Trace({ ...manifest, streams }, new Map([["self.0.pattern", pattern]]));
}

test("patches lie in rows and columns behind the class token", () => {
  const grid = patchGrid(patches(["[CLS]", "0,0", "0,1", "0,2", "1,0", "1,1", "1,2"]));
  expect(grid).toEqual({ rows: 2, columns: 3, positions: [1, 2, 3, 4, 5, 6] });
});

test("words are no patches, nor is a grid with holes", () => {
  expect(patchGrid(syntheticTrace({ layers: 1, heads: 1, tokens: 4 }))).toBeNull();
  expect(patchGrid(patches(["[CLS]", "0,0", "1,1"]))).toBeNull();
});

test("the first picture is square and opaque", () => {
  const { width, height, data } = firstPicture().pixels;
  expect(data.length).toBe(4 * width * height);
  expect(data.filter((_, i) => i % 4 === 3).every((alpha) => alpha === 255)).toBe(true);
});
