// What a model does between the heads and the logits, as plain arrays: output matrices, norms and the rows of chosen
// words. The engine reads it from a checkpoint and analysis multiplies it; neither knows the other.

import type { BlockName, StreamName } from "./names.ts";

/** A matrix product: x [in] times weight [in, out], row-major, plus bias [out]. */
export interface ReadMatrix {
  readonly in: number;
  readonly out: number;
  readonly weight: Float32Array;
  readonly bias: Float32Array | null;
}

/** Layer norm (Ba et al. 2016) or root-mean-square norm (Zhang and Sennrich 2019); null for a factor of 1. */
export interface ReadNorm {
  readonly kind: "layer" | "rms";
  readonly eps: number;
  readonly weight: Float32Array | null;
  readonly bias: Float32Array | null;
}

/** One branch of a layer: stream = after(base + post(out(...))), where base is the stream or its pre-norm. */
export interface ReadBranch {
  readonly part: "attention" | "cross" | "mlp";
  /** The attention block; null for the mlp. */
  readonly block: BlockName | null;
  /** From z of all heads side by side, or from mlp_post; null where it is not needed or has no one matrix. */
  readonly out: ReadMatrix | null;
  readonly pre: ReadNorm | null;
  readonly post: ReadNorm | null;
  readonly after: ReadNorm | null;
  readonly normedBase: boolean;
}

/** One layer; in a parallel one all branches read and join the same stream. */
export interface ReadLayer {
  readonly parallel: boolean;
  readonly branches: readonly ReadBranch[];
}

/** A step between the last stream and the logits. The last matrix holds the columns of the targets alone. */
export type ReadStep =
  | { readonly matrix: ReadMatrix }
  | { readonly norm: ReadNorm }
  | { readonly scale: number }
  /** Added to the targets' logits. */
  | { readonly add: Float32Array };

/** Everything between the heads of one stack and the logits of `targets`, before any final soft cap. */
export interface Readout {
  readonly stream: StreamName;
  readonly hidden: number;
  readonly layers: readonly ReadLayer[];
  readonly finalNorm: ReadNorm | null;
  readonly steps: readonly ReadStep[];
  /** Ids of words, or numbers of classes. */
  readonly targets: readonly number[];
  /** The soft cap that follows, or null. */
  readonly softcap: number | null;
}
