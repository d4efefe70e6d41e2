// A run that is still going on: who waits for its tensors is told when more have come, and when no more will.

/** What a trace has beside its tensors while more of them come. */
export class Coming {
  readonly #waiting = new Set<() => void>();
  #ended = false;
  #error: unknown;

  /** True once no more tensors come. */
  get ended(): boolean {
    return this.#ended;
  }

  /** More tensors are here. */
  arrived(): void {
    for (const look of [...this.#waiting]) look();
  }

  /** No more tensors come; with an error where the run failed. */
  end(error?: unknown): void {
    this.#ended = true;
    this.#error = error;
    this.arrived();
  }

  /**
   * Resolves when `here` says so, or when no more tensors come; rejects where the run failed, or with the signal's
   * reason.
   */
  until(here: () => boolean, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (settle: () => void) => {
        this.#waiting.delete(look);
        signal?.removeEventListener("abort", stop);
        settle();
      };
      const stop = () => done(() => reject(signal!.reason));
      const look = () => {
        if (this.#error !== undefined) done(() => reject(this.#error));
        else if (this.#ended || here()) done(resolve);
      };
      if (signal?.aborted) return reject(signal.reason);
      this.#waiting.add(look);
      signal?.addEventListener("abort", stop);
      look();
    });
  }
}
