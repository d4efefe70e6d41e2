// Every golden fixture in Node: all tensors, the pattern recomputed from q and k, ids, and generation.

import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { checkGolden } from "./check.ts";

for (const set of ["goldens", "goldens-other", "goldens-heads"]) {
  const root = fileURLToPath(new URL(`../fixtures/${set}/`, import.meta.url));
  const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { name } of folders) checkGolden(`${set}/${name}`, `${root}${name}`);
}
