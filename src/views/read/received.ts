// How much attention each word receives on average, over the queries that can see it.
// Worked out in slices, because a long recorded text has to recompute every row.

import type { Reach } from "../../trace/index.ts";
import type { LayerRows } from "./layer-rows.ts";

/** Mean attention received by each key, per head of one layer. */
export class MeanReceived {
  readonly #rows: LayerRows;
  readonly #reach: Reach;
  readonly #queries: readonly number[];
  readonly #heads = new Map<number, { readonly sums: Float64Array; next: number }>();
  readonly #seen: Uint32Array;

  constructor(rows: LayerRows, reach: Reach, queries: readonly number[]) {
    this.#rows = rows;
    this.#reach = reach;
    this.#queries = queries;
    this.#seen = countSeen(reach, queries, rows.keys);
  }

  /** Work until done or until `enough` says so (asked after every row); true when every head is done. */
  work(heads: readonly number[], enough: () => boolean): boolean {
    for (const head of heads) {
      const state = this.#state(head);
      while (state.next < this.#queries.length) {
        this.#add(state.sums, head, this.#queries[state.next++]!);
        if (enough()) return false;
      }
    }
    return true;
  }

  /** Mean per key, [keys]; only meaningful once `work` is done with this head. */
  of(head: number): Float32Array {
    const { sums } = this.#state(head);
    return Float32Array.from(sums, (sum, key) => (this.#seen[key] ? sum / this.#seen[key] : 0));
  }

  #state(head: number): { readonly sums: Float64Array; next: number } {
    const known = this.#heads.get(head) ?? { sums: new Float64Array(this.#rows.keys), next: 0 };
    this.#heads.set(head, known);
    return known;
  }

  #add(sums: Float64Array, head: number, query: number): void {
    const row = this.#rows.once(head, query);
    const [from, to] = this.#reach.range(query);
    for (let key = from; key < to; key++) sums[key]! += row[key]!;
  }
}

function countSeen(reach: Reach, queries: readonly number[], keys: number): Uint32Array {
  const seen = new Uint32Array(keys);
  for (const query of queries) {
    const [from, to] = reach.range(query);
    for (let key = from; key < to; key++) if (!reach.masked || reach.visible(query, key)) seen[key]!++;
  }
  return seen;
}
