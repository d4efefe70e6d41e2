// A remote file by chunks, each fetched at most once at a time: the last few are held in memory and all of them kept in
// a store, so that later visits need no network. One request brings several. A file with a checksum is checked as a whole
// before anything but its header is used.

import { headerLength } from "../../tensor/index.ts";
import { Arriving } from "./arriving.ts";
import type { Arrived, Fetcher } from "./fetcher.ts";
import type { Checksum, RemoteFile } from "./range.ts";
import { ChecksumError, Digests, verified } from "./verified.ts";

/** Where chunks are kept between visits. Keys are plain texts. */
export interface ChunkStore {
  get(key: string): Promise<Uint8Array | undefined>;
  /** Whether `get` would give something, without reading it. */
  has(key: string): Promise<boolean>;
  put(key: string, bytes: Uint8Array): Promise<void>;
}

/** Chunks that one request brings, and that are held in memory. */
const TOGETHER = 4;

/** Key of one chunk in a store, or of what is known of all of them. */
function chunkKey(identity: string, file: RemoteFile, size: number, part: number | "digests"): string {
  return [identity, file.path, file.tag, size, part].map((text) => encodeURIComponent(text)).join("/");
}

/** How one call is stopped and followed. */
interface Call {
  readonly signal: AbortSignal | undefined;
  readonly arrived: Arrived | undefined;
}

/** Reads a file by chunks. */
export class ChunkReader {
  readonly #file: RemoteFile;
  readonly #identity: string;
  readonly #size: number;
  readonly #fetcher: Fetcher;
  readonly #store: ChunkStore | undefined;
  readonly #held = new Map<number, Promise<Uint8Array>>();
  /** Chunks that were told as arrived, from the network or from the store. */
  readonly #told = new Set<number>();
  #verifying: Promise<void> | undefined;
  #digests: Digests | undefined;

  /** `identity`: the first part of every key; `size`: bytes per chunk. */
  constructor(
    file: RemoteFile,
    identity: string,
    size: number,
    fetcher: Fetcher,
    store: ChunkStore | undefined,
  ) {
    this.#file = file;
    this.#identity = identity;
    this.#size = size;
    this.#fetcher = fetcher;
    this.#store = store;
  }

  async read(start: number, end: number, signal?: AbortSignal, arrived?: Arrived): Promise<Uint8Array> {
    const call = { signal, arrived };
    if (!(await this.#isHeader(end, call))) await this.#verify(call);
    return this.#read(start, end, call);
  }

  /** A header may be looked at before its file is checked: what it says decides whether the rest is fetched at all. */
  async #isHeader(end: number, call: Call): Promise<boolean> {
    const { checksum, path, size } = this.#file;
    if (!checksum || this.#digests || !path.endsWith(".safetensors") || size < 64) return false;
    if (end <= 64) return true;
    const prefix = await this.#read(0, 8, call);
    try {
      return end <= 8 + headerLength(prefix, size);
    } catch {
      return false;
    }
  }

  /** Resolves once the whole file came to its checksum, now or on an earlier visit. */
  async #verify(call: Call): Promise<void> {
    const { checksum } = this.#file;
    if (!checksum || this.#digests) return;
    this.#verifying ??= this.#verified(checksum, call).finally(() => {
      this.#verifying = undefined;
    });
    await this.#verifying;
  }

  async #verified(checksum: Checksum, call: Call): Promise<void> {
    const count = this.#count;
    const known = await this.#known(count);
    const load = (index: number) => this.#chunk(index, count - 1, call);
    try {
      this.#digests = known ?? (await verified({ ...this.#file, checksum }, count, load));
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

  get #count(): number {
    return Math.ceil(this.#file.size / this.#size);
  }

  #lengthOf(index: number): number {
    return Math.min(this.#size, this.#file.size - index * this.#size);
  }

  #key(part: number | "digests"): string {
    return chunkKey(this.#identity, this.#file, this.#size, part);
  }

  async #get(part: number | "digests"): Promise<Uint8Array | undefined> {
    return this.#store?.get(this.#key(part)).catch(() => undefined);
  }

  async #has(index: number): Promise<boolean> {
    return (await this.#store?.has(this.#key(index)).catch(() => false)) ?? false;
  }

  /** A full or forbidden store is no reason to fail. */
  async #put(part: number | "digests", bytes: Uint8Array): Promise<void> {
    await this.#store?.put(this.#key(part), bytes).catch(() => undefined);
  }

  async #read(start: number, end: number, call: Call): Promise<Uint8Array> {
    const out = new Uint8Array(end - start);
    const size = this.#size;
    const last = Math.floor((end - 1) / size);
    for (let at = start; at < end; ) {
      const index = Math.floor(at / size);
      const chunk = await this.#chunk(index, last, call);
      const from = at - index * size;
      const part = chunk.subarray(from, Math.min(chunk.length, from + end - at));
      out.set(part, at - start);
      at += part.length;
    }
    return out;
  }

  /** The chunk from memory, the store or the server, which sends those up to `last` with it; failures are not remembered. */
  #chunk(index: number, last: number, call: Call): Promise<Uint8Array> {
    const held = this.#held.get(index) ?? this.#load(index, last, call);
    this.#hold(index, held);
    return held;
  }

  #hold(index: number, chunk: Promise<Uint8Array>): void {
    this.#held.delete(index);
    this.#held.set(index, chunk);
    chunk.catch(() => this.#held.get(index) === chunk && this.#held.delete(index));
    for (const oldest of this.#held.keys()) {
      if (this.#held.size <= TOGETHER) break;
      this.#held.delete(oldest);
    }
  }

  /** From the store, once the file was checked only what it was then; else from the server. */
  async #load(index: number, last: number, call: Call): Promise<Uint8Array> {
    const stored = await this.#get(index);
    const good = stored?.length === this.#lengthOf(index) && (await this.#fits(index, stored));
    if (good) {
      this.#tell(index, stored.length, call);
      return stored;
    }
    return this.#fetch(index, await this.#missing(index + 1, Math.min(last + 1, index + TOGETHER)), call);
  }

  /** The end of the chunks from `from` on that are nowhere here, at most `most`. */
  async #missing(from: number, most: number): Promise<number> {
    let until = from;
    while (until < most && !this.#held.has(until) && !(await this.#has(until))) until++;
    return until;
  }

  /** Chunks `from` to `until` by one request, the first as the answer, the others held; each is there once its bytes are. */
  #fetch(from: number, until: number, { signal, arrived }: Call): Promise<Uint8Array> {
    let end = from + 1;
    while (end < until && !this.#held.has(end)) end++;
    const arriving = new Arriving(
      Array.from({ length: end - from }, (_, i) => this.#lengthOf(from + i)),
      (i, bytes) => this.#told.has(from + i) || arrived?.(bytes),
    );
    const start = from * this.#size;
    const stream = this.#fetcher.stream(
      start,
      start + arriving.length,
      (bytes) => arriving.take(bytes),
      signal,
    );
    stream.catch((error: unknown) => arriving.fail(error));
    const [first, ...others] = arriving.chunks.map((chunk, i) =>
      chunk.then((bytes) => this.#accept(from + i, bytes)),
    );
    for (const [i, chunk] of others.entries()) this.#hold(from + 1 + i, chunk);
    return first!;
  }

  async #accept(index: number, bytes: Uint8Array): Promise<Uint8Array> {
    if (!(await this.#fits(index, bytes)))
      throw new ChecksumError(
        `A part of ${this.#file.path} is not what it was when it was checked; try again.`,
      );
    this.#told.add(index);
    await this.#put(index, bytes);
    return bytes;
  }

  #tell(index: number, bytes: number, { arrived }: Call): void {
    if (!this.#told.has(index)) arrived?.(bytes);
    this.#told.add(index);
  }

  async #fits(index: number, bytes: Uint8Array): Promise<boolean> {
    return this.#digests === undefined || this.#digests.fits(index, bytes);
  }
}
