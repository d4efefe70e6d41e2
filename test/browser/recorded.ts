// Recorded runs as traces, for gallery states.

import { readTrace, type Trace } from "../../src/trace/index.ts";

/** Read a trace file of the repository, e.g. gallery/traces/bert-cat-rug.safetensors. */
export async function recorded(path: string): Promise<Trace> {
  const response = await fetch(`/${path}`);
  if (!response.ok) throw new Error(`There is no recorded run ${path}: status ${response.status}.`);
  return readTrace(new Uint8Array(await response.arrayBuffer()));
}
