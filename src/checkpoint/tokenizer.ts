// Text to tokens and back: ids from @huggingface/tokenizers, display text and character offsets from us.

import type { CheckpointError } from "./source.ts";

/** One token with what the views show of it. Structurally a trace Token. */
export interface EncodedToken {
  readonly id: number;
  /** As the tokenizer spells it, e.g. "Ġcat". */
  readonly raw: string;
  /** As people read it, e.g. " cat". */
  readonly text: string;
  /** Unicode code points in the source text (sentence B's in B); null where there are none. */
  readonly start: number | null;
  readonly end: number | null;
  readonly special: boolean;
  /** 0 for the first or only sentence, 1 for the second. */
  readonly segment: number;
  /** What models with token types are fed; it differs from `segment` where the tokenizer gives both sentences 0. */
  readonly typeId: number;
}

/** How a text is encoded. */
export interface EncodeOptions {
  /** Special tokens that the model expects around the text; true where left out. */
  readonly addSpecialTokens?: boolean;
  /** The text is a translation's target, for tokenizers that cut the two languages differently (Marian). */
  readonly target?: boolean;
}

export interface Tokenizer {
  /** Why texts cannot be read, where the checkpoint's tokenizer could not: `encode` throws it, ids are shown as numbers. */
  readonly problem?: CheckpointError;
  /** Tokens of a text, or of a sentence pair, with the special tokens that the model expects. */
  encode(text: string, pair?: string, options?: EncodeOptions): EncodedToken[];
  /** Tokens for ids that came from elsewhere (`--ids`, generation): no offsets. */
  describe(ids: readonly number[]): EncodedToken[];
  /** Text of ids, special tokens left out unless asked for. */
  decode(ids: readonly number[], options?: { keepSpecial?: boolean }): string;
}
