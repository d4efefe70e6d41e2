// The gallery: recorded runs with a sentence of explanation and the place that shows what it says.

import type { GalleryPicture } from "./gallery-picture.ts";
import type { Place } from "./place.ts";
import { readUrl } from "./url.ts";

/** One entry of gallery/entries.json. */
export interface Example {
  readonly id: string;
  readonly title: string;
  /** Its name among the examples of a first visit, in short; left out where it is not one of them. */
  readonly chip?: string;
  /** The head that it is about, small. */
  readonly picture?: GalleryPicture;
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

/** What the page begins with: the first example of the tour. */
export function firstExample(gallery: readonly Example[]): Example | undefined {
  return tour(gallery)[0];
}

/** The examples of a first visit, in the gallery's order; the gallery's first where it names none. */
export function tour(gallery: readonly Example[]): Example[] {
  const named = gallery.filter((example) => example.chip !== undefined);
  return named.length > 0 ? named : gallery.slice(0, 4);
}

/** The recorded run of the text that a place compares with, by the same model; undefined where there is none. */
export function recordedOther(gallery: readonly Example[], { model, b }: Place): Example | undefined {
  if (model === null || b === "") return undefined;
  return gallery.find((example) => example.model === model && example.input.text === b);
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

/** Where an example's trace lies, relative to the page. */
export function traceUrl(example: Example): string {
  return `gallery/${example.trace}`;
}

/** The example of a run that shows the head a place names, else the run's first example. */
export function exampleAt(gallery: readonly Example[], url: string, place: Place): Example | undefined {
  const ofRun = gallery.filter((example) => traceUrl(example) === url);
  const same = ofRun.find((example) => {
    const { layer, heads, filter, b } = readUrl("", `#${example.state}`);
    const here = layer === place.layer && heads.join() === place.heads.join();
    return here && filter === place.filter && b === place.b;
  });
  return same ?? ofRun[0];
}
