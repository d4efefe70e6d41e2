// What the inputs of a graph stand for; feeds.ts makes their values.

import type { Disentangled, Positions, Rotary, ScoreBias } from "../description.ts";

/** The meaning of one graph input. */
export type Need =
  /** Token ids or segment ids of the new tokens, int64 [n]. */
  | { readonly kind: "ids" | "types" }
  /** Positions of the new tokens, and of all keys with the past before them, int64 [n] and [m]. */
  | { readonly kind: "queries" | "keys" }
  /** Rows of the table, int64 [n], or sinusoidal vectors, float32 [n, width]. */
  | { readonly kind: "positions"; readonly positions: Positions }
  /** Rotary tables of the new tokens, [1, n, size / 2]. */
  | { readonly kind: "cos" | "sin"; readonly rotary: Rotary }
  /** What ALiBi adds, [heads, 1, m]. */
  | { readonly kind: "alibi"; readonly bias: ScoreBias & { readonly kind: "alibi" } }
  /** Relative-position buckets, int64 [n, m]. */
  | { readonly kind: "buckets"; readonly bias: ScoreBias & { readonly kind: "t5" } }
  /** Rows of the table of distances, int64 [1, n, m]. */
  | { readonly kind: "distances"; readonly bias: Disentangled }
  /** Rows whose logits are wanted, int64 [r]. */
  | { readonly kind: "rows" }
  /** The last row whose token is not `padId`, int64 [1]. */
  | { readonly kind: "lastRow"; readonly padId: number | undefined }
  /** The stream between two parts of a stack, edited as its first layer's tensor called `name`, [n, hidden]. */
  | { readonly kind: "stream"; readonly name: string }
  /** The encoder's output, [n, hidden]. */
  | { readonly kind: "memory" }
  /** [1, channels, height, width] */
  | { readonly kind: "pixels" }
  /** [1, bins, frames] */
  | { readonly kind: "features" }
  /** Cached keys or values, token-major: [past, kvHeads, headSize]. */
  | { readonly kind: "past"; readonly name: string }
  /** Edited numbers of the tensor called `name`: their flat indices, int32 [k], and a factor and a summand for each, [k]. */
  | { readonly kind: "places" | "factor" | "summand"; readonly name: string };
