// Regions of the matrix as the page keeps them: rows are pinned, and columns are the words that heads are ranked by.

import { computed, type ReadonlySignal } from "@preact/signals";
import type { Attention } from "../../trace/index.ts";
import type { Selection } from "../../views/index.ts";
import type { MarkedRegion } from "../../views/matrix/view.ts";
import { type Counterpart, selectionHere } from "../../views/read/counterpart.ts";
import type { Place } from "./place.ts";
import type { Readings } from "./readings.ts";

/** What regions are kept in. */
export interface MarkedIn {
  readonly place: ReadonlySignal<Place>;
  readonly attention: ReadonlySignal<Attention | null>;
  readonly readings: Readings;
  /** Take over a selection, with what else changes of the place. */
  readonly select: (selection: Selection, more: Partial<Place>) => void;
}

export class Regions {
  readonly #in: MarkedIn;

  constructor(markedIn: MarkedIn) {
    this.#in = markedIn;
  }

  /** The words that heads are ranked by, as positions of the reading on the side that is not pinned. */
  readonly to: ReadonlySignal<readonly number[]> = computed(() => {
    const reading = this.#in.readings.shown.value;
    const { to } = this.#in.place.value;
    if (!reading || to.length === 0) return [];
    const side = reading.selection.side === "query" ? "key" : "query";
    const count = this.#in.attention.value!.tokens(side).length;
    const inside = to.filter((token) => token < count);
    return reading.positions(side, inside);
  });

  /** Pin the rows of a region, and rank heads by what they give to its columns. Always the same functions. */
  readonly onRegion = ({ selection, keys }: MarkedRegion): void => {
    this.#in.select(selection, askedBy(keys, this.#in.place.value));
  };
  /** The same in the reading that is shown. */
  readonly onReadRegion = ({ selection, keys }: MarkedRegion): void => {
    const reading = this.#in.readings.shown.value!;
    this.onRegion({ selection: reading.back(selection), keys: reading.tokens("key", keys) });
  };
}

/** What a region's columns change of a place: none, for a region of whole rows, asks for no word. */
export function askedBy(keys: readonly number[], { score }: Place): Pick<Place, "to" | "score"> {
  if (keys.length > 0) return { to: keys, score: "words" };
  return { to: [], score: score === "words" ? null : score };
}

/** A region of the counterpart, by the tokens of the run that is shown. */
export function regionHere({ selection, keys }: MarkedRegion, counterpart: Counterpart): MarkedRegion {
  const columns = { ...selection, side: "key", pins: keys } as const;
  return {
    selection: selectionHere(selection, counterpart),
    keys: selectionHere(columns, counterpart).pins,
  };
}
