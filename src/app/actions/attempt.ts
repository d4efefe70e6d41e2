// One request at a time: the newest wins, what fails becomes a notice, and a notice may ask for the last one again.

import { isOfGpu } from "../../engine/errors.ts";
import type { RunInput } from "../../engine/model.ts";
import { errorData } from "../../wire/protocol.ts";
import { explain, wasStopped } from "../notices.ts";
import type { AppState } from "../state/state.ts";

/** What to leave out of a text that is too long. */
export type Cut = RunInput["cut"];

/** What was asked for last, to be asked for again. */
type Again = (cut?: Cut) => Promise<void>;

/** The request that is being served. */
export class Attempt {
  readonly #app: AppState;
  readonly #clear: () => void;
  #current: AbortController | null = null;
  #last: Again | null = null;

  /** `clear` ends what belongs to the request before. */
  constructor(app: AppState, clear: () => void) {
    this.#app = app;
    this.#clear = clear;
  }

  /** True while something is asked for. */
  get busy(): boolean {
    return this.#current !== null;
  }

  /** Remember what is asked for. */
  remember(again: Again): void {
    this.#last = again;
  }

  /** Ask for the last thing once more. */
  again(cut?: Cut): void {
    void this.#last?.(cut);
  }

  /** Do what somebody asked for, `name` says with what; it ends the request before. */
  async make(name: string, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.#current?.abort();
    const current = new AbortController();
    this.#current = current;
    this.#app.opening.value = name;
    this.#clear();
    try {
      await work(current.signal);
    } catch (error) {
      if (!current.signal.aborted) this.fail(error, name);
    } finally {
      if (this.#current === current) this.#over();
    }
  }

  /** What is loading or running ends, and a notice says so where it was to be seen. */
  stop(): void {
    const { loading, notice, run } = this.#app;
    if (this.#current && loading.value?.shown)
      notice.value = wasStopped(loading.value.name, run.value !== null);
    this.drop();
  }

  /** The same without a word. */
  drop(): void {
    this.#current?.abort();
    this.#over();
  }

  #over(): void {
    this.#current = null;
    this.#app.loading.value = null;
    this.#app.opening.value = null;
  }

  /** Tell an error; `model` is what it happened with. */
  fail(error: unknown, model: string): void {
    const data = errorData(error);
    if (data.name === "AbortError") return;
    const { bundled, gpuLeft, kept, notice, run } = this.#app;
    if (isOfGpu(data)) gpuLeft.value = data.message;
    const known = [...bundled.value.map((m) => m.name), ...kept.value.map((m) => m.name)];
    notice.value = explain(data, { model, shown: run.value !== null, known });
  }
}
