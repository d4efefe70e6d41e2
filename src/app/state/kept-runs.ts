// The last runs that were shown, so that "back" shows them again at once.

import { activeOf } from "./edits.ts";
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

function keyOf(place: Place): string {
  if (place.trace) return JSON.stringify([place.trace]);
  const b = place.compare === "off" ? null : place.b;
  return JSON.stringify([inputKey(place), activeOf(place.edits), b]);
}

/** What decides the run of the model as it is. */
export function inputKey({ model, text, pair, target, image, chat, more }: Place): string {
  return JSON.stringify([model, text, pair, target, image, chat, more]);
}
