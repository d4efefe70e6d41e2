// The recorded runs of test/fixtures/views, for gallery states.

import { readTrace, type Trace } from "../../src/trace/index.ts";

/** Read test/fixtures/views/NAME.safetensors. */
export async function recorded(name: string): Promise<Trace> {
  const response = await fetch(`/test/fixtures/views/${name}.safetensors`);
  if (!response.ok) throw new Error(`There is no recorded run ${name}: status ${response.status}.`);
  return readTrace(new Uint8Array(await response.arrayBuffer()));
}
