// Rows that a view has asked for: one request at a time, the last one wins.

import type { Attention, RowPlace } from "../../trace/index.ts";

export class Asked {
  readonly #arrived: () => void;
  readonly #failed: (error: unknown) => void;
  #attention: Attention | null = null;
  #rows = "";
  #stop = new AbortController();

  /** @param failed told why rows cannot be had; they are not asked for again before `forget` */
  constructor(arrived: () => void, failed: (error: unknown) => void) {
    this.#arrived = arrived;
    this.#failed = failed;
  }

  /** Ask for rows, unless the same ones have been asked for; none ends what is under way. */
  ask(attention: Attention, rows: readonly RowPlace[]): void {
    const names = rows.map(({ layer, head, query }) => `${layer}.${head}.${query}`).join();
    if (attention === this.#attention && names === this.#rows) return;
    this.forget();
    [this.#attention, this.#rows] = [attention, names];
    if (rows.length === 0) return;
    const { signal } = this.#stop;
    attention.want(rows, signal).then(
      () => !signal.aborted && this.#arrived(),
      (error) => !signal.aborted && this.#failed(error),
    );
  }

  /** Take no notice of what was asked for. */
  forget(): void {
    this.#stop.abort();
    this.#stop = new AbortController();
    [this.#attention, this.#rows] = [null, ""];
  }
}
