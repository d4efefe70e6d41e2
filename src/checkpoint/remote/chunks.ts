// A remote checkpoint as a source: files are fetched in chunks, each at most once at a time, the last few held in
// memory and all of them in a store where there is one, so that later visits need no network.

import { headerLength } from "../../tensor/index.ts";
import { checkRange } from "../memory.ts";
import { checkPath } from "../paths.ts";
import { CheckpointError, type Source } from "../source.ts";
import type { Http } from "./http.ts";
import { type Checksum, type RemoteFile, streamRange } from "./range.ts";
import { ChecksumError, Digests, verified } from "./verified.ts";

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
  /** With it `identity`: what tells this source from every other, server and all; the first part of every key. */
  readonly store?: ChunkStore | undefined;
  readonly identity?: string;
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

/** Key of one chunk in a store, or of what is known of all of them. */
function chunkKey(identity: string, file: RemoteFile, size: number, part: number | "digests"): string {
  return [identity, file.path, file.tag, size, part].map((text) => encodeURIComponent(text)).join("/");
}

/** Where a source's chunks are kept: nowhere for files that nothing tells from their successors. */
function storeOf({ store, identity }: RemoteOptions, file: RemoteFile): ChunkStore | undefined {
  return identity !== undefined && file.tag !== "" ? store : undefined;
}

class ChunkReader {
  readonly #held = new Map<number, Promise<Uint8Array>>();
  readonly #store: ChunkStore | undefined;
  #verifying: Promise<void> | undefined;
  #digests: Digests | undefined;
  #whole: Promise<Uint8Array> | undefined;
  #loaded = 0;

  constructor(
    readonly name: string,
    readonly file: RemoteFile,
    readonly options: RemoteOptions,
  ) {
    this.#store = storeOf(options, file);
  }

  async read(start: number, end: number, signal?: AbortSignal): Promise<Uint8Array> {
    if (!(await this.#isHeader(end, signal))) await this.#verify(signal);
    return this.#read(start, end, signal);
  }

  /** A header may be looked at before its file is checked: what it says decides whether the rest is fetched at all. */
  async #isHeader(end: number, signal?: AbortSignal): Promise<boolean> {
    const { checksum, path, size } = this.file;
    if (!checksum || this.#digests || !path.endsWith(".safetensors") || size < 64) return false;
    if (end <= 64) return true;
    const prefix = await this.#read(0, 8, signal);
    try {
      return end <= 8 + headerLength(prefix, size);
    } catch {
      return false;
    }
  }

  /** Resolves once the whole file came to its checksum, now or on an earlier visit. */
  async #verify(signal?: AbortSignal): Promise<void> {
    const { checksum, size } = this.file;
    if (!checksum || this.#digests) return;
    this.#verifying ??= this.#verified(checksum, Math.ceil(size / this.#size), signal).finally(() => {
      this.#verifying = undefined;
    });
    await this.#verifying;
  }

  async #verified(checksum: Checksum, count: number, signal?: AbortSignal): Promise<void> {
    const known = await this.#known(count);
    try {
      this.#digests =
        known ?? (await verified({ ...this.file, checksum }, count, (index) => this.#chunk(index, signal)));
    } catch (error) {
      if (error instanceof ChecksumError) await this.#forget(count);
      throw error;
    }
    if (!known) await this.#put("digests", this.#digests.bytes);
    else this.#held.clear();
  }

  async #known(count: number): Promise<Digests | undefined> {
    const bytes = await this.#get("digests");
    return bytes?.length === 32 * count ? new Digests(bytes) : undefined;
  }

  /** What did not come to its checksum is not found a second time. */
  async #forget(count: number): Promise<void> {
    this.#held.clear();
    for (let index = 0; index < count; index++) await this.#put(index, new Uint8Array());
  }

  get #size(): number {
    return this.options.chunk ?? CHUNK;
  }

  async #get(part: number | "digests"): Promise<Uint8Array | undefined> {
    const key = chunkKey(this.options.identity ?? "", this.file, this.#size, part);
    return this.#store?.get(key).catch(() => undefined);
  }

  /** A full or forbidden store is no reason to fail. */
  async #put(part: number | "digests", bytes: Uint8Array): Promise<void> {
    const key = chunkKey(this.options.identity ?? "", this.file, this.#size, part);
    await this.#store?.put(key, bytes).catch(() => undefined);
  }

  async #read(start: number, end: number, signal?: AbortSignal): Promise<Uint8Array> {
    const out = new Uint8Array(end - start);
    const size = this.#size;
    for (let at = start; at < end; ) {
      const index = Math.floor(at / size);
      const chunk = await this.#chunk(index, signal);
      const from = at - index * size;
      const part = chunk.subarray(from, Math.min(chunk.length, from + end - at));
      out.set(part, at - start);
      at += part.length;
    }
    return out;
  }

  /** The chunk from memory, the store or the server; failures are not remembered. */
  #chunk(index: number, signal?: AbortSignal): Promise<Uint8Array> {
    const held = this.#held.get(index) ?? this.#load(index, signal);
    this.#held.delete(index);
    this.#held.set(index, held);
    held.catch(() => this.#held.delete(index));
    for (const oldest of this.#held.keys()) {
      if (this.#held.size <= HELD) break;
      this.#held.delete(oldest);
    }
    return held;
  }

  /** From the store or the server; once the file was checked, only what it was then. */
  async #load(index: number, signal?: AbortSignal): Promise<Uint8Array> {
    const start = index * this.#size;
    const end = Math.min(start + this.#size, this.file.size);
    const stored = await this.#get(index);
    if (stored?.length === end - start && (await this.#fits(index, stored))) return stored;
    const bytes = await this.#fetch(start, end, signal);
    if (!(await this.#fits(index, bytes)))
      throw new ChecksumError(
        `A part of ${this.file.path} is not what it was when it was checked; try again.`,
      );
    await this.#put(index, bytes);
    return bytes;
  }

  async #fits(index: number, bytes: Uint8Array): Promise<boolean> {
    return this.#digests === undefined || this.#digests.fits(index, bytes);
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
