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
  /**
   * Texts of one length that run together, int64 [1]; the index of the last token of each, int32 [texts]; and the tokens of
   * one with those before it, int32 without axes.
   */
  | { readonly kind: "texts" | "ends" | "total" }
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
  /** What the edit points of these tensors are fed, one after the other; see edit-points.ts. */
  | {
      readonly kind: "points";
      readonly part: PointPart;
      readonly names: readonly string[];
    };

/**
 * How many numbers of each tensor are edited, int64 [tensors]; their flat indices, int32 [k]; and a factor and a summand for
 * each, float32 [k].
 */
export type PointPart = "counts" | "places" | "factor" | "summand";
