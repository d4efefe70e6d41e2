// Where the data is that is too large for the repository: beside it, or where HEADSCOPE_SHARED says.

import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** A path inside the shared data. */
export function sharedPath(...parts: string[]): string {
  const beside = fileURLToPath(new URL("../../../shared", import.meta.url));
  return join(process.env.HEADSCOPE_SHARED ?? beside, ...parts);
}
