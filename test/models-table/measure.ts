// Measures golden folders in Node and in Chromium.

import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { folderSource } from "../../src/checkpoint/node.ts";
import { openModel } from "../../src/engine/index.ts";
import { nodeRuntime } from "../../src/engine/runtime/node.ts";
import { launch } from "../browser/chromium.ts";
import { serve } from "../browser/server.ts";
import { type Measured, measure } from "../goldens/compare.ts";
import { foldersIn, type GoldenFolder, goldenFolders, readGolden } from "../goldens/golden.ts";
import type { Parity } from "../goldens/parity.ts";
import { type Errors, largest, mostOf, PLACES, type Place, type Precision, type Row } from "./errors.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PAGE = "/test/goldens/parity.html";
const NAMES: Readonly<Record<string, Precision>> = { float32: "f32", float16: "f16", bfloat16: "bf16" };

/** A golden folder with what is in it. */
export interface Sorted extends GoldenFolder {
  readonly family: string;
  readonly precision: Precision;
}

/** Golden fixtures, and the half-precision ones where a folder of them is given. */
export function sortedFolders(halves?: string): Sorted[] {
  const fixtures = (["goldens", "goldens-other"] as const).flatMap((set) => goldenFolders(set));
  const half = halves === undefined ? [] : ["f16", "bf16"].flatMap((name) => foldersIn(join(halves, name)));
  return [...fixtures, ...half].map((folder) => {
    const read = (name: string) => JSON.parse(readFileSync(join(folder.path, name), "utf8"));
    const precision = NAMES[read("expected.json").file_dtype as string]!;
    return { ...folder, family: read("config.json").model_type as string, precision };
  });
}

/** One folder in Node. */
export async function inNode(path: string): Promise<Measured> {
  const model = await openModel(await folderSource(path), { runtime: await nodeRuntime() });
  try {
    return await measure(model, readGolden(path));
  } finally {
    await model.dispose();
  }
}

function inChromium(page: Page, { path, files }: GoldenFolder): Promise<Measured> {
  return page.evaluate(
    ([url, names]) => (globalThis as unknown as { parity: Parity }).parity.measure(url, names),
    [`/${relative(ROOT, path)}`, files] as const,
  );
}

/** Measures every folder in both places. */
export async function measureAll(folders: readonly Sorted[], say: (line: string) => void): Promise<Errors> {
  const [browser, served] = await Promise.all([launch(), serve({ page: PAGE, isolated: false })]);
  try {
    const page = await browser.newPage();
    await page.goto(served.url + PAGE);
    const found: { folder: Sorted; place: Place; measured: Measured }[] = [];
    for (const folder of folders) {
      say(`${folder.family} ${folder.precision} (${folder.name})`);
      found.push({ folder, place: "node", measured: await inNode(folder.path) });
      found.push({ folder, place: "chromium", measured: await inChromium(page, folder) });
    }
    return group(found);
  } finally {
    await Promise.all([browser.close(), served.close()]);
  }
}

function group(found: readonly { folder: Sorted; place: Place; measured: Measured }[]): Errors {
  const families = [...new Set(found.map(({ folder }) => folder.family))].sort();
  const cell = (family: string, place: Place, precision: Precision) =>
    mostOf(
      found
        .filter(({ folder: f, place: p }) => f.family === family && p === place && f.precision === precision)
        .map(({ measured }) => largest(measured)),
    );
  const precisions = [...new Set(found.map(({ folder }) => folder.precision))];
  const row = (family: string) =>
    Object.fromEntries(
      PLACES.map((place) => {
        const cells = precisions.map((precision) => [precision, cell(family, place, precision)] as const);
        return [place, Object.fromEntries(cells.filter(([, errors]) => Object.keys(errors).length))];
      }),
    ) as unknown as Row;
  return Object.fromEntries(families.map((family) => [family, row(family)]));
}
