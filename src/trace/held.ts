// How much memory recorded runs hold.

import type { Trace } from "./trace.ts";

/** Bytes of the stored tensors of runs; what they share with others counts once. */
export function heldBytes(traces: Iterable<Trace>): number {
  const buffers = new Set<ArrayBufferLike>();
  for (const trace of traces) for (const name of trace.names) buffers.add(trace.raw(name)!.data.buffer);
  return [...buffers].reduce((sum, { byteLength }) => sum + byteLength, 0);
}
