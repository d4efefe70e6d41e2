// How a file of somebody else's is to be read: which array is what, whose words, which text of a batch.

import type { BlockName } from "../trace/index.ts";

/** What stands in a file and what it is taken for. Everything that is left out is guessed. */
export interface Reading {
  /** Which array is the attention (or queries, keys) of which block, by name. */
  readonly arrays?: Readonly<Record<string, Role>>;
  /** Words by stream, in place of what the file holds; or the name of a list in the file. */
  readonly words?: Partial<Readonly<Record<Stream, readonly string[]>>>;
  /** Which text of a batch, counted from 0. */
  readonly item?: number;
  /** Rows are keys in the file. */
  readonly transposed?: boolean;
  readonly sentenceBStart?: number | null;
  readonly model?: string;
}

export type Stream = "text" | "encoder" | "decoder";
/** "self", "encoder" ... for attention, with ".q", ".k" or ".v" for vectors; null for an array that is not used. */
export type Role = BlockName | `${BlockName}.${"q" | "k" | "v"}` | null;

/** Streams of the rows and the columns of a block. */
export const STREAMS: Readonly<Record<BlockName, readonly [Stream, Stream]>> = {
  self: ["text", "text"],
  encoder: ["encoder", "encoder"],
  decoder: ["decoder", "decoder"],
  cross: ["decoder", "encoder"],
};
