// What an address asks for that makes sense and has no effect on the run that is shown: which part, why, and what would
// give it one.

import type { Place } from "./place.ts";

/** A part of an address without effect. */
export interface IdlePart {
  /** As it stands in the address. */
  readonly part: string;
  readonly why: string;
}

/** What of the run decides whether a part has an effect. */
export interface ShownRun {
  /** Several attentions are in one picture. */
  readonly joined: boolean;
  /** There is another run to hold it against. */
  readonly compared: boolean;
  /** The run has two sentences. */
  readonly pair: boolean;
  /** Why its attention cannot be read as the place asks; null where it can. */
  readonly unread: string | null;
}

/** The parts of a place that have no effect on a run. */
export function idleIn(place: Place, run: ShownRun): IdlePart[] {
  const { compare, filter, read, to, pins } = place;
  const uncompared = compare === "off" ? null : whyUncompared(place, run);
  const parts: [string, string | null][] = [
    [`compare=${compare}`, uncompared],
    [`filter=${filter}`, filter === "all" || run.pair ? null : "The run has one sentence."],
    [`read=${read}`, run.unread],
    [`to=${to.join(",")}`, to.length > 0 && pins?.length === 0 ? "No word is pinned; pin one." : null],
  ];
  return parts.flatMap(([part, why]) => (why === null ? [] : [{ part, why }]));
}

function whyUncompared({ trace, model, b, edits }: Place, { joined, compared }: ShownRun): string | null {
  if (compared) return null;
  if (joined) return "Several attentions in one matrix are compared with nothing; choose one of them.";
  if (b === "" && edits.length === 0)
    return "There is no other run; type a text to compare with, or edit the model.";
  if (trace === null) return null;
  return model === null
    ? "The run was recorded, and a second one needs its model. Open the model above and run the text on it."
    : "The run was recorded alone. Press Run, and both are run and compared.";
}
