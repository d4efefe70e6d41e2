// Tokens as people read them, where all that is known is how a tokenizer spells them.
// The tokenizers of checkpoint/ know better; this is for recordings that bring nothing but strings.

import type { Token } from "./types.ts";

/** A token's spelling, or as much of a token as is known. */
export type Spelled = string | (Partial<Token> & { readonly raw: string });

const SPECIAL =
  /^(\[(CLS|SEP|MASK|PAD|UNK|BOS|EOS)\]|<\/?s>|<(pad|unk|mask|cls|sep|eod|eos|bos|start_of_turn|end_of_turn)>|<\|.*\|>)$/;

/** A whole token from its spelling. */
export function tokenOf(spelled: Spelled, segment: number): Token {
  const given = typeof spelled === "string" ? { raw: spelled } : spelled;
  return {
    id: null,
    text: readable(given.raw),
    start: null,
    end: null,
    special: SPECIAL.test(given.raw),
    segment,
    ...given,
  };
}

/** "Ġcat" and "▁cat" are " cat", "##s" is "s", "</w>" ends a word; anything else stays. */
export function readable(raw: string): string {
  return raw
    .replace(/^[Ġ▁]/, " ")
    .replace(/^##(?=.)/, "")
    .replace(/Ċ/g, "\n")
    .replace(/(?<=.)<\/w>$/, "");
}
