// What a model family says about one checkpoint: its blocks as data, from which graph/ builds ONNX.
// A family file turns a config into this; nothing here computes. Sizes are in elements, names are tensor
// names as the checkpoint's own class spells them (prefixes are resolved in weight-book.ts).

import type { BlockName, StreamName } from "../trace/index.ts";
import type { FrameEmbedding, PatchEmbedding, TokenEmbedding } from "./description/embedding.ts";
import type { Layer } from "./description/layer.ts";
import type { Linear, Norm } from "./description/parts.ts";
import type { ModelKind } from "./model.ts";

export type * from "./description/attention.ts";
export type * from "./description/embedding.ts";
export type * from "./description/layer.ts";
export type * from "./description/parts.ts";

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
