// The contract of attention that is read row by row: by views, figures and what analyses pictures.
// A recorded run gives one per block (`attentionOf`); joined runs and differences are others.

import type { Reach } from "./reach.ts";
import type { BlockName, Token } from "./types.ts";

/** Rows are queries, columns are keys. */
export type Side = "query" | "key";

/** Which row of attention. */
export interface RowPlace {
  readonly layer: number;
  readonly head: number;
  readonly query: number;
}

/** "here": `row` gives every row. "pending": rows come when asked for with `want`. "absent": was not recorded. */
export type AttentionState = "here" | "pending" | "absent";

/** What the numbers are where nothing was done to them. */
export const PLAIN_UNIT = "attention";

/** Attention between two lists of tokens, in layers and heads. */
export interface Attention {
  /** The block it stands for in a selection and in an address. */
  readonly block: BlockName;
  readonly layers: number;
  /** Query heads of a layer. */
  heads(layer: number): number;
  tokens(side: Side): readonly Token[];
  /** "weight": 0 to 1. "difference": -1 to 1, drawn in the colours of signs. */
  readonly scale: "weight" | "difference";
  /** What the numbers are, for legends. */
  readonly unit: string;
  /** What a row's numbers share out, for sentences; "attention mass" where left out. */
  readonly mass?: string;
  /** Names of the two parts where tokens have two segments: A and B, or Source and Target. */
  readonly parts: readonly [string, string];
  /** Of one head; of a layer it is what its best head says. */
  state(layer: number, head?: number): AttentionState;
  /** True if the rows of a layer are read, not worked out: none costs anything. */
  stored(layer: number): boolean;
  /** Which cells of a layer exist; the others are 0 in a row. */
  reach(layer: number): Reach;
  /** True if reading this row costs nothing. */
  has(layer: number, head: number, query: number): boolean;
  /**
   * One row, [keys]; undefined where it was not recorded or has to be asked for with `want`. Memory is shared: do not write.
   * @param keep false for a row that is needed once; one that is not there is not kept then
   */
  row(layer: number, head: number, query: number, keep?: boolean): Float32Array | undefined;
  /**
   * Several rows of a head, [queries.length, keys], where that is quicker than one after the other; undefined where it is not.
   * @param queries ascending
   * @param keep true for rows that are read again: `row` finds them
   */
  rows?(layer: number, head: number, queries: readonly number[], keep?: boolean): Float32Array | undefined;
  /** Resolves when the rows are here; rejects where they cannot be had, or with the signal's reason. */
  want(rows: readonly RowPlace[], signal?: AbortSignal): Promise<void>;
  /** Scores of a row before softmax, [keys], -Infinity where masked; undefined where they are not known. */
  scores(layer: number, head: number, query: number): Float32Array | undefined;
  /** Position from which on a model wrote the tokens; null where it wrote none. */
  written(side: Side): number | null;
  /** What a head is called in sentences, where "head 4.11" would be wrong. */
  headName?(layer: number, head: number): string;
}

/** A head in a sentence: "head 4.11", or what the attention calls it. */
export function headName(attention: Attention, layer: number, head: number): string {
  return attention.headName?.(layer, head) ?? `head ${layer}.${head}`;
}

/** Most heads that a layer has: the columns of a model map. */
export function mostHeads(attention: Attention): number {
  let most = 0;
  for (let layer = 0; layer < attention.layers; layer++) most = Math.max(most, attention.heads(layer));
  return most;
}
