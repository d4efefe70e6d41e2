// Every edit of the full golden set, and of a set made with other shapes and a seed where HEADSCOPE_GOLDENS names its folder.

import { readFileSync } from "node:fs";
import { FAMILIES } from "../../src/engine/index.ts";
import { sharedPath } from "../support/shared.ts";
import { checkEdits } from "./edits-check.ts";
import { foldersIn } from "./golden.ts";

const supported = new Set(FAMILIES.map((family) => family.type));
const sets = [sharedPath("goldens"), ...(process.env.HEADSCOPE_GOLDENS?.split(":") ?? [])];

for (const set of sets) {
  for (const { name, path } of foldersIn(set)) {
    const config = JSON.parse(readFileSync(`${path}/config.json`, "utf8")) as { model_type: string };
    if (supported.has(config.model_type)) checkEdits(`${set}: ${name}`, path);
  }
}
