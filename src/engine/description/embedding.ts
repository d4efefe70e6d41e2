// How an input becomes the vectors that a stack begins with: ids, an image's patches, a spectrogram's frames.

import type { Linear, Norm, Table } from "./parts.ts";

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
