// The average of chosen heads, layer by layer, as an attention of one head. It tells no scores: softmax of a mean of
// scores is no mean of attention.

import { type Attention, type AttentionState, headName, type RowPlace } from "./attention.ts";
import { Derived } from "./derived.ts";
import { TraceError } from "./types.ts";

/** More heads than this are counted, not listed. */
const LISTED = 6;

class MeanOfHeads extends Derived {
  readonly unit: string;
  readonly #heads: readonly number[];

  constructor(from: Attention, heads: readonly number[]) {
    super(from, from.tokens("query").length, 1);
    this.#heads = heads;
    this.unit = `${from.unit}, mean of ${heads.length} ${heads.length === 1 ? "head" : "heads"}`;
  }

  /** The chosen heads that a layer has and that were recorded. */
  #chosen(layer: number): readonly number[] {
    const inside = this.#heads.filter((head) => head < this.from.heads(layer));
    return inside.filter((head) => this.from.state(layer, head) !== "absent");
  }

  override heads(): number {
    return 1;
  }

  override headName(layer: number): string {
    const heads = this.#chosen(layer);
    if (heads.length === 1) return headName(this.from, layer, heads[0]!);
    const listed = heads.map((head) => `${layer}.${head}`).join(", ");
    return `the mean of ${heads.length > LISTED ? `${heads.length} heads of layer ${layer}` : `heads ${listed}`}`;
  }

  override state(layer: number): AttentionState {
    const states = this.#chosen(layer).map((head) => this.from.state(layer, head));
    if (states.length === 0) return "absent";
    return states.includes("pending") ? "pending" : "here";
  }

  protected ready(layer: number, _head: number, query: number): boolean {
    return this.#chosen(layer).every((head) => this.from.has(layer, head, query));
  }

  protected make(layer: number, _head: number, query: number, keep: boolean): Float32Array | undefined {
    const rows = this.#chosen(layer).map((head) => this.from.row(layer, head, query, keep));
    if (rows.length === 0 || rows.some((row) => row === undefined)) return undefined;
    return meanOf(rows as Float32Array[]);
  }

  async want(rows: readonly RowPlace[], signal?: AbortSignal): Promise<void> {
    const all = rows.flatMap(({ layer, query }) =>
      this.#chosen(layer).map((head) => ({ layer, head, query })),
    );
    await this.from.want(all, signal);
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
