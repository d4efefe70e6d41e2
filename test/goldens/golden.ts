// Golden folders on disk.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Golden, parseGolden } from "./compare.ts";

const FIXTURES = fileURLToPath(new URL("../fixtures", import.meta.url));

/** Sets of golden fixtures: folders under test/fixtures/. */
export const SETS = ["goldens", "goldens-other", "goldens-heads", "goldens-options"] as const;

/** One folder of a set. */
export interface GoldenFolder {
  readonly name: string;
  readonly path: string;
  readonly files: readonly string[];
}

/** The folders of a set that are there. */
export function goldenFolders(set: (typeof SETS)[number] | "goldens-edits"): GoldenFolder[] {
  return foldersIn(join(FIXTURES, set));
}

/** The golden folders in any folder. */
export function foldersIn(parent: string): GoldenFolder[] {
  const entries = readdirSync(parent, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return entries.map(({ name }) => {
    const path = join(parent, name);
    return { name, path, files: readdirSync(path) };
  });
}

/** Opens expected.json and expected.safetensors of a folder. */
export function readGolden(folder: string): Golden {
  const json = readFileSync(join(folder, "expected.json"), "utf8");
  return parseGolden(json, new Uint8Array(readFileSync(join(folder, "expected.safetensors"))));
}
