// A remote checkpoint as a source. Where there is a store or a checksum, its files come by chunks (chunk-reader.ts);
// elsewhere by ranges as they are asked for (exact.ts).

import { checkRange } from "../memory.ts";
import { checkPath } from "../paths.ts";
import { CheckpointError, type Source } from "../source.ts";
import { ChunkReader, type ChunkStore } from "./chunk-reader.ts";
import { ExactReader } from "./exact.ts";
import { type Arrived, Fetcher, type OnBytes } from "./fetcher.ts";
import type { Http } from "./http.ts";
import type { RemoteFile } from "./range.ts";

/** How a remote source is read. */
export interface RemoteOptions {
  readonly http: Http;
  /** With it `identity`: what tells this source from every other, server and all; the first part of every key. */
  readonly store?: ChunkStore | undefined;
  readonly identity?: string;
  readonly onBytes?: OnBytes | undefined;
  /** Bytes per chunk; default 8 MiB. */
  readonly chunk?: number;
}

const CHUNK = 8 * 2 ** 20;

/** A source over remote files; `list` is asked once, again only after it failed. */
export function remoteSource(
  name: string,
  list: (signal?: AbortSignal) => Promise<readonly RemoteFile[]>,
  options: RemoteOptions,
): Source {
  let listed: Promise<readonly RemoteFile[]> | undefined;
  const readers = new Map<string, Reader>();
  const files = (signal?: AbortSignal) => {
    listed ??= list(signal).catch((error: unknown) => {
      listed = undefined;
      throw error;
    });
    return listed;
  };
  return {
    name,
    list: async (signal) => (await files(signal)).map(({ path, size }) => ({ path, size })),
    read: async (path, start, end, signal, onArrived) => {
      const file = (await files(signal)).find((f) => f.path === checkPath(path));
      if (!file) throw new CheckpointError(`${name} has no file ${path}.`);
      checkRange(path, start, end, file.size);
      const reader = readers.get(path) ?? readerOf(file, options);
      readers.set(path, reader);
      return reader.read(start, end, signal, onArrived);
    },
  };
}

interface Reader {
  read(start: number, end: number, signal?: AbortSignal, arrived?: Arrived): Promise<Uint8Array>;
}

function readerOf(file: RemoteFile, options: RemoteOptions): Reader {
  const fetcher = new Fetcher(options.http, file, options.onBytes);
  const store = storeOf(options, file);
  if (store || file.checksum)
    return new ChunkReader(file, options.identity ?? "", options.chunk ?? CHUNK, fetcher, store);
  return new ExactReader(fetcher, file.size, options.chunk ?? CHUNK);
}

/** Where a source's chunks are kept: nowhere for files that nothing tells from their successors. */
function storeOf({ store, identity }: RemoteOptions, file: RemoteFile): ChunkStore | undefined {
  return identity !== undefined && file.tag !== "" ? store : undefined;
}
