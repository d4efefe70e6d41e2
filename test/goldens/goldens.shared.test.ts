// The full golden set, every input of every folder: a family that headscope does not have fails here.

import { readdirSync } from "node:fs";
import { sharedPath } from "../support/shared.ts";
import { checkGolden } from "./check.ts";

for (const entry of readdirSync(sharedPath("goldens"), { withFileTypes: true })) {
  if (entry.isDirectory()) checkGolden(entry.name, sharedPath("goldens", entry.name));
}
