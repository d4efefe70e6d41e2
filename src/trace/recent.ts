// Arrays that were asked for lately, up to a bound in bytes: what was asked for longest ago goes first.

export class Recent {
  readonly #arrays = new Map<string, Float32Array>();
  readonly #limit: number;
  #bytes = 0;

  /** @param limit bytes kept in all; a single array above it is returned but not kept. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The array kept under `name`, or undefined. */
  peek(name: string): Float32Array | undefined {
    const known = this.#arrays.get(name);
    if (known) this.#renew(name, known);
    return known;
  }

  /** The array kept under `name`, made by `make` where there is none. */
  get(name: string, make: () => Float32Array): Float32Array {
    const known = this.peek(name);
    if (known) return known;
    const made = make();
    if (made.byteLength <= this.#limit) this.#keep(name, made);
    return made;
  }

  /** Keep nothing more of what was asked for. */
  clear(): void {
    this.#arrays.clear();
    this.#bytes = 0;
  }

  #renew(name: string, array: Float32Array): void {
    this.#arrays.delete(name);
    this.#arrays.set(name, array);
  }

  #keep(name: string, array: Float32Array): void {
    this.#arrays.set(name, array);
    this.#bytes += array.byteLength;
    for (const [oldest, { byteLength }] of this.#arrays) {
      if (this.#bytes <= this.#limit) return;
      this.#arrays.delete(oldest);
      this.#bytes -= byteLength;
    }
  }
}
