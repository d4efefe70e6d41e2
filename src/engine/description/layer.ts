// One block of a stack as data: its attention and its mlp, each with its norms.

import type { Attention } from "./attention.ts";
import type { Linear, Norm } from "./parts.ts";

/** One block of a stack. */
export interface Layer {
  readonly attention: Branch<Attention>;
  /** From the decoder to the encoder's output. */
  readonly cross?: Branch<Attention>;
  readonly mlp: Branch<Mlp>;
  /** Attention and mlp both read the block's input: each through its own norm, or both through attention's. */
  readonly parallel?: "own-norms" | "shared-norm";
  readonly convolution?: Convolution;
}

/**
 * One branch of a layer and its norms: stream = after(stream + post(branch(pre(stream)))).
 * Pre-norm families set `pre`, post-norm families (BERT) `after`, OLMo 2 `post`, Gemma 2 `pre` and `post`.
 * `residual: "normed"` adds pre(stream) in place of the stream (BLOOM, where switched on).
 */
export interface Branch<T> {
  readonly body: T;
  readonly pre?: Norm | null;
  readonly post?: Norm | null;
  readonly after?: Norm | null;
  readonly residual?: "plain" | "normed";
}

/** Two matrices with an activation between. */
export interface PlainMlp {
  readonly kind: "plain";
  readonly up: Linear;
  readonly activation: string;
  readonly down: Linear;
}

/** Activation of a gate times an up projection, and a matrix back. */
export interface GatedMlp {
  readonly kind: "gated";
  readonly gate: Linear;
  readonly up: Linear;
  readonly activation: string;
  readonly down: Linear;
}

/** Two matrices with an activation between; or a gated pair; or routed experts, stored apart or together. */
export type Mlp =
  | PlainMlp
  | GatedMlp
  | {
      readonly kind: "mixture";
      readonly router: Linear;
      readonly experts: readonly GatedMlp[];
      /** Experts a token passes. */
      readonly used: number;
      /** Their shares add up to 1; else they are as the softmax over all experts has them. */
      readonly renormalised: boolean;
      /** One more that every token passes, times the sigmoid of `gate`. */
      readonly shared?: { readonly expert: GatedMlp; readonly gate: Linear } | null;
    }
  | {
      readonly kind: "experts";
      readonly router: Linear;
      readonly experts: number;
      readonly used: number;
      readonly hidden: number;
      readonly units: number;
      /** [experts, hidden, 2 units], gate and up interleaved, and its bias [experts, 2 units]. */
      readonly gateUp: string;
      readonly gateUpBias: string;
      /** [experts, units, hidden] and its bias [experts, hidden]. */
      readonly down: string;
      readonly downBias: string;
      readonly alpha: number;
      readonly limit: number;
    };

/** What neighbours add to a block: norm(output of the block + activation(convolution over its input)). */
export interface Convolution {
  /** [width, width / groups, kernel] and [width] */
  readonly weight: string;
  readonly bias: string;
  readonly width: number;
  readonly kernel: number;
  readonly groups: number;
  readonly activation: string;
  readonly norm: Norm;
}
