// Attention worked out row by row from another: what is not said otherwise is as there, and rows that were made are kept.

import {
  type Attention,
  type AttentionState,
  headName,
  mostHeads,
  type RowPlace,
  type Side,
} from "./attention.ts";
import { KeptRows } from "./kept-rows.ts";
import type { Reach } from "./reach.ts";
import type { BlockName, Token } from "./types.ts";

export abstract class Derived implements Attention {
  abstract readonly unit: string;
  readonly block: BlockName;
  readonly layers: number;
  readonly scale: Attention["scale"];
  readonly parts: readonly [string, string];
  protected readonly from: Attention;
  readonly #rows: KeptRows;

  /** `queries` and `heads`: how many rows there can be, where they are others than there. */
  constructor(from: Attention, queries = from.tokens("query").length, heads = mostHeads(from)) {
    this.from = from;
    this.block = from.block;
    this.layers = from.layers;
    this.scale = from.scale;
    this.parts = from.parts;
    this.#rows = new KeptRows(heads, queries);
  }

  /** A row, [keys]; undefined where what it is made of is not here. */
  protected abstract make(
    layer: number,
    head: number,
    query: number,
    keep: boolean,
  ): Float32Array | undefined;

  /** True if making a row costs nothing but arithmetic. */
  protected abstract ready(layer: number, head: number, query: number): boolean;

  abstract want(rows: readonly RowPlace[], signal?: AbortSignal): Promise<void>;

  has(layer: number, head: number, query: number): boolean {
    return this.#rows.get(layer, head, query) !== undefined || this.ready(layer, head, query);
  }

  row(layer: number, head: number, query: number, keep = true): Float32Array | undefined {
    const known = this.#rows.get(layer, head, query);
    if (known) return known;
    const made = this.make(layer, head, query, keep);
    if (made && keep) this.#rows.keep(layer, head, query, made);
    return made;
  }

  /** None, unless they are still those of the rows. */
  scores(_layer: number, _head: number, _query: number): Float32Array | undefined {
    return undefined;
  }

  heads(layer: number): number {
    return this.from.heads(layer);
  }

  headName(layer: number, head: number): string {
    return headName(this.from, layer, head);
  }

  tokens(side: Side): readonly Token[] {
    return this.from.tokens(side);
  }

  written(side: Side): number | null {
    return this.from.written(side);
  }

  state(layer: number, head?: number): AttentionState {
    return this.from.state(layer, head);
  }

  stored(layer: number): boolean {
    return this.from.stored(layer);
  }

  reach(layer: number): Reach {
    return this.from.reach(layer);
  }
}
