// The last runs that were shown, so that "back" shows them again at once.

import type { Place } from "./place.ts";
import type { Run } from "./run.ts";

/** How many are kept. */
const MOST = 8;

/** Runs by the part of a place that decides them. */
export class KeptRuns {
  readonly #runs = new Map<string, Run>();

  get(place: Place): Run | undefined {
    return this.#runs.get(keyOf(place));
  }

  put(place: Place, run: Run): void {
    const key = keyOf(place);
    this.#runs.delete(key);
    this.#runs.set(key, run);
    for (const old of [...this.#runs.keys()].slice(0, -MOST)) this.#runs.delete(old);
  }
}

function keyOf({ model, text, pair, target, image, chat, more, trace }: Place): string {
  return JSON.stringify(trace ? [trace] : [model, text, pair, target, image, chat, more]);
}
