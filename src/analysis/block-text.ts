// What the scores need to know about the words that a block's attention is between.

import type { BlockName, Token, Trace } from "../trace/index.ts";

/** The two sides of an attention block, as far as scores ask about them. */
export interface BlockText {
  readonly queries: readonly Token[];
  readonly keys: readonly Token[];
  /** Queries and keys are the same tokens. */
  readonly square: boolean;
  readonly causal: boolean;
  /** Two sentences on the key side. */
  readonly pair: boolean;
  /** 1 for keys that are likely null attention: the first token where causal, special tokens elsewhere, [keys]. */
  readonly nullKey: Uint8Array;
  /** Per query, the other keys that hold the same word; where causal, only earlier ones after the first token. */
  readonly twins: readonly (readonly number[])[];
  /** Per query, the keys one after an earlier occurrence of the same token; not the query itself, nor the token before it. */
  readonly followers: readonly (readonly number[])[];
}

/** The text side of block `name`. */
export function blockText(trace: Trace, name: BlockName): BlockText {
  const block = trace.block(name);
  const queries = trace.stream(block.queries).tokens;
  const keys = trace.stream(block.keys).tokens;
  const { causal } = trace.recipe(name, 0);
  const square = block.queries === block.keys;
  return {
    queries,
    keys,
    square,
    causal,
    pair: keys.some((t) => t.segment === 1),
    nullKey: Uint8Array.from(keys, (token, key) => Number(causal ? key === 0 : token.special)),
    twins: twinsOf(queries, keys, square, causal),
    followers: square && causal ? followersOf(keys) : [],
  };
}

/** True for a token with a letter or a digit that the tokenizer did not add. */
export function isWord(token: Token): boolean {
  return !token.special && /[\p{L}\p{N}]/u.test(token.text);
}

/** True for a token of punctuation only. */
export function isPunctuation(token: Token): boolean {
  return !token.special && /^\s*\p{P}+\s*$/u.test(token.text);
}

function twinsOf(
  queries: readonly Token[],
  keys: readonly Token[],
  square: boolean,
  causal: boolean,
): number[][] {
  const places = placesBy(keys, (token) => (isWord(token) ? token.text.trim().toLowerCase() : null));
  return queries.map((token, query) => {
    const same = isWord(token) ? (places.get(token.text.trim().toLowerCase()) ?? []) : [];
    return same.filter((key) => (causal ? key > 0 && key < query : !square || key !== query));
  });
}

function followersOf(tokens: readonly Token[]): number[][] {
  const places = placesBy(tokens, spellingOf);
  return tokens.map((token, at) => {
    const earlier = (places.get(spellingOf(token)) ?? []).filter((place) => place + 1 < at - 1);
    return earlier.map((place) => place + 1);
  });
}

const spellingOf = (token: Token): string => (token.id === null ? token.raw : `#${token.id}`);

function placesBy(tokens: readonly Token[], name: (token: Token) => string | null): Map<string, number[]> {
  const places = new Map<string, number[]>();
  tokens.forEach((token, at) => {
    const known = name(token);
    if (known === null) return;
    const list = places.get(known);
    if (list) list.push(at);
    else places.set(known, [at]);
  });
  return places;
}
