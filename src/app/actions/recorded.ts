// Recorded runs, and attention made elsewhere, from the bytes of a file.

import { isTraceFile, readTrace, type Trace } from "../../trace/index.ts";
import type { AppState } from "../state/state.ts";

/** The run that a file holds; null where somebody has to say first what is what: then the page asks (`app.importing`). */
export async function readRun(app: AppState, name: string, bytes: Uint8Array): Promise<Trace | null> {
  if (isTraceFile(bytes)) return readTrace(bytes);
  const { ownRun, readFound, traceOf, understand } = await import("../../imports/index.ts");
  const own = ownRun(name, bytes);
  if (own) return own;
  const found = readFound(name, bytes);
  if (understand(found).questions.length === 0) return traceOf(found);
  app.importing.value = {
    name,
    understand: (reading) => understand(found, reading),
    read: (reading) => traceOf(found, reading),
  };
  return null;
}
