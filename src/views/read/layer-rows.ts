// Rows of one layer as views read them. A row that is not here yet reads as zeros, so that what is here is drawn.

import type { Attention, RowPlace } from "../../trace/index.ts";

export class LayerRows {
  /** Numbers in a row. */
  readonly keys: number;
  readonly #nothing: Float32Array;

  constructor(
    readonly attention: Attention,
    readonly layer: number,
  ) {
    this.keys = attention.tokens("key").length;
    this.#nothing = new Float32Array(this.keys);
  }

  /** True if reading this row costs nothing. */
  has(head: number, query: number): boolean {
    return this.attention.has(this.layer, head, query);
  }

  /** Attention of one query, [keys]; undefined where it is not here. Do not write to it. */
  known(head: number, query: number): Float32Array | undefined {
    return this.attention.row(this.layer, head, query);
  }

  /** Like `known`, zeros where it is not here. */
  row(head: number, query: number): Float32Array {
    return this.known(head, query) ?? this.#nothing;
  }

  /** Work out the rows of a head that `row` will be asked for, all at once where that is quicker. */
  prepare(head: number, queries: readonly number[]): void {
    const { attention, layer } = this;
    const absent = queries.filter((query) => !attention.has(layer, head, query));
    if (absent.length > 1) attention.rows?.(layer, head, absent, true);
  }

  /** Like `row`, for a row that is needed once: one that is not there is not kept. */
  once(head: number, query: number): Float32Array {
    return this.attention.row(this.layer, head, query, false) ?? this.#nothing;
  }

  /** True if the row has to be asked for. */
  pending(head: number, query: number): boolean {
    return this.attention.state(this.layer, head) === "pending" && !this.has(head, query);
  }

  /** Rows that have to be asked for, of these heads and queries. */
  missing(heads: readonly number[], queries: readonly number[]): readonly RowPlace[] {
    return heads.flatMap((head) =>
      this.attention.state(this.layer, head) === "pending"
        ? queries
            .filter((query) => !this.has(head, query))
            .map((query) => ({ layer: this.layer, head, query }))
        : [],
    );
  }
}
