// Rows of attention that were worked out, kept for the next question up to a bound: the oldest go first.

/** Numbers kept: 64 MB of float32. */
const KEPT = 16_000_000;

export class KeptRows {
  readonly #rows = new Map<number, Float32Array>();
  readonly #heads: number;
  readonly #queries: number;
  readonly #limit: number;
  #size = 0;

  /** @param limit numbers kept in all */
  constructor(heads: number, queries: number, limit = KEPT) {
    this.#heads = heads;
    this.#queries = queries;
    this.#limit = limit;
  }

  /** Numbers kept. */
  get size(): number {
    return this.#size;
  }

  #place(layer: number, head: number, query: number): number {
    return (layer * this.#heads + head) * this.#queries + query;
  }

  get(layer: number, head: number, query: number): Float32Array | undefined {
    return this.#rows.get(this.#place(layer, head, query));
  }

  keep(layer: number, head: number, query: number, row: Float32Array): void {
    const place = this.#place(layer, head, query);
    if (this.#rows.has(place)) return;
    this.#rows.set(place, row);
    this.#size += row.length;
    for (const [oldest, { length }] of this.#rows) {
      if (this.#size <= this.#limit || oldest === place) return;
      this.#rows.delete(oldest);
      this.#size -= length;
    }
  }
}
