// What a model family says about one checkpoint: its blocks as data, from which graph/ builds ONNX.
// A family file turns a config into this; nothing here computes. Sizes are in elements, names are tensor
// names as the checkpoint's own class spells them (prefixes are resolved in weight-book.ts).

import type { Alibi, BlockName, StreamName } from "../trace/index.ts";
import type { ModelKind } from "./model.ts";

/** A matrix product with an optional bias. Stored [out, in] unless `layout` says [in, out] (GPT-2's Conv1D). */
export interface Linear {
  readonly weight: string;
  readonly bias?: string | undefined;
  readonly in: number;
  readonly out: number;
  readonly layout?: "in-out";
  /** This matrix is rows `from` to `from + out` of a stored matrix with `of` rows (fused projections). */
  readonly rows?: { readonly from: number; readonly of: number };
  /** The result is cut to -clamp .. clamp (OLMo, MPT). */
  readonly clamp?: number;
  /** Multiplies the result: a number (Granite) or a stored vector [out] (DINOv2's layer scale). */
  readonly times?: number | string;
}

/** Layer norm, or root-mean-square norm (Zhang and Sennrich 2019); `plusOne`: the factor is 1 + weight (Gemma). */
export interface Norm {
  readonly kind: "layer" | "rms";
  readonly size: number;
  readonly eps: number;
  /** Null where the norm has no learned factor; a list for q and k of heads that have one each (StableLM). */
  readonly weight: string | null | readonly string[];
  readonly bias?: string | undefined;
  readonly plusOne?: boolean;
}

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

/** A table of vectors, [rows, width]. */
export interface Table {
  readonly weight: string;
  readonly rows: number;
  readonly width: number;
}

/** Absolute positions: a stored table, or sines (first half) and cosines (second half) that are not in the file. */
export type Positions =
  | {
      readonly kind: "table";
      readonly table: Table;
      /** Added to the position before look-up (OPT, BART: 2). */
      readonly offset: number;
      /** RoBERTa: positions count only tokens that are not this id, which itself gets position `offset - 1`. */
      readonly skipId?: number;
    }
  | {
      readonly kind: "sinusoidal";
      readonly width: number;
      /** As of a table; a token of `skipId` gets zeros (M2M-100). */
      readonly offset?: number;
      readonly skipId?: number;
      /** The last pair turns 10000 times slower than the first, not a step less (tensor2tensor: M2M-100). */
      readonly closed?: boolean;
    };

/** How ids become vectors. Order: tokens, project, scale, + positions, + types, norm, map. */
export interface TokenEmbedding {
  readonly kind: "tokens";
  readonly tokens: Table;
  readonly project?: Linear;
  readonly scale?: number;
  readonly positions?: Positions | null;
  readonly types?: Table | null;
  readonly norm?: Norm | null;
  /** From the embedding's width to the stream's (ALBERT, ELECTRA). */
  readonly map?: Linear | null;
}

/** A vector that stands before the patches, and its name in the trace ("[CLS]"). */
export interface ExtraToken {
  readonly name: string;
  readonly weight: string;
  readonly shape: readonly number[];
}

/** How an image becomes vectors: one per patch, after a class token and others (Dosovitskiy et al. 2021). */
export interface PatchEmbedding {
  readonly kind: "patches";
  readonly channels: number;
  readonly image: readonly [height: number, width: number];
  readonly patch: readonly [height: number, width: number];
  readonly width: number;
  /** [width, channels, patch height, patch width] and [width]. */
  readonly weight: string;
  readonly bias?: string;
  readonly before: readonly ExtraToken[];
  /** A vector for each token, [1, tokens, width] or [tokens, width]. */
  readonly positions: { readonly weight: string; readonly shape: readonly number[] };
  /** Images of other sizes run too: the positions of the patches are stretched (DINOv2). */
  readonly stretched?: boolean;
  readonly norm?: Norm | null;
}

/** How a spectrogram becomes vectors: convolutions with exact GELU over its frames, and a stored position each. */
export interface FrameEmbedding {
  readonly kind: "frames";
  /** Rows of the spectrogram, and its columns. */
  readonly bins: number;
  readonly frames: number;
  readonly width: number;
  readonly convolutions: readonly {
    /** [width, channels, 3] and [width] */
    readonly weight: string;
    readonly bias: string;
    readonly channels: number;
    readonly stride: number;
  }[];
  readonly positions: Table;
}

/** A sequence of layers over one stream. */
export interface Stack {
  readonly stream: StreamName;
  /** Name of its self-attention. */
  readonly block: BlockName;
  readonly hidden: number;
  readonly embedding: TokenEmbedding | PatchEmbedding | FrameEmbedding;
  readonly layers: readonly Layer[];
  readonly finalNorm?: Norm | null;
}

/** One step between the stream and the logits. */
export type HeadStep =
  | { readonly linear: Linear }
  | { readonly norm: Norm }
  | { readonly activation: string }
  | { readonly scale: number }
  | { readonly softcap: number }
  /** One row of what the step gets, or the mean of the rows from one on. */
  | { readonly row: number }
  | { readonly meanFrom: number }
  /** Several ways from what the step gets, side by side, or their mean. */
  | { readonly join: readonly (readonly HeadStep[])[] }
  | { readonly average: readonly (readonly HeadStep[])[] }
  /** A stored vector of the given shape, added (final_logits_bias). */
  | { readonly add: string; readonly shape: readonly number[] };

/** What stands on top of the last stack. */
export interface Head {
  /** One row of logits per token, or one for the whole input from its first, last or mean vector, or all as steps say. */
  readonly from: "tokens" | "first" | "last" | "mean" | "all";
  readonly steps: readonly HeadStep[];
  /** Logits per row; 1 means that the axis is dropped (a discriminator gives [tokens]). */
  readonly width: number;
  /** True where rows are scores of vocabulary words. */
  readonly words: boolean;
  /** With `from: "last"`: tokens of this id are passed over, so that the last one that is not padding counts. */
  readonly padId?: number | undefined;
}

/** Everything the graph builder, the runner and the trace need to know about a checkpoint. */
export interface ModelDescription {
  readonly family: string;
  readonly kind: ModelKind;
  readonly vocab: number;
  /** Longest sequence, or null where nothing limits it. */
  readonly maxTokens: number | null;
  /** One stack, or encoder and decoder in this order. */
  readonly stacks: readonly Stack[];
  readonly head: Head | null;
  /** Ids that end a generated text. */
  readonly eos: readonly number[];
  /** First id of the decoder, in encoder-decoders. */
  readonly decoderStart?: number;
  /** True where the tokenizer writes what a target begins with, the start token among it (Whisper). */
  readonly targetPrompt?: boolean;
  /** The other of two towers, which images run where this one reads text (CLIP). */
  readonly picture?: ModelDescription;
  /** True where inputs may be sentence pairs. */
  readonly pairs?: boolean;
}
