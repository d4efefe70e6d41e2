// The address follows what is shown. Behind a run it is written after the picture: it takes milliseconds that the first
// frame can use.

import type { History } from "../state/run.ts";

/** The browser's own address and history, without "#". */
export interface AddressOutside {
  readonly now: () => string;
  readonly push: (hash: string) => void;
  readonly replace: (hash: string) => void;
  /** Does something once the next picture is on the screen. */
  readonly later: (work: () => void) => void;
}

/** Writes addresses, the last one that is due; each step that "back" undoes keeps its own. */
export class Address {
  readonly #outside: AddressOutside;
  #due: { readonly hash: string; readonly how: History } | null = null;

  constructor(outside: AddressOutside) {
    this.#outside = outside;
  }

  /** What is shown has this address. */
  write(hash: string, how: History): void {
    const due = this.#due;
    if (hash === (due?.hash ?? this.#outside.now())) return;
    if (due?.how === "push" && how === "push") this.flush();
    const waits = this.#due !== null;
    this.#due = { hash, how: this.#due?.how === "push" ? "push" : how };
    if (!waits) this.#outside.later(() => this.flush());
  }

  /** Write what is due at once. */
  flush(): void {
    const due = this.#due;
    this.#due = null;
    if (!due || due.hash === this.#outside.now()) return;
    try {
      this.#outside[due.how](due.hash);
    } catch {
      // Browsers refuse more than about a hundred changes of address in a few seconds; the next one catches up.
    }
  }

  /** Another address was visited: what is due is of the place before. */
  drop(): void {
    this.#due = null;
  }
}
