// The average of chosen heads, layer by layer, as an attention of one head.

import { type Attention, type AttentionState, headName, type RowPlace, type Side } from "./attention.ts";
import { KeptRows } from "./kept-rows.ts";
import type { Reach } from "./reach.ts";
import { type BlockName, type Token, TraceError } from "./types.ts";

/** More heads than this are counted, not listed. */
const LISTED = 6;

class MeanOfHeads implements Attention {
  readonly unit: string;
  readonly scale: Attention["scale"];
  readonly block: BlockName;
  readonly layers: number;
  readonly parts: readonly [string, string];
  readonly #from: Attention;
  readonly #heads: readonly number[];
  readonly #rows: KeptRows;

  constructor(from: Attention, heads: readonly number[]) {
    this.#from = from;
    this.#heads = heads;
    this.block = from.block;
    this.layers = from.layers;
    this.scale = from.scale;
    this.parts = from.parts;
    this.unit = `${from.unit}, mean of ${heads.length} ${heads.length === 1 ? "head" : "heads"}`;
    this.#rows = new KeptRows(1, from.tokens("query").length);
  }

  /** The chosen heads that a layer has and that were recorded. */
  #chosen(layer: number): readonly number[] {
    const inside = this.#heads.filter((head) => head < this.#from.heads(layer));
    return inside.filter((head) => this.#from.state(layer, head) !== "absent");
  }

  heads(): number {
    return 1;
  }

  headName(layer: number): string {
    const heads = this.#chosen(layer);
    if (heads.length === 1) return headName(this.#from, layer, heads[0]!);
    const listed = heads.map((head) => `${layer}.${head}`).join(", ");
    return `the mean of ${heads.length > LISTED ? `${heads.length} heads of layer ${layer}` : `heads ${listed}`}`;
  }

  tokens(side: Side): readonly Token[] {
    return this.#from.tokens(side);
  }

  written(side: Side): number | null {
    return this.#from.written(side);
  }

  state(layer: number): AttentionState {
    const states = this.#chosen(layer).map((head) => this.#from.state(layer, head));
    if (states.length === 0) return "absent";
    return states.includes("pending") ? "pending" : "here";
  }

  stored(layer: number): boolean {
    return this.#from.stored(layer);
  }

  reach(layer: number): Reach {
    return this.#from.reach(layer);
  }

  has(layer: number, _head: number, query: number): boolean {
    if (this.#rows.get(layer, 0, query)) return true;
    return this.#chosen(layer).every((head) => this.#from.has(layer, head, query));
  }

  row(layer: number, _head: number, query: number, keep = true): Float32Array | undefined {
    const known = this.#rows.get(layer, 0, query);
    if (known) return known;
    const rows = this.#chosen(layer).map((head) => this.#from.row(layer, head, query, keep));
    if (rows.length === 0 || rows.some((row) => row === undefined)) return undefined;
    const made = meanOf(rows as Float32Array[]);
    if (keep) this.#rows.keep(layer, 0, query, made);
    return made;
  }

  /** Softmax of a mean of scores is no mean of attention, so none are told. */
  scores(): undefined {
    return undefined;
  }

  async want(rows: readonly RowPlace[], signal?: AbortSignal): Promise<void> {
    const all = rows.flatMap(({ layer, query }) =>
      this.#chosen(layer).map((head) => ({ layer, head, query })),
    );
    await this.#from.want(all, signal);
  }
}

function meanOf(rows: readonly Float32Array[]): Float32Array {
  const sums = new Float64Array(rows[0]!.length);
  for (const row of rows) for (let key = 0; key < sums.length; key++) sums[key]! += row[key]!;
  return Float32Array.from(sums, (sum) => sum / rows.length);
}

/**
 * The mean of these heads of each layer; heads that a layer lacks, or that were not recorded, do not count.
 * @throws TraceError without heads
 */
export function meanOfHeads(attention: Attention, heads: readonly number[]): Attention {
  const chosen = [...new Set(heads)].sort((a, b) => a - b);
  if (chosen.length === 0) throw new TraceError("There are no heads to average; give one at least.");
  return new MeanOfHeads(attention, chosen);
}
