// Two models in one checkpoint (CLIP): images and pixels run the second, everything else the first.

import type { GenerateOptions, Model, RunInput, RunOptions } from "./model.ts";

export class TwoTowers implements Model {
  readonly #text: Model;
  readonly #picture: Model;

  constructor(text: Model, picture: Model) {
    this.#text = text;
    this.#picture = picture;
  }

  #tower({ image, pixels }: RunInput): Model {
    return image || pixels ? this.#picture : this.#text;
  }

  get info() {
    return this.#text.info;
  }

  get kind() {
    return this.#text.kind;
  }

  get tokenizer() {
    return this.#text.tokenizer;
  }

  get captures() {
    return this.#text.captures;
  }

  get maxTokens() {
    return this.#text.maxTokens;
  }

  get pairs() {
    return this.#text.pairs;
  }

  get points() {
    return this.#text.points;
  }

  get settings() {
    return this.#text.settings;
  }

  get notes() {
    return this.#text.notes;
  }

  tokens(input: RunInput) {
    return this.#tower(input).tokens(input);
  }

  prepare(options?: Pick<RunOptions, "captures" | "signal">) {
    return this.#text.prepare(options);
  }

  run(input: RunInput, options?: RunOptions) {
    return this.#tower(input).run(input, options);
  }

  generate(input: RunInput, options: GenerateOptions) {
    return this.#tower(input).generate(input, options);
  }

  async dispose(): Promise<void> {
    await Promise.all([this.#text.dispose(), this.#picture.dispose()]);
  }
}
