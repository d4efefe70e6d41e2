// Rows of attention for views: stored patterns are read in place, recomputed rows are kept and shared by all views
// of a trace. A long text is never computed whole; only the rows that are looked at.

import type { BlockName, Trace } from "../../trace/index.ts";

/** Numbers kept for a trace before the oldest rows are dropped: 64 MB of float32. */
const KEPT = 16_000_000;

/** Attention rows of one layer. */
export class PatternRows {
  readonly #trace: Trace;
  readonly #block: BlockName;
  readonly #layer: number;
  readonly #stored: boolean;
  /** True if a stored head has to be decoded, and so is kept. */
  readonly #decoded: boolean;
  readonly #rows = new Map<number, Float32Array>();
  readonly #heads = new Map<number, Float32Array>();
  readonly #queries: number;
  /** Numbers in a row. */
  readonly keys: number;

  constructor(trace: Trace, block: BlockName, layer: number) {
    this.#trace = trace;
    this.#block = block;
    this.#layer = layer;
    const stored = trace.raw(`${block}.${layer}.pattern`);
    this.#stored = stored !== undefined;
    this.#decoded = stored !== undefined && stored.dtype !== "F32";
    const { queries, keys } = trace.sides(block);
    this.#queries = queries;
    this.keys = keys;
  }

  /** Numbers kept. */
  get size(): number {
    return (this.#rows.size + (this.#decoded ? this.#heads.size * this.#queries : 0)) * this.keys;
  }

  /** True if reading this row costs nothing. */
  has(head: number, query: number): boolean {
    return this.#stored || this.#rows.has(head * this.#queries + query);
  }

  /** Attention of one query, [keys]. Do not write to it. */
  row(head: number, query: number): Float32Array {
    if (this.#stored) return this.#read(head, query);
    const name = head * this.#queries + query;
    const known = this.#rows.get(name);
    if (known) return known;
    const made = this.once(head, query);
    if (this.size + this.keys > KEPT) this.#rows.clear();
    this.#rows.set(name, made);
    return made;
  }

  /** Like `row`, for a row that is needed once: one that is not there is not kept. */
  once(head: number, query: number): Float32Array {
    if (this.#stored) return this.#read(head, query);
    const known = this.#rows.get(head * this.#queries + query);
    return known ?? this.#trace.attention(this.#block, this.#layer, head, query, query + 1);
  }

  #read(head: number, query: number): Float32Array {
    let whole = this.#heads.get(head);
    if (!whole) {
      whole = this.#trace.attention(this.#block, this.#layer, head);
      this.#heads.set(head, whole);
    }
    return whole.subarray(query * this.keys, (query + 1) * this.keys);
  }
}

const shared = new WeakMap<Trace, Map<string, PatternRows>>();

/** The rows of a layer, the same for every view of the trace; layers looked at longest ago are dropped first. */
export function patternRows(trace: Trace, block: BlockName, layer: number): PatternRows {
  const layers = shared.get(trace) ?? new Map<string, PatternRows>();
  shared.set(trace, layers);
  const name = `${block}.${layer}`;
  const rows = layers.get(name) ?? new PatternRows(trace, block, layer);
  layers.delete(name);
  layers.set(name, rows);
  let total = [...layers.values()].reduce((sum, { size }) => sum + size, 0);
  for (const [oldest, { size }] of layers) {
    if (total <= KEPT || oldest === name) break;
    layers.delete(oldest);
    total -= size;
  }
  return rows;
}
