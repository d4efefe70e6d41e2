// Attention of one block of a recorded run. Stored patterns are read in place; recomputed rows are kept and shared by
// all that look at the block. A long text is never computed whole, only the rows that are looked at.

import {
  type Attention,
  type AttentionState,
  mostHeads,
  PLAIN_UNIT,
  type RowPlace,
  type Side,
} from "./attention.ts";
import { KeptRows } from "./kept-rows.ts";
import { type Reach, reachOf } from "./reach.ts";
import type { Trace } from "./trace.ts";
import type { BlockName, StreamName, Token } from "./types.ts";

/** Numbers of decoded heads that are kept over a change of layer: 64 MB of float32. */
const DECODED = 16_000_000;

/** A stored head, all its rows. */
interface Whole {
  readonly name: number;
  readonly data: Float32Array;
}

class RecordedAttention implements Attention {
  readonly scale = "weight";
  readonly unit = PLAIN_UNIT;
  readonly parts = ["A", "B"] as const;
  readonly layers: number;
  readonly #trace: Trace;
  readonly #queries: number;
  readonly #keys: number;
  readonly #most: number;
  readonly #rows: KeptRows;
  readonly #reaches = new Map<number, Reach>();
  readonly #wholes = new Map<number, Float32Array>();
  #last: Whole | null = null;
  #layer = -1;

  constructor(
    trace: Trace,
    readonly block: BlockName,
  ) {
    this.#trace = trace;
    this.layers = trace.block(block).layers;
    const { queries, keys } = trace.sides(block);
    [this.#queries, this.#keys] = [queries, keys];
    this.#most = mostHeads(this);
    this.#rows = new KeptRows(this.#most, queries);
  }

  heads(layer: number): number {
    return this.#trace.heads(this.block, layer);
  }

  tokens(side: Side): readonly Token[] {
    return this.#trace.stream(this.#stream(side)).tokens;
  }

  written(side: Side): number | null {
    const { generated } = this.#trace.manifest;
    return generated?.stream === this.#stream(side) ? generated.start : null;
  }

  #stream(side: Side): StreamName {
    const { queries, keys } = this.#trace.block(this.block);
    return side === "query" ? queries : keys;
  }

  /** A layer is here where one of its heads is. */
  state(layer: number, head?: number): AttentionState {
    const heads = head === undefined ? positions(this.heads(layer)) : [head];
    if (heads.some((at) => this.#trace.hasAttention(this.block, layer, at))) return "here";
    const comes = this.#trace.coming?.ended === false && heads.some((at) => at < this.heads(layer));
    return comes ? "pending" : "absent";
  }

  stored(layer: number): boolean {
    return this.#trace.has(`${this.block}.${layer}.pattern`);
  }

  reach(layer: number): Reach {
    const known = this.#reaches.get(layer) ?? reachOf(this.#trace, this.block, layer);
    this.#reaches.set(layer, known);
    return known;
  }

  has(layer: number, head: number, query: number): boolean {
    return this.stored(layer) || this.#rows.get(layer, head, query) !== undefined;
  }

  row(layer: number, head: number, query: number, keep = true): Float32Array | undefined {
    if (this.stored(layer)) {
      const whole = this.#whole(layer, head, keep);
      return whole?.subarray(query * this.#keys, (query + 1) * this.#keys);
    }
    const known = this.#rows.get(layer, head, query);
    if (known) return known;
    if (this.state(layer, head) !== "here") return undefined;
    const made = this.#trace.attention(this.block, layer, head, query, query + 1);
    if (keep) this.#rows.keep(layer, head, query, made);
    return made;
  }

  rows(layer: number, head: number, queries: readonly number[], keep = false): Float32Array | undefined {
    if (this.stored(layer) || this.state(layer, head) !== "here") return undefined;
    const made = this.#trace.rows(this.block, layer, head, queries);
    if (keep) {
      for (const [r, query] of queries.entries())
        this.#rows.keep(layer, head, query, made.subarray(r * this.#keys, (r + 1) * this.#keys));
    }
    return made;
  }

  /** All rows of a stored head: decoded heads of the layer looked at are kept, and the one read last. */
  #whole(layer: number, head: number, keep: boolean): Float32Array | undefined {
    if (head >= this.heads(layer)) return undefined;
    const name = layer * this.#most + head;
    if (this.#last?.name === name) return this.#last.data;
    const data = this.#wholes.get(name) ?? this.#trace.attention(this.block, layer, head);
    if (keep) this.#keepWhole(layer, name, data);
    this.#last = { name, data };
    return data;
  }

  #keepWhole(layer: number, name: number, data: Float32Array): void {
    const full = this.#wholes.size * this.#queries * this.#keys > DECODED;
    if (full && layer !== this.#layer) this.#wholes.clear();
    this.#layer = layer;
    this.#wholes.set(name, data);
  }

  /** Everything that there is is here, unless the run is still going on. */
  async want(rows: readonly RowPlace[], signal?: AbortSignal): Promise<void> {
    const here = () => rows.every(({ layer, head }) => this.state(layer, head) !== "pending");
    await this.#trace.coming?.until(here, signal);
  }

  scores(layer: number, head: number, query: number): Float32Array | undefined {
    const { block } = this;
    const known =
      this.#trace.has(`${block}.${layer}.scores`) || this.#trace.hasQueriesAndKeys(block, layer, head);
    return known ? this.#trace.scores(block, layer, head, query, query + 1) : undefined;
  }
}

function positions(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

const made = new WeakMap<Trace, Map<BlockName, Attention>>();

/** Attention of a block of a recorded run: the same object each time, so that what it keeps is shared. */
export function attentionOf(trace: Trace, block: BlockName): Attention {
  const blocks = made.get(trace) ?? new Map<BlockName, Attention>();
  made.set(trace, blocks);
  const attention = blocks.get(block) ?? new RecordedAttention(trace, block);
  blocks.set(block, attention);
  return attention;
}
