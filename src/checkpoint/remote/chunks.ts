// A remote checkpoint as a source: files are fetched in chunks, each at most once at a time, the last few held in
// memory and all of them in a store where there is one, so that later visits need no network.

import { checkRange } from "../memory.ts";
import { checkPath } from "../paths.ts";
import { CheckpointError, type Source } from "../source.ts";
import type { Http } from "./http.ts";
import { type RemoteFile, streamRange } from "./range.ts";

/** Where chunks are kept between visits. Keys are plain texts. */
export interface ChunkStore {
  get(key: string): Promise<Uint8Array | undefined>;
  put(key: string, bytes: Uint8Array): Promise<void>;
}

/** Bytes of one file that have arrived, and its size. */
export type OnBytes = (path: string, loaded: number, total: number) => void;

/** How a remote source is read. */
export interface RemoteOptions {
  readonly http: Http;
  readonly store?: ChunkStore | undefined;
  readonly onBytes?: OnBytes | undefined;
  /** Bytes per chunk; default 8 MiB. */
  readonly chunk?: number;
}

const CHUNK = 8 * 2 ** 20;
const HELD = 4;
/** Largest file that is held whole where a server ignores ranges. */
const MAX_WHOLE = 2 ** 31;

/** A source over remote files; `list` is asked once, again only after it failed. */
export function remoteSource(
  name: string,
  list: (signal?: AbortSignal) => Promise<readonly RemoteFile[]>,
  options: RemoteOptions,
): Source {
  let listed: Promise<readonly RemoteFile[]> | undefined;
  const readers = new Map<string, ChunkReader>();
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
    read: async (path, start, end, signal) => {
      const file = (await files(signal)).find((f) => f.path === checkPath(path));
      if (!file) throw new CheckpointError(`${name} has no file ${path}.`);
      checkRange(path, start, end, file.size);
      const reader = readers.get(path) ?? new ChunkReader(name, file, options);
      readers.set(path, reader);
      return reader.read(start, end, signal);
    },
  };
}

/** Key of one chunk in a store. */
export function chunkKey(name: string, file: RemoteFile, size: number, index: number): string {
  return [name, file.path, file.tag, size, index].map((part) => encodeURIComponent(part)).join("/");
}

class ChunkReader {
  readonly #held = new Map<number, Promise<Uint8Array>>();
  #whole: Promise<Uint8Array> | undefined;
  #loaded = 0;

  constructor(
    readonly name: string,
    readonly file: RemoteFile,
    readonly options: RemoteOptions,
  ) {}

  async read(start: number, end: number, signal?: AbortSignal): Promise<Uint8Array> {
    const out = new Uint8Array(end - start);
    const size = this.options.chunk ?? CHUNK;
    for (let at = start; at < end; ) {
      const index = Math.floor(at / size);
      const chunk = await this.#chunk(index, size, signal);
      const from = at - index * size;
      const part = chunk.subarray(from, Math.min(chunk.length, from + end - at));
      out.set(part, at - start);
      at += part.length;
    }
    return out;
  }

  /** The chunk from memory, the store or the server; failures are not remembered. */
  #chunk(index: number, size: number, signal?: AbortSignal): Promise<Uint8Array> {
    const held = this.#held.get(index) ?? this.#load(index, size, signal);
    this.#held.delete(index);
    this.#held.set(index, held);
    held.catch(() => this.#held.delete(index));
    for (const oldest of this.#held.keys()) {
      if (this.#held.size <= HELD) break;
      this.#held.delete(oldest);
    }
    return held;
  }

  async #load(index: number, size: number, signal?: AbortSignal): Promise<Uint8Array> {
    const { store } = this.options;
    const start = index * size;
    const end = Math.min(start + size, this.file.size);
    const key = chunkKey(this.name, this.file, size, index);
    const stored = await store?.get(key).catch(() => undefined);
    if (stored?.length === end - start) return stored;
    const bytes = await this.#fetch(start, end, signal);
    // A full or forbidden store is no reason to fail.
    await store?.put(key, bytes).catch(() => undefined);
    return bytes;
  }

  async #fetch(start: number, end: number, signal?: AbortSignal): Promise<Uint8Array> {
    if (this.#whole) return (await this.#whole).slice(start, end);
    const bytes = new Uint8Array(end - start);
    let at = 0;
    const ranged = await streamRange(
      this.options.http,
      this.file,
      start,
      end,
      (part) => {
        bytes.set(part, at);
        at += part.length;
        this.#arrived(part.length);
      },
      signal,
    );
    return ranged ? bytes : this.#fetchWhole(start, end, signal);
  }

  /** For servers that ignore ranges: the whole file once, held in memory. */
  async #fetchWhole(start: number, end: number, signal?: AbortSignal): Promise<Uint8Array> {
    const { file, options } = this;
    if (file.size > MAX_WHOLE) {
      throw new CheckpointError(
        `${new URL(file.url).host} does not serve parts of files, and ${file.path} has ${file.size} bytes. Download it and open the folder.`,
      );
    }
    this.#whole ??= (async () => {
      const bytes = new Uint8Array(file.size);
      let at = 0;
      await streamRange(
        options.http,
        file,
        0,
        file.size,
        (part) => {
          bytes.set(part, at);
          at += part.length;
          this.#arrived(part.length);
        },
        signal,
      );
      return bytes;
    })();
    this.#whole.catch(() => {
      this.#whole = undefined;
    });
    return (await this.#whole).slice(start, end);
  }

  #arrived(bytes: number): void {
    this.#loaded = Math.min(this.file.size, this.#loaded + bytes);
    this.options.onBytes?.(this.file.path, this.#loaded, this.file.size);
  }
}
