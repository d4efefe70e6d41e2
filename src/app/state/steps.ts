// What the user did to the view and to the edits of one run, as steps that can be taken back and taken again: one past
// for both, so that Z undoes the last thing. Hovering, typing, theme and running another text are no steps.

import { type Signal, signal } from "@preact/signals";
import type { Place } from "./place.ts";

/** Parts of a place, as they were and as they became. */
export interface Step {
  readonly undo: Partial<Place>;
  readonly redo: Partial<Place>;
}

/** Which way through the past. */
export type Way = keyof Step;

/** What of a place a step keeps, with its name for people; of several changes the first is named. */
const NAMES = {
  edits: "edit",
  read: "reading",
  colors: "colours",
  compare: "comparison",
  block: "attention block",
  layer: "layer",
  beside: "layers side by side",
  focus: "head",
  heads: "heads",
  pins: "pinned words",
  side: "side",
  view: "view",
  orientation: "direction of the words",
  filter: "filter",
  hide: "hidden tokens",
  strongest: "Strongest",
  least: "least weight",
  pattern: "pattern",
  to: "word to find",
  score: "score",
  sort: "order of heads",
  vec: "vectors",
  panel: "panel",
  dock: "panel",
} as const satisfies Partial<Record<keyof Place, string>>;

const PARTS = Object.keys(NAMES) as (keyof typeof NAMES)[];

/** Most steps that are kept. */
const MOST = 200;

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** What a step is about, in words. */
export function nameOf({ undo }: Step): string {
  return NAMES[PARTS.find((part) => part in undo)!];
}

/** What lies between two places; null where a step keeps nothing of it. */
export function stepBetween(before: Place, after: Place): Step | null {
  const changed = PARTS.filter((part) => !same(before[part], after[part]));
  const of = (place: Place): Partial<Place> => Object.fromEntries(changed.map((part) => [part, place[part]]));
  return changed.length > 0 ? { undo: of(before), redo: of(after) } : null;
}

/** The steps of one run. */
export class Steps {
  /** How many can be taken back and taken again. */
  readonly count: Signal<{ readonly back: number; readonly forth: number }> = signal({ back: 0, forth: 0 });
  /** What was undone last, in words; "" once something else is done. */
  readonly said: Signal<string> = signal("");
  #past: Record<Way, Step[]> = { undo: [], redo: [] };
  /** Where a slider that is held began. */
  #held: Place | null = null;

  /** The page went from one place to another because somebody wanted it. */
  take(before: Place, after: Place): void {
    const step = stepBetween(before, after);
    if (!step) return;
    this.#past = { undo: [...this.#past.undo, step].slice(-MOST), redo: [] };
    this.#told("");
  }

  /** A slider moves away from a place; what it does until `release` is one step. */
  hold(before: Place): void {
    this.#held ??= before;
  }

  /** The slider is let go. */
  release(after: Place): void {
    const before = this.#held;
    this.#held = null;
    if (before) this.take(before, after);
  }

  /** The next step of a way that changes anything of a place; those that do not are dropped. */
  next(way: Way, place: Place): Step | null {
    const steps = this.#past[way];
    const does = (step: Step) =>
      PARTS.some((part) => part in step[way] && !same(step[way][part], place[part]));
    while (steps.length > 0 && !does(steps.at(-1)!)) steps.pop();
    return steps.at(-1) ?? null;
  }

  /** The next step of a way was taken. */
  done(way: Way): void {
    const step = this.#past[way].pop();
    if (!step) return;
    this.#past[way === "undo" ? "redo" : "undo"].push(step);
    const name = nameOf(step);
    this.#told(way === "undo" ? `Undone: ${name}. Shift Z brings it back.` : `Done again: ${name}.`);
  }

  /** Another run: its words and heads are others. */
  forget(): void {
    this.#past = { undo: [], redo: [] };
    this.#held = null;
    this.#told("");
  }

  #told(said: string): void {
    this.said.value = said;
    this.count.value = { back: this.#past.undo.length, forth: this.#past.redo.length };
  }
}
