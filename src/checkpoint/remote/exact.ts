// A remote file of which nothing is kept between visits and nothing checked: small files come whole, of a large one its
// beginning (where the header of weights is) by one request, and otherwise what is asked for, by one request each.

import type { Arrived, Fetcher } from "./fetcher.ts";

/** Bytes at the beginning of a large file that come with its first: headers of most checkpoints are shorter. */
const BEGINNING = 2 ** 16;

/** Reads ranges as they are asked for; nothing comes twice that was asked for once. */
export class ExactReader {
  readonly #fetcher: Fetcher;
  readonly #isWhole: boolean;
  readonly #length: number;
  #beginning: Promise<Uint8Array> | undefined;

  /** Files of up to `small` bytes come whole. */
  constructor(fetcher: Fetcher, size: number, small: number) {
    this.#fetcher = fetcher;
    this.#isWhole = size <= small;
    this.#length = this.#isWhole ? size : Math.min(size, BEGINNING);
  }

  async read(start: number, end: number, signal?: AbortSignal, arrived?: Arrived): Promise<Uint8Array> {
    const known = await this.#known(start, signal, arrived);
    const out = new Uint8Array(end - start);
    const first = known.subarray(start, end);
    out.set(first);
    await this.#fetcher.fill(out.subarray(first.length), start + first.length, signal, arrived);
    return out;
  }

  /** The file's beginning where it is wanted or there. */
  #known(start: number, signal?: AbortSignal, arrived?: Arrived): Promise<Uint8Array> | Uint8Array {
    if (this.#isWhole || start === 0) this.#beginning ??= this.#begin(signal, arrived);
    return this.#beginning ?? new Uint8Array();
  }

  /** Failures are not remembered. */
  async #begin(signal?: AbortSignal, arrived?: Arrived): Promise<Uint8Array> {
    const bytes = new Uint8Array(this.#length);
    try {
      await this.#fetcher.fill(bytes, 0, signal, arrived);
    } catch (error) {
      this.#beginning = undefined;
      throw error;
    }
    return bytes;
  }
}
