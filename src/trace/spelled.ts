// Attention whose tokens are written as the tokenizer spells them ("Ġcat", "▁cat", "</w>"). Every number stays.

import type { Attention, RowPlace, Side } from "./attention.ts";
import { Derived } from "./derived.ts";
import type { Token } from "./types.ts";

class AsSpelled extends Derived {
  readonly unit: string;
  readonly #tokens: Readonly<Record<Side, readonly Token[]>>;

  constructor(from: Attention) {
    super(from);
    this.unit = from.unit;
    const query = from.tokens("query");
    const key = from.tokens("key");
    const rows = query.map(spelled);
    this.#tokens = { query: rows, key: key === query ? rows : key.map(spelled) };
  }

  get mass(): string {
    return this.from.mass ?? "attention mass";
  }

  override tokens(side: Side): readonly Token[] {
    return this.#tokens[side];
  }

  override scores(layer: number, head: number, query: number): Float32Array | undefined {
    return this.from.scores(layer, head, query);
  }

  want(rows: readonly RowPlace[], signal?: AbortSignal): Promise<void> {
    return this.from.want(rows, signal);
  }

  protected ready(layer: number, head: number, query: number): boolean {
    return this.from.has(layer, head, query);
  }

  protected make(layer: number, head: number, query: number, keep: boolean): Float32Array | undefined {
    return this.from.row(layer, head, query, keep);
  }
}

/** Without places in the text: marks of spaces are letters to whoever ties pieces of a word together. */
function spelled(token: Token): Token {
  return token.raw === "" ? token : { ...token, text: token.raw, start: null, end: null };
}

/** The same attention with tokens as they are spelled. */
export function asSpelled(attention: Attention): Attention {
  return new AsSpelled(attention);
}
