// Weights as virtual files, one per range a graph reads, filled from the source: neighbours by one read, so that a server
// is asked few times, and what several graphs read once for all of them. No file is ever whole in memory.

import type { Source } from "../checkpoint/index.ts";
import type { Graph, Place, Range } from "./graph/onnx.ts";

/** Bytes of one read, unless a single range has more. */
const BLOCK = 32 * 2 ** 20;
/** Unwanted bytes between two ranges that are read rather than asked around. */
const GAP = 2 ** 16;

/** Name of the virtual file of a range. */
export const fileName = ({ file, start, end }: Range): string => `${file}:${start}-${end}`;

/** Every range is its own file. */
export const placeInOwnFile: Place = (range) => ({ location: fileName(range), offset: 0 });

/** How weights are read. */
export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
  /** Bytes of weights read so far and in all; not called where the runtime maps the files itself. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** What sessions that are opened one after the other read only once. */
  readonly shared?: SharedExternals | undefined;
}

/** A virtual file. */
export interface External {
  readonly path: string;
  readonly data: Uint8Array;
}

/** The virtual files of a graph. */
export async function readExternals(
  graph: Graph,
  source: Source,
  { signal, onProgress, shared }: ReadOptions,
): Promise<External[]> {
  const ranges = distinct(externalRanges(graph));
  const total = ranges.reduce((sum, { start, end }) => sum + end - start, 0);
  const files = ranges.flatMap((range) => shared?.take(fileName(range)) ?? []);
  let done = files.reduce((sum, { data }) => sum + data.length, 0);
  const there = new Set(files.map(({ path }) => path));
  for (const block of blocksOf(ranges.filter((range) => !there.has(fileName(range))))) {
    signal?.throwIfAborted();
    const data = await source.read(block.file, block.start, block.end, signal);
    for (const range of block.ranges) {
      const file = {
        path: fileName(range),
        data: data.subarray(range.start - block.start, range.end - block.start),
      };
      shared?.keep(file);
      files.push(file);
      done += file.data.length;
    }
    onProgress?.(done, total);
  }
  return files;
}

/** Ranges of the checkpoint that a graph reads. */
export function externalRanges(graph: Graph): Range[] {
  return graph.initializers.flatMap(({ data }) => (data instanceof Uint8Array ? [] : [data]));
}

function distinct(ranges: readonly Range[]): Range[] {
  return [...new Map(ranges.map((range) => [fileName(range), range])).values()];
}

/** Ranges that are read together. */
interface Block extends Range {
  readonly ranges: readonly Range[];
}

/** Ranges by file and place, neighbours together. */
export function blocksOf(ranges: readonly Range[]): Block[] {
  const sorted = [...ranges].sort((a, b) =>
    a.file === b.file ? a.start - b.start : a.file < b.file ? -1 : 1,
  );
  const blocks: Block[] = [];
  for (const range of sorted) {
    const last = blocks.at(-1);
    const end = Math.max(last?.end ?? 0, range.end);
    const near = last?.file === range.file && range.start - last.end <= GAP && end - last.start <= BLOCK;
    if (near) blocks[blocks.length - 1] = { ...last, end, ranges: [...last.ranges, range] };
    else blocks.push({ ...range, ranges: [range] });
  }
  return blocks;
}

/** What several graphs read, kept from the first of them to the last. */
export class SharedExternals {
  readonly #readers = new Map<string, number>();
  readonly #kept = new Map<string, External>();

  constructor(graphs: readonly Graph[]) {
    for (const graph of graphs)
      for (const range of distinct(externalRanges(graph))) {
        const path = fileName(range);
        this.#readers.set(path, (this.#readers.get(path) ?? 0) + 1);
      }
  }

  /** True where a graph reads what another one reads too. */
  concerns(graph: Graph): boolean {
    return externalRanges(graph).some((range) => this.#readers.get(fileName(range))! > 1);
  }

  /** A file that an earlier graph has read, for one of those that are left. */
  take(path: string): External | undefined {
    const file = this.#kept.get(path);
    if (file && this.#count(path) === 0) this.#kept.delete(path);
    return file;
  }

  /** Called by the first graph that reads a file; copied out of a block, which may go. */
  keep({ path, data }: External): void {
    if (this.#count(path) > 0) {
      const alone = data.byteLength === data.buffer.byteLength;
      this.#kept.set(path, { path, data: alone ? data : data.slice() });
    }
  }

  /** One reader less; gives how many are left. */
  #count(path: string): number {
    const left = (this.#readers.get(path) ?? 1) - 1;
    this.#readers.set(path, left);
    return left;
  }
}
