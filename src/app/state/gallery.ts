// The gallery: recorded runs with a sentence of explanation and the place that shows what it says.

import type { Place } from "./place.ts";
import { readUrl } from "./url.ts";

/** One entry of gallery/entries.json. */
export interface Example {
  readonly id: string;
  readonly title: string;
  /** One sentence: what there is to see. */
  readonly text: string;
  /** The figure of the paper it is like, or "". */
  readonly figure?: string;
  /** The trace file beside entries.json. */
  readonly trace: string;
  /** The place as the address writes it, e.g. "l=4&h=11&pin=8". */
  readonly state: string;
  /** The bundled model that can run it, or null where the run is only recorded. */
  readonly model: string | null;
  /** What was run, to fill the text fields. */
  readonly input: { readonly text: string; readonly pair?: string; readonly target?: string };
}

/** The place that an example names; theme and the order of the map stay as they are. */
export function placeOfExample(example: Example, now: Place): Place {
  const named = readUrl("", `#${example.state}`);
  return {
    ...named,
    model: example.model,
    text: example.input.text,
    pair: example.input.pair ?? "",
    target: example.input.target ?? "",
    trace: traceUrl(example),
    theme: now.theme,
    tab: now.tab,
    dock: now.dock === "closed" ? "closed" : named.dock,
  };
}

/** What the page begins with: the first example of a model of our own, else the first of all. */
export function firstExample(gallery: readonly Example[]): Example | undefined {
  return gallery.find((example) => example.model !== null) ?? gallery[0];
}

/** Examples for a first visit: the first live ones, then the first recorded one of each model. */
export function tour(gallery: readonly Example[], most: number): Example[] {
  const live = gallery.filter((example) => example.model !== null).slice(0, Math.ceil(most / 2));
  const recorded = gallery.filter((example) => example.model === null);
  const fresh = recorded.filter((e, i) => recorded.findIndex((other) => kindOf(other) === kindOf(e)) === i);
  const rest = recorded.filter((example) => !fresh.includes(example));
  return [...live, ...[...fresh, ...rest].slice(0, most - live.length)];
}

/** The groups of the gallery, in its order. */
export const GROUPS = ["Figures of the paper", "Small models", "Translators"] as const;

/** Which group an example belongs to. */
export function groupOf({ trace, model }: Example): (typeof GROUPS)[number] {
  if (/translate|opus/.test(trace)) return GROUPS[2];
  return model === null ? GROUPS[0] : GROUPS[1];
}

/** The gallery in the order of its groups. */
export function inGroups(gallery: readonly Example[]): Example[] {
  return GROUPS.flatMap((group) => gallery.filter((example) => groupOf(example) === group));
}

/** The example before or after one, around the ends; the first where none is shown. */
export function stepExample(
  gallery: readonly Example[],
  shown: string | null,
  step: 1 | -1,
): Example | undefined {
  const all = inGroups(gallery);
  const at = all.findIndex(({ id }) => id === shown);
  return at < 0 ? all[0] : all[(at + step + all.length) % all.length];
}

/** What comes first in the trace's name: the model. */
function kindOf({ trace }: Example): string {
  return trace.split("/").at(-1)!.split("-")[0]!;
}

/** Where an example's trace lies, relative to the page. */
export function traceUrl(example: Example): string {
  return `gallery/${example.trace}`;
}

/** The example of a run that shows the head a place names, else the run's first example. */
export function exampleAt(gallery: readonly Example[], url: string, place: Place): Example | undefined {
  const ofRun = gallery.filter((example) => traceUrl(example) === url);
  const same = ofRun.find((example) => {
    const { layer, heads, filter } = readUrl("", `#${example.state}`);
    return layer === place.layer && heads.join() === place.heads.join() && filter === place.filter;
  });
  return same ?? ofRun[0];
}
