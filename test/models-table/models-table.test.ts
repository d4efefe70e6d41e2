// The committed numbers of docs/models.md hold: every family has them, all are small, and the float32 ones of Node
// come out again within their power of ten.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FAMILIES } from "../../src/engine/index.ts";
import { TOLERANCE } from "../goldens/check.ts";
import { boundOf, largest, mostOf, PLACES, PRECISIONS, type Quantity } from "./errors.ts";
import { readErrors } from "./main.ts";
import { inNode, sortedFolders } from "./measure.ts";
import { modelsText } from "./text.ts";

const errors = readErrors();

it("every family is measured in both places and three precisions", () => {
  const expected = FAMILIES.flatMap(({ type }) =>
    PLACES.flatMap((place) => PRECISIONS.map((precision) => `${type} ${place} ${precision}`)),
  );
  const measured = Object.entries(errors).flatMap(([family, row]) =>
    PLACES.flatMap((place) => Object.keys(row[place]).map((precision) => `${family} ${place} ${precision}`)),
  );
  expect(measured.sort()).toEqual(expected.sort());
});

it("every number is within the tolerance", () => {
  const numbers = Object.values(errors).flatMap((row) =>
    PLACES.flatMap((place) => Object.values(row[place]).flatMap((cell) => Object.values(cell))),
  );
  expect(Math.max(...numbers)).toBeLessThan(TOLERANCE);
});

it("docs/models.md shows these numbers", () => {
  const page = readFileSync(new URL("../../docs/models.md", import.meta.url), "utf8");
  expect(page).toBe(modelsText(errors));
});

describe("in Node, float32", () => {
  const folders = sortedFolders().filter(({ precision }) => precision === "f32");
  const families = [...new Set(folders.map(({ family }) => family))];
  it.each(families)("%s stays within its power of ten", { timeout: 60_000 }, async (family) => {
    const ours = folders.filter((folder) => folder.family === family);
    const measured = mostOf(await Promise.all(ours.map(async ({ path }) => largest(await inNode(path)))));
    for (const [quantity, error] of Object.entries(errors[family]!.node.f32!)) {
      expect(measured[quantity as Quantity]).toBeLessThanOrEqual(boundOf(error));
    }
  });
});
