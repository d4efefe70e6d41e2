// Bytes of one remote file as they arrive, whether its server knows ranges or sends files whole.

import { CheckpointError } from "../source.ts";
import type { Http } from "./http.ts";
import { type RemoteFile, type Sink, streamRange } from "./range.ts";

/** Bytes of one file that have arrived, and its size. */
export type OnBytes = (path: string, loaded: number, total: number) => void;

/** Called with how many more bytes have arrived. */
export type Arrived = (bytes: number) => void;

/** Largest file that is held whole where a server ignores ranges. */
const MAX_WHOLE = 2 ** 31;

/** Fetches ranges of a file. */
export class Fetcher {
  readonly #http: Http;
  readonly #file: RemoteFile;
  readonly #onBytes: OnBytes | undefined;
  #whole: Promise<Uint8Array> | undefined;
  #loaded = 0;

  constructor(http: Http, file: RemoteFile, onBytes: OnBytes | undefined) {
    this.#http = http;
    this.#file = file;
    this.#onBytes = onBytes;
  }

  /** Fills `out` with the bytes from `start`, by one request unless a connection drops. */
  async fill(out: Uint8Array, start: number, signal?: AbortSignal, arrived?: Arrived): Promise<void> {
    let at = 0;
    const take = (bytes: Uint8Array) => {
      out.set(bytes, at);
      at += bytes.length;
    };
    await this.stream(start, start + out.length, take, signal, arrived);
  }

  /** Passes on bytes `start` to `end` as they arrive. */
  async stream(
    start: number,
    end: number,
    sink: Sink,
    signal?: AbortSignal,
    arrived?: Arrived,
  ): Promise<void> {
    if (start >= end) return;
    if (this.#whole === undefined) {
      const told = this.#telling(sink, arrived);
      if (await streamRange(this.#http, this.#file, start, end, told, signal)) return;
    }
    this.#whole ??= this.#fetchWhole(signal, arrived);
    this.#whole.catch(() => {
      this.#whole = undefined;
    });
    await sink((await this.#whole).subarray(start, end));
  }

  /** For servers that ignore ranges: the whole file once, held in memory. */
  async #fetchWhole(signal?: AbortSignal, arrived?: Arrived): Promise<Uint8Array> {
    const { path, url, size } = this.#file;
    if (size > MAX_WHOLE) {
      throw new CheckpointError(
        `${new URL(url).host} does not serve parts of files, and ${path} has ${size} bytes. Download it and open the folder.`,
      );
    }
    const bytes = new Uint8Array(size);
    let at = 0;
    const take = (part: Uint8Array) => {
      bytes.set(part, at);
      at += part.length;
    };
    await streamRange(this.#http, this.#file, 0, size, this.#telling(take, arrived), signal);
    return bytes;
  }

  #telling(sink: Sink, arrived?: Arrived): Sink {
    const { path, size } = this.#file;
    return (bytes) => {
      this.#loaded = Math.min(size, this.#loaded + bytes.length);
      this.#onBytes?.(path, this.#loaded, size);
      arrived?.(bytes.length);
      return sink(bytes);
    };
  }
}
