// What a trace says about itself: the manifest of the version-1 trace file, as types.
// Sizes may differ between blocks and streams; orientation is always rows = queries, columns = keys.

import { Failure } from "../tensor/index.ts";
import type { Edit, Receipt } from "./edit/edit.ts";
import type { BlockName, StreamName } from "./names.ts";

export type { BlockName, StreamName } from "./names.ts";

/** One token of a stream. */
export interface Token {
  /** Index in the vocabulary; null where only the text is known. */
  readonly id: number | null;
  /** The token as the tokenizer spells it, e.g. "Ġcat". */
  readonly raw: string;
  /** The token as people read it, e.g. " cat". */
  readonly text: string;
  /** First and one-past-last Unicode code point in the source text (sentence B's in B); null where there is none. */
  readonly start: number | null;
  readonly end: number | null;
  /** Added by the tokenizer, e.g. [CLS]. */
  readonly special: boolean;
  /** 0 for the first or only sentence, 1 for the second. */
  readonly segment: number;
}

/** A sequence of tokens: "text" (also for images), or "encoder" and "decoder". */
export interface Stream {
  readonly name: StreamName;
  readonly tokens: readonly Token[];
  /** What one token is; "token" where left out. */
  readonly unit?: StreamUnit;
  /** Rows and columns of the picture whose patches are the tokens that are not special, row by row. */
  readonly grid?: readonly [rows: number, columns: number];
}

export type StreamUnit = "token" | "word" | "patch" | "frame";

/**
 * ALiBi (Press et al. 2022): slope · key per head, where keys count from 0, or backwards from the last, 0 (MPT).
 * With `rounding`, key and product are rounded to bfloat16 (Falcon); `times` multiplies the result.
 */
export interface Alibi {
  readonly alibi: readonly number[];
  readonly from?: "last";
  readonly rounding?: "bf16";
  readonly times?: number;
}

/** Distances share buckets: half of one direction's are exact, the rest grow with the logarithm (Raffel et al. 2020). */
export interface T5Buckets {
  readonly buckets: number;
  readonly maxDistance: number;
  readonly bidirectional: boolean;
}

/**
 * Additive score bias: ALiBi, T5 buckets over `{block}.bias_table`, or stored tensors `{block}.{layer}.bias`, which may
 * have a name for people (DeBERTa's position terms).
 */
export type Bias = null | Alibi | { readonly t5: T5Buckets } | "tensor" | { readonly tensor: string };

/**
 * How a layer turns q and k into attention:
 * pattern = softmax(mask(softcap · tanh(q·k · scale / softcap) + bias)), with `sinks` added to the denominator.
 */
export interface Recipe {
  readonly scale: number;
  readonly causal: boolean;
  /** Inclusive reach [before, after] in positions; null for no window. Mistral's 8 is [7, 0]. */
  readonly window: readonly [number, number] | null;
  readonly softcap: number | null;
  readonly bias: Bias;
  /** True where `{block}.{layer}.sinks` [heads] holds one learned extra logit per head. */
  readonly sinks: boolean;
}

/** Attention from one stream to another. */
export interface Block {
  readonly name: BlockName;
  readonly queries: StreamName;
  readonly keys: StreamName;
  readonly layers: number;
  /** Sizes of the largest layer; `perLayer` has those of each. */
  readonly heads: number;
  readonly kvHeads: number;
  readonly headSize: number;
  /** One entry per layer where layers differ (a file spells them as lists); ask `Trace.sizes`. */
  readonly perLayer?: readonly LayerSizes[];
  /** One recipe, or one per layer. */
  readonly recipe: Recipe | readonly Recipe[];
  /** Which dimensions of q and k rotate together; left out where none do or nothing is known. */
  readonly rotary?: Rotary;
}

/** Sizes of the attention of one layer. */
export interface LayerSizes {
  readonly heads: number;
  readonly kvHeads: number;
  readonly headSize: number;
}

/**
 * Rotary positions (Su et al. 2021): the first `dims` dimensions of a head turn in pairs,
 * (i, i + dims / 2) for "half" and (2i, 2i + 1) for "interleaved".
 */
export interface Rotary {
  readonly dims: number;
  readonly style: "half" | "interleaved";
}

/** Facts about the model, for headings and links. */
export interface ModelInfo {
  readonly name: string;
  readonly family: string;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headSize: number;
  readonly hidden: number;
  readonly vocab: number;
}

/** How stored numbers are coded: "sqrt" is an unsigned integer of sqrt(weight) over its largest value. */
export type Coding = "sqrt";

export interface Manifest {
  readonly model: ModelInfo;
  readonly streams: readonly Stream[];
  readonly blocks: readonly Block[];
  readonly edits: readonly Edit[];
  readonly receipts: readonly Receipt[];
  /** Where generated tokens begin; null for a plain run. */
  readonly generated: { readonly stream: StreamName; readonly start: number } | null;
  readonly stored: Readonly<Record<string, Coding>>;
  /** Heads that a stored q, k or v holds, ascending (key/value heads for k and v); every head where left out. */
  readonly heads?: Readonly<Record<string, readonly number[]>>;
  /** "f16" where tensors were rounded to half precision: patterns from such q and k differ by up to 1e-3. */
  readonly precision?: "f32" | "f16";
  /** Where a recording came from and what is wrong with it, for people. */
  readonly note?: string;
}

/** Parts recorded per attention block and layer. */
export type BlockPart = "q" | "k" | "v" | "scores" | "pattern" | "z" | "bias" | "sinks" | "mask";
/** Parts recorded per stream and layer. */
export type StreamPart = "resid_pre" | "resid_mid" | "resid_post" | "mlp_post";

/** Every name that can be captured, in the model's own order. */
export const CAPTURES = [
  "q",
  "k",
  "v",
  "scores",
  "pattern",
  "z",
  "resid_pre",
  "resid_mid",
  "resid_post",
  "mlp_post",
  "final_norm",
  "logits",
  "last_logits",
] as const;
export type Capture = (typeof CAPTURES)[number];

/** A trace that cannot be read or does not hold what was asked for. The message says where and what to do. */
export class TraceError extends Failure {
  override name = "TraceError";
}
