// What tokenizer classes over SentencePiece files share: facts of Transformers 5.24.

import { isCount } from "../options.ts";
import { charsmap, metaspace, replace } from "./parts.ts";
import type { Context, Parts, Scored } from "./recipe.ts";

/** fairseq's names of the special pieces. */
export const FAIRSEQ = {
  bos: "<s>",
  eos: "</s>",
  sep: "</s>",
  cls: "<s>",
  unk: "<unk>",
  pad: "<pad>",
  mask: "<mask>",
};
/** Runs of spaces become one. */
export const SPACES = replace({ Regex: " {2,}" }, " ");
/** Marks become spaces again. */
export const DECODER = metaspace("always");

/** Unigram with the unknown piece at a place. */
export function unigram(
  unknown: number,
  normalizer: Parts["normalizer"],
  pre: Parts["pre_tokenizer"],
): Parts {
  return {
    normalizer,
    pre_tokenizer: pre,
    decoder: DECODER,
    model: { unk_id: unknown, byte_fallback: false },
  };
}

/** Where words are marked. */
export function scheme({ flag }: Context): "always" | "never" {
  return flag("add_prefix_space", true) ? "always" : "never";
}

/** A character map alone, or none. */
export function mapOnly(context: Context): Parts["normalizer"] {
  return charsmap(context)[0] ?? null;
}

/** A small number of an option. */
export function countOf(value: unknown, otherwise: number): number {
  return isCount(value) && value <= 100_000 ? value : otherwise;
}

/** A piece that was added, with the score 0. */
export function zero(piece: string): Scored {
  return [piece, 0];
}

/** fairseq's four first tokens in place of SentencePiece's three. */
export function fairseq(pieces: readonly Scored[], { token: text }: Context, start = "bos_token"): Scored[] {
  return [
    ...[start, "pad_token", "eos_token", "unk_token"].map((role) => zero(text(role))),
    ...pieces.slice(3),
  ];
}
