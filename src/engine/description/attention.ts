// Attention of one layer as data: where q, k and v come from, how positions enter, what is added to the scores.

import type { Alibi } from "../../trace/index.ts";
import type { Linear, Norm } from "./parts.ts";

/** Attention of one layer. */
export interface Attention {
  readonly heads: number;
  readonly kvHeads: number;
  readonly headSize: number;
  readonly project: Projections;
  readonly out: Linear;
  /** Multiplies q·k. */
  readonly scale: number;
  readonly causal: boolean;
  /** Inclusive reach [before, after]; null or left out for no window. */
  readonly window?: readonly [number, number] | null;
  /** Scores become cap · tanh(score / cap). */
  readonly softcap?: number | null;
  readonly rotary?: Rotary | null;
  /** Norms of q and k before rotary: over each head (size headSize), or over all heads together. */
  readonly qkNorm?: { readonly q: Norm; readonly k: Norm; readonly over: "head" | "all" } | null;
  readonly bias?: ScoreBias | null;
  /** Tensor of one learned extra logit per head, [heads]. */
  readonly sinks?: string | null;
}

/** Where q, k and v come from: three matrices, or one whose outputs lie block by block or head by head. */
export type Projections =
  | { readonly kind: "separate"; readonly q: Linear; readonly k: Linear; readonly v: Linear }
  | {
      readonly kind: "fused";
      readonly qkv: Linear;
      /**
       * Equal slices of the outputs, each with its share of q, k and v: 1 for all q, then all k, then all v;
       * as many as key/value heads where each head's, or group's, lie together (GPT-NeoX, Falcon).
       */
      readonly slices: number;
      /** Left out: q, k, v. CodeGen: q, v, k. */
      readonly order?: readonly ("q" | "k" | "v")[];
    };

/** How positions turn queries and keys (Su et al. 2021). Tables are computed outside the graph and fed. */
export interface Rotary {
  /** Leading components of each head that turn; the rest pass. */
  readonly size: number;
  readonly theta: number;
  /** Pairs are (2i, 2i+1) instead of (i, i + size/2). */
  readonly interleaved: boolean;
  readonly scaling: RotaryScaling;
}

/** Stretching of rotary positions beyond the trained length, as Transformers' rope_utils defines each type. */
export type RotaryScaling =
  | { readonly type: "default" }
  | { readonly type: "linear"; readonly factor: number }
  | { readonly type: "dynamic"; readonly factor: number; readonly original: number }
  | {
      readonly type: "yarn";
      readonly factor: number;
      readonly original: number;
      readonly betaFast: number;
      readonly betaSlow: number;
      readonly truncate: boolean;
      readonly attentionFactor: number;
    }
  | {
      readonly type: "llama3";
      readonly factor: number;
      readonly original: number;
      readonly low: number;
      readonly high: number;
    }
  | {
      readonly type: "longrope";
      readonly short: readonly number[];
      readonly long: readonly number[];
      readonly original: number;
      readonly attentionFactor: number;
    };

/** Something added to the scores before the mask. */
export type ScoreBias =
  | ({ readonly kind: "alibi"; readonly slopes: readonly number[] } & Omit<Alibi, "alibi">)
  | {
      readonly kind: "t5";
      /** [buckets, heads] */
      readonly table: string;
      readonly buckets: number;
      readonly maxDistance: number;
      readonly bidirectional: boolean;
    }
  | Disentangled;

/**
 * Terms that relative positions give with q and with k (He et al. 2021): (q·K(distance) + Q(distance)·k) · scale, where
 * K and Q are projections of one table of distances. Far distances share buckets.
 */
export interface Disentangled {
  readonly kind: "disentangled";
  /** [2 span, hidden]; row `span` is the distance 0. */
  readonly table: string;
  readonly span: number;
  readonly norm: Norm | null;
  /** K, null where content does not meet position. */
  readonly keys: Linear | null;
  /** Q, null where position does not meet content. */
  readonly queries: Linear | null;
  /** Distances up to half of `buckets` have rows of their own, others up to `maxDistance` by their logarithm; null: all. */
  readonly buckets: { readonly buckets: number; readonly maxDistance: number } | null;
}
