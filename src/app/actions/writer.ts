// Lets the open model go on with a text, shows the words as they come, and ends early when asked to.

import type { Editing, PageInput, Written } from "../../wire/protocol.ts";
import type { Sampling } from "../state/place.ts";
import type { AppState } from "../state/state.ts";
import type { Engines } from "./engines.ts";
import type { LiveModel } from "./live-model.ts";

/** One text at a time. */
export class Writer {
  readonly #app: AppState;
  readonly #engines: Engines;
  readonly #live: LiveModel;
  #stopped: AbortController | null = null;

  constructor(app: AppState, engines: Engines, live: LiveModel) {
    this.#app = app;
    this.#engines = engines;
    this.#live = live;
  }

  /** Ids that the model adds: all, or those it had when `stop` was called; an AbortError where it had none. */
  async write(
    asked: Editing & { readonly input: PageInput },
    sampling: Sampling,
    name: string,
    signal: AbortSignal,
  ): Promise<Written> {
    const { writing, draft } = this.#app;
    const stopped = new AbortController();
    this.#stopped = stopped;
    this.#live.begin(name, "write", true);
    const prompt = draft.value.target || draft.value.text;
    writing.value = { prompt, text: "", done: 0, total: sampling.tokens };
    try {
      const written = await this.#engines.now.generate(
        { ...asked, sampling },
        {
          signal: AbortSignal.any([signal, stopped.signal]),
          onProgress: (progress) => {
            if (this.#stopped !== stopped) return;
            this.#live.follow(progress, true);
            const { what, text = "", done } = progress;
            if (what === "tokens") writing.value = { prompt, text, done, total: sampling.tokens };
          },
        },
      );
      if (stopped.signal.aborted && written.length === 0) throw new DOMException("Stopped.", "AbortError");
      return written;
    } finally {
      if (this.#stopped === stopped) this.clear();
    }
  }

  /** End what is being written; true if something was. */
  stop(): boolean {
    this.#stopped?.abort();
    return this.#stopped !== null;
  }

  /** Nothing is being written any more. */
  clear(): void {
    this.#stopped = null;
    this.#app.writing.value = null;
  }
}
