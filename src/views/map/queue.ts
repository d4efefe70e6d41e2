// Gets the thumbnails of all heads without holding up the page: in time slices here, or as promises from a worker.

import type { Thumbnail } from "../../analysis/index.ts";

/** Gives the thumbnail of a head with at most `size` rows and columns, at once or later. */
export type ThumbnailSource = (layer: number, head: number, size: number) => Thumbnail | Promise<Thumbnail>;

/** Work in one go, in milliseconds, before the page may paint and react. */
const SLICE = 20;
/** Promises waited for at a time: enough to keep workers busy. */
const IN_FLIGHT = 24;

/** What a queue needs: heads in the order wanted, where they come from, and who gets them. */
export interface QueueOptions {
  /** layer * heads + head, first ones first. */
  readonly order: readonly number[];
  readonly heads: number;
  readonly size: number;
  readonly source: ThumbnailSource;
  readonly onThumbnail: (index: number, thumbnail: Thumbnail) => void;
  /** After a slice of work, and at the end: time to paint. */
  readonly onSlice: (done: boolean) => void;
  readonly onError: (error: unknown) => void;
}

/** Runs through the heads once; `stop` ends it, and nothing is reported after. */
export class ThumbnailQueue {
  readonly #options: QueueOptions;
  readonly #now: () => number;
  #next = 0;
  #waiting = 0;
  #stopped = false;

  constructor(options: QueueOptions, now: () => number = () => performance.now()) {
    this.#options = options;
    this.#now = now;
    this.#slice();
  }

  stop(): void {
    this.#stopped = true;
  }

  #slice(): void {
    if (this.#stopped) return;
    const until = this.#now() + SLICE;
    const { order } = this.#options;
    try {
      while (this.#next < order.length && this.#waiting < IN_FLIGHT && this.#now() < until) {
        this.#request(order[this.#next++]!);
      }
    } catch (error) {
      this.#fail(error);
      return;
    }
    const more = this.#next < order.length;
    this.#options.onSlice(!more && this.#waiting === 0);
    if (more && this.#waiting < IN_FLIGHT) setTimeout(() => this.#slice(), 0);
  }

  #request(index: number): void {
    const { heads, size, source } = this.#options;
    const result = source(Math.floor(index / heads), index % heads, size);
    if (!(result instanceof Promise)) {
      this.#options.onThumbnail(index, result);
      return;
    }
    this.#waiting++;
    result.then(
      (thumbnail) => this.#arrived(index, thumbnail),
      (error) => this.#fail(error),
    );
  }

  #arrived(index: number, thumbnail: Thumbnail): void {
    this.#waiting--;
    if (this.#stopped) return;
    this.#options.onThumbnail(index, thumbnail);
    this.#slice();
  }

  #fail(error: unknown): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#options.onError(error);
  }
}
