// The last runs of the open model, kept where they were computed: to be looked at, and for what of them is still to cross.

import { heldBytes, type Trace, TraceError } from "../trace/index.ts";
import type { Sent } from "./crossing.ts";

/** Two are looked at beside each other. */
const MOST = 2;
/** Bytes of all of them; the last one is kept whatever its size. */
const BYTES = 256 * 2 ** 20;

/** A run, and what of it has crossed. */
export interface KeptRun {
  readonly trace: Trace;
  readonly sent: Sent;
}

/** The runs by name. */
export class KeptRuns {
  readonly #runs = new Map<string, KeptRun>();

  /** Keep a run, and let go of those that are too many or too large; returns its name, which no other run has. */
  keep(run: KeptRun): string {
    const name = crypto.randomUUID();
    this.#runs.set(name, run);
    const old = [...this.#runs].slice(0, -1);
    for (const [other] of old) if (this.#runs.size > MOST || this.#bytes > BYTES) this.#runs.delete(other);
    return name;
  }

  /** The run of that name; a TraceError, "gone", where it is not kept. */
  get(name: string): KeptRun {
    const run = this.#runs.get(name);
    if (!run)
      throw new TraceError("This run is not kept by the engine any more. Run again.", { code: "gone" });
    return run;
  }

  clear(): void {
    this.#runs.clear();
  }

  get #bytes(): number {
    return heldBytes([...this.#runs.values()].map(({ trace }) => trace));
  }
}
