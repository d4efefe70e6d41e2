// The full golden set, every input of every supported family.

import { readdirSync, readFileSync } from "node:fs";
import { FAMILIES } from "../../src/engine/index.ts";
import { sharedPath } from "../support/shared.ts";
import { checkGolden } from "./check.ts";

const supported = new Set(FAMILIES.map((family) => family.type));

for (const { name } of readdirSync(sharedPath("goldens"), { withFileTypes: true }).filter((e) =>
  e.isDirectory(),
)) {
  const folder = sharedPath("goldens", name);
  const config = JSON.parse(readFileSync(`${folder}/config.json`, "utf8")) as { model_type: string };
  if (supported.has(config.model_type)) checkGolden(name, folder);
}
