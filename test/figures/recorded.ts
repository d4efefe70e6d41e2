// Traces for figures, read from the repository.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readTrace, type Trace } from "../../src/trace/index.ts";

/** A trace file by its path in the repository. */
export function readRecorded(path: string): Trace {
  return readTrace(new Uint8Array(readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)))));
}
