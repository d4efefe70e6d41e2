// What decides a run: its model and what that reads, its edits, and the text it is compared with.

import { activeOf } from "./edits/edits.ts";
import type { Place } from "./place.ts";

/** What decides the run of the model as it is. */
export function inputKey({ model, text, pair, target, image, chat, more }: Place): string {
  return JSON.stringify([model, text, pair, target, image, chat, more]);
}

/** What decides the run that is shown, whatever it is compared with: a recorded one is what its file is. */
export function runKey(place: Place): string {
  return place.trace
    ? JSON.stringify([place.trace])
    : JSON.stringify([inputKey(place), activeOf(place.edits)]);
}

/** The text that a place compares its run with, or null. */
export function comparedWith({ trace, compare, b }: Place): string | null {
  return trace === null && compare !== "off" && b !== "" ? b : null;
}
