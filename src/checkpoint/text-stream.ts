// Text of tokens that arrive one by one. Tokens are not pieces of text: a character may span several,
// and what one token says may depend on its neighbours, so everything is decoded again and only what is new is told.

import type { Tokenizer } from "./tokenizer.ts";

/** Turns ids into the text to print next. Without a tokenizer it prints the ids themselves. */
export class TextStream {
  readonly #tokenizer: Tokenizer | null;
  readonly #ids: number[];
  #told = 0;

  constructor(tokenizer: Tokenizer | null, prompt: readonly number[]) {
    this.#tokenizer = tokenizer;
    this.#ids = [...prompt];
  }

  /** The prompt's text. */
  begin(): string {
    return this.#tokenizer ? this.end() : this.#ids.join(" ");
  }

  /** What can be said for sure after one more token; empty inside a character. */
  add(id: number): string {
    this.#ids.push(id);
    if (!this.#tokenizer) return `${this.#ids.length > 1 ? " " : ""}${id}`;
    return this.#tell(this.#text().replace(/\uFFFD+$/u, ""));
  }

  /** What is left to say, incomplete characters included. */
  end(): string {
    return this.#tokenizer ? this.#tell(this.#text()) : "";
  }

  #text(): string {
    return this.#tokenizer!.decode(this.#ids);
  }

  #tell(text: string): string {
    const fresh = text.slice(this.#told);
    this.#told = Math.max(this.#told, text.length);
    return fresh;
  }
}
