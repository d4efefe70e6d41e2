// Attention times the length of what it moves: |v|, or |v W_O| as it arrives in the stream (Kobayashi et al. 2020,
// "Attention is not only a weight"). Lengths are told as parts of the longest of the layer, so that numbers stay 0 to 1.

import type { FloatTensor } from "../tensor/index.ts";
import type { Attention, AttentionState, RowPlace } from "./attention.ts";
import { Derived } from "./derived.ts";
import type { Reach } from "./reach.ts";
import { attentionOf } from "./recorded.ts";
import type { Trace } from "./trace.ts";
import type { BlockName } from "./types.ts";

/**
 * W W^T of the output matrix of each head of a layer, [heads, size, size]: all that lengths of v W_O need of it. A model
 * that is open gives them (`Model.outputs`).
 */
export type HeadOutputs = (block: BlockName, layer: number, signal?: AbortSignal) => Promise<FloatTensor>;

class ValueWeighted extends Derived {
  readonly mass = "weighted attention";
  readonly unit: string;
  readonly #trace: Trace;
  readonly #outputs: HeadOutputs | null;
  /** Lengths as parts of the longest, [heads, keys], by layer. */
  readonly #lengths = new Map<number, Float32Array>();
  readonly #asked = new Map<number, Promise<void>>();

  constructor(trace: Trace, from: Attention, outputs: HeadOutputs | null) {
    super(from);
    this.#trace = trace;
    this.#outputs = outputs;
    this.unit = `attention × ${outputs ? "|v W_O|" : "|v|"}, longest of the layer = 1`;
  }

  override state(layer: number, head?: number): AttentionState {
    const heads = head === undefined ? this.#heads(layer) : [head];
    const valued = heads.some(
      (at) => this.#trace.hasValues(this.block, layer, at) && this.#trace.hasAttention(this.block, layer, at),
    );
    if (!valued) return "absent";
    return this.#lengthsOf(layer) ? "here" : "pending";
  }

  override stored(): boolean {
    return false;
  }

  /** Rows do not sum to 1 here, so nothing is said to be a sink's. */
  override reach(layer: number): Reach {
    return { ...this.from.reach(layer), sinks: false };
  }

  protected ready(layer: number, head: number, query: number): boolean {
    return this.#lengths.has(layer) && this.from.has(layer, head, query);
  }

  protected make(layer: number, head: number, query: number, keep: boolean): Float32Array | undefined {
    if (this.state(layer, head) !== "here") return undefined;
    const row = this.from.row(layer, head, query, keep);
    const lengths = this.#lengthsOf(layer)!;
    return row?.map((weight, key) => weight * lengths[head * row.length + key]!);
  }

  override scores(layer: number, head: number, query: number): Float32Array | undefined {
    return this.from.scores(layer, head, query);
  }

  async want(rows: readonly RowPlace[], signal?: AbortSignal): Promise<void> {
    await this.from.want(rows, signal);
    const layers = [...new Set(rows.map((row) => row.layer))];
    await Promise.all(layers.map((layer) => this.#ask(layer)));
    signal?.throwIfAborted();
  }

  /** One question for each layer, however many wait for it; after a failure it may be asked again. */
  #ask(layer: number): Promise<void> {
    const outputs = this.#outputs;
    if (!outputs || this.#lengths.has(layer)) return Promise.resolve();
    const asked =
      this.#asked.get(layer) ??
      outputs(this.block, layer)
        .then((found) => void this.#lengths.set(layer, this.#measured(layer, found)))
        .finally(() => this.#asked.delete(layer));
    this.#asked.set(layer, asked);
    return asked;
  }

  #heads(layer: number): number[] {
    return Array.from({ length: this.heads(layer) }, (_, head) => head);
  }

  /** Lengths of a layer; undefined where the model has yet to say. */
  #lengthsOf(layer: number): Float32Array | undefined {
    const known = this.#lengths.get(layer);
    if (known || this.#outputs) return known;
    const made = this.#measured(layer, null);
    this.#lengths.set(layer, made);
    return made;
  }

  #measured(layer: number, outputs: FloatTensor | null): Float32Array {
    const keys = this.tokens("key").length;
    const lengths = new Float64Array(this.heads(layer) * keys);
    for (const head of this.#heads(layer)) {
      if (!this.#trace.hasValues(this.block, layer, head)) continue;
      const values = this.#trace.values(this.block, layer, head)!;
      lengths.set(outputs ? lengthsThrough(values, outputs, head) : lengthsOf(values), head * keys);
    }
    const longest = lengths.reduce((most, length) => Math.max(most, length), 0);
    return Float32Array.from(lengths, (length) => (longest > 0 ? length / longest : 0));
  }
}

/** |v| of each key. */
function lengthsOf({ shape, data }: FloatTensor): Float64Array {
  const [keys = 0, size = 0] = shape;
  return Float64Array.from({ length: keys }, (_, key) => {
    let sum = 0;
    for (let i = key * size; i < (key + 1) * size; i++) sum += data[i]! ** 2;
    return Math.sqrt(sum);
  });
}

/** |v W| of each key, as the root of v (W W^T) v^T. */
function lengthsThrough({ shape, data }: FloatTensor, outputs: FloatTensor, head: number): Float64Array {
  const [keys = 0, size = 0] = shape;
  const gram = outputs.data.subarray(head * size * size, (head + 1) * size * size);
  return Float64Array.from({ length: keys }, (_, key) => {
    const v = data.subarray(key * size, (key + 1) * size);
    let sum = 0;
    for (let i = 0; i < size; i++) {
      let dot = 0;
      for (let j = 0; j < size; j++) dot += gram[i * size + j]! * v[j]!;
      sum += dot * v[i]!;
    }
    return Math.sqrt(Math.max(0, sum));
  });
}

/** True if the values of one layer at least are in the run. */
export function hasAnyValues(trace: Trace, block: BlockName): boolean {
  const { layers } = trace.block(block);
  return Array.from({ length: layers }, (_, layer) => layer).some((layer) =>
    trace.has(`${block}.${layer}.v`),
  );
}

/** Attention times |v|; with the outputs of a model's heads times |v W_O|, whose rows come once they were asked for. */
export function valueWeighted(trace: Trace, block: BlockName, outputs: HeadOutputs | null = null): Attention {
  return new ValueWeighted(trace, attentionOf(trace, block), outputs);
}
