// A stream of bytes cut into chunks, each a promise of its own.

/** Chunks of known lengths that come one after the other. */
export class Arriving {
  readonly chunks: readonly Promise<Uint8Array>[];
  readonly #waiting: {
    readonly resolve: (bytes: Uint8Array) => void;
    readonly reject: (error: unknown) => void;
  }[] = [];
  readonly #lengths: readonly number[];
  readonly #told: (index: number, bytes: number) => void;
  #index = 0;
  #at = 0;
  #bytes: Uint8Array;

  /** `told` hears which chunk grows by how many bytes. */
  constructor(lengths: readonly number[], told: (index: number, bytes: number) => void) {
    this.#lengths = lengths;
    this.#told = told;
    this.#bytes = new Uint8Array(lengths[0] ?? 0);
    this.chunks = lengths.map(
      () => new Promise((resolve, reject) => this.#waiting.push({ resolve, reject })),
    );
  }

  /** All bytes. */
  get length(): number {
    return this.#lengths.reduce((sum, length) => sum + length, 0);
  }

  /** The next bytes of the stream. */
  take(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; ) {
      const part = bytes.subarray(from, from + this.#bytes.length - this.#at);
      this.#bytes.set(part, this.#at);
      this.#told(this.#index, part.length);
      this.#at += part.length;
      from += part.length;
      if (this.#at === this.#bytes.length) this.#next();
    }
  }

  /** What has not come will not come. */
  fail(error: unknown): void {
    for (const { reject } of this.#waiting.slice(this.#index)) reject(error);
  }

  #next(): void {
    this.#waiting[this.#index]!.resolve(this.#bytes);
    this.#bytes = new Uint8Array(this.#lengths[++this.#index] ?? 0);
    this.#at = 0;
  }
}
