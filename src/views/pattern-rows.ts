// Rows of attention for a view that scrolls: stored patterns are read in place, recomputed rows are kept.
// A long text is never computed whole; only the rows that are looked at.

import type { BlockName, Trace } from "../trace/index.ts";

/** Numbers kept before the oldest rows are dropped: 64 MB of float32. */
const KEPT = 16_000_000;

/** Attention rows of one layer. */
export class PatternRows {
  readonly #trace: Trace;
  readonly #block: BlockName;
  readonly #layer: number;
  readonly #stored: boolean;
  readonly #rows = new Map<number, Float32Array>();
  readonly #heads = new Map<number, Float32Array>();
  readonly #queries: number;
  readonly keys: number;

  constructor(trace: Trace, block: BlockName, layer: number) {
    this.#trace = trace;
    this.#block = block;
    this.#layer = layer;
    this.#stored = trace.has(`${block}.${layer}.pattern`);
    const { queries, keys } = trace.sides(block);
    this.#queries = queries;
    this.keys = keys;
  }

  /** True if reading this row costs nothing. */
  has(head: number, query: number): boolean {
    return this.#stored || this.#rows.has(head * this.#queries + query);
  }

  /** Attention of one query, [keys]. Do not write to it. */
  row(head: number, query: number): Float32Array {
    if (this.#stored) {
      const whole = kept(this.#heads, head, () => this.#trace.attention(this.#block, this.#layer, head));
      return whole.subarray(query * this.keys, (query + 1) * this.keys);
    }
    if ((this.#rows.size + 1) * this.keys > KEPT) this.#rows.clear();
    return kept(this.#rows, head * this.#queries + query, () =>
      this.#trace.attention(this.#block, this.#layer, head, query, query + 1),
    );
  }
}

function kept(map: Map<number, Float32Array>, name: number, make: () => Float32Array): Float32Array {
  const known = map.get(name);
  if (known) return known;
  const made = make();
  map.set(name, made);
  return made;
}
