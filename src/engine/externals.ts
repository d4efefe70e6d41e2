// Weights as virtual files: one per range a graph reads, filled by range from the source,
// so that no file is ever whole in memory.

import type { Source } from "../checkpoint/index.ts";
import type { Graph, Place, Range } from "./graph/onnx.ts";
import type { SessionOptions } from "./runtime/runtime.ts";

/** Name of the virtual file of a range. */
const fileName = ({ file, start, end }: Range): string => `${file}:${start}-${end}`;

/** Every range is its own file. */
export const placeInOwnFile: Place = (range) => ({ location: fileName(range), offset: 0 });

/** The virtual files of a graph. */
export async function readExternals(
  graph: Graph,
  source: Source,
  { signal, onProgress }: SessionOptions,
): Promise<{ path: string; data: Uint8Array }[]> {
  const ranges = externalRanges(graph);
  const total = ranges.reduce((sum, { start, end }) => sum + end - start, 0);
  const files: { path: string; data: Uint8Array }[] = [];
  let done = 0;
  for (const range of ranges) {
    signal?.throwIfAborted();
    const data = await source.read(range.file, range.start, range.end, signal);
    files.push({ path: fileName(range), data });
    done += data.length;
    onProgress?.(done, total);
  }
  return files;
}

/** Ranges of the checkpoint that a graph reads. */
export function externalRanges(graph: Graph): Range[] {
  return graph.initializers.flatMap(({ data }) => (data instanceof Uint8Array ? [] : [data]));
}
