// The runs that were shown last. They are kept whole while there is room, so that they are shown again at once, where they
// were left; older ones, and all of them after a reload, are kept as the address that runs them again.

import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { heldBytes, type Trace } from "../../trace/index.ts";
import { activeOf } from "./edits/edits.ts";
import type { Place } from "./place.ts";
import type { Run } from "./run.ts";
import { comparedWith, runKey } from "./run-key.ts";
import { OPENED, readUrl, writeUrl } from "./url.ts";

/** How many are listed. */
export const MOST_LISTED = 20;
/** How many are kept whole, the one that is shown among them. */
export const MOST_WHOLE = 8;
/** Bytes that their tensors may take; the run that is shown is kept however large it is. */
export const MOST_BYTES = 256 * 2 ** 20;
/** Characters of a text that are told. */
const TOLD = 120;

/** What a list says of a run. */
export interface AboutRun {
  readonly model: string;
  /** The beginning of what was read. */
  readonly text: string;
  readonly tokens: number;
  readonly edits: number;
  /** True if it was opened, not run here. */
  readonly recorded: boolean;
}

/** A run that was shown. */
export interface RecentRun {
  readonly id: number;
  /** Where it was left. */
  readonly place: Place;
  /** Null where it has to be run again. */
  readonly run: Run | null;
  readonly about: AboutRun;
  /** When it was made, in milliseconds since 1970. */
  readonly made: number;
}

/** The last runs, the newest first. */
export class RecentRuns {
  readonly #list: Signal<readonly RecentRun[]> = signal([]);
  /** Ids, the one that was looked at last at the end. */
  #looked: readonly number[] = [];
  #ids = 0;

  get list(): ReadonlySignal<readonly RecentRun[]> {
    return this.#list;
  }

  /** The run of a place, where it is kept whole. */
  get(place: Place): Run | null {
    const [key, b] = [runKey(place), comparedWith(place)];
    const found = this.#list.value.find(
      (recent) => recent.run && runKey(recent.place) === key && (b === null || otherOf(recent) === b),
    );
    return found?.run ?? null;
  }

  /** Keep a run that is shown at `place` from now on; `now` in milliseconds since 1970. */
  put(place: Place, run: Run, now: number): void {
    const known = this.#list.value.find((recent) => isOf(recent, run));
    const recent = known
      ? { ...known, place, run }
      : { id: this.#ids++, place, run, about: aboutOf(place, run), made: now };
    const rest = this.#list.value.filter((other) => other.id !== recent.id && !replaces(recent, other));
    const all = [...rest, recent].sort((a, b) => b.made - a.made || b.id - a.id);
    this.#look(recent.id);
    this.#list.value = this.#withinBounds(all);
  }

  /** The run that is shown is left at `place`. */
  leave(place: Place, run: Run): void {
    this.#list.value = this.#list.value.map((recent) => (isOf(recent, run) ? { ...recent, place } : recent));
  }

  /** The entry of the run that is shown, or null where it was removed. */
  entryOf(run: Run | null): RecentRun | null {
    return (run && this.#list.value.find((recent) => isOf(recent, run))) ?? null;
  }

  remove(id: number): void {
    this.#list.value = this.#list.value.filter((recent) => recent.id !== id);
  }

  /** What was run is of a model that is gone. */
  forget(model: string): void {
    this.#list.value = this.#list.value.filter(({ place }) => place.model !== model);
  }

  /** What was kept before the page was loaded again. */
  restore(kept: readonly Omit<RecentRun, "id" | "run">[]): void {
    const old = kept.map((recent) => ({ ...recent, id: this.#ids++, run: null }));
    this.#list.value = [...this.#list.value, ...old].slice(0, MOST_LISTED);
  }

  #look(id: number): void {
    this.#looked = [...this.#looked.filter((other) => other !== id), id];
  }

  /** Runs that were not looked at for longest are let go; what no address makes again leaves the list. */
  #withinBounds(all: readonly RecentRun[]): readonly RecentRun[] {
    const lately = [...all].sort((a, b) => this.#looked.indexOf(b.id) - this.#looked.indexOf(a.id));
    const seen = new Set<Trace>();
    const whole = new Set<number>();
    for (const { id, run } of lately) {
      if (run === null || whole.size === MOST_WHOLE) continue;
      for (const trace of tracesOf(run)) seen.add(trace);
      if (whole.size > 0 && heldBytes(seen) > MOST_BYTES) break;
      whole.add(id);
    }
    const kept = all.map((recent) => (whole.has(recent.id) ? recent : { ...recent, run: null }));
    return kept.filter(({ run, place }) => run !== null || isRepeatable(place)).slice(0, MOST_LISTED);
  }
}

/** The text that a run kept whole was compared with. */
function otherOf({ run, place }: RecentRun): string | null {
  return run?.b ? place.b : null;
}

/** True if this is the entry of a run: layers that came later and seconds make it no other. */
function isOf(recent: RecentRun, run: Run): boolean {
  return recent.run?.trace === run.trace && (recent.run.b ?? null) === (run.b ?? null);
}

/** True if a run shows all that an older one of the same key did. */
function replaces(recent: RecentRun, older: RecentRun): boolean {
  if (runKey(recent.place) !== runKey(older.place)) return false;
  const compared = older.run ? otherOf(older) : comparedWith(older.place);
  return compared === null || compared === otherOf(recent);
}

/** All runs behind one picture. */
export function tracesOf({ trace, before, b }: Pick<Run, "trace" | "before" | "b">): Trace[] {
  return [trace, before, b].filter((one) => one != null);
}

/** True if the address of a place makes the same run again: files and pictures of this machine are in no address. */
export function isRepeatable(place: Place): boolean {
  if (place.image !== "" || (place.trace ?? place.model ?? OPENED).startsWith(OPENED)) return false;
  return runKey(readUrl("", `#${writeUrl(place)}`)) === runKey(place);
}

function aboutOf(place: Place, { trace, input, seconds, picture }: Run): AboutRun {
  const { model, streams } = trace.manifest;
  const words = [input.text, input.pair, input.target].filter(Boolean).join(" / ");
  const text = words || (picture ? picture.name || "The page's own picture" : "");
  return {
    model: model.name.split("/").at(-1)!,
    text: beginningOf(text.trim().replace(/\s+/g, " ")),
    tokens: streams.reduce((sum, { tokens }) => sum + tokens.length, 0),
    edits: activeOf(place.edits).length,
    recorded: seconds === null,
  };
}

function beginningOf(text: string): string {
  const letters = [...text.slice(0, 3 * TOLD)];
  return letters.length > TOLD ? `${letters.slice(0, TOLD).join("")}…` : text;
}
