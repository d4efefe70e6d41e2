// Two runs held against each other: what the run is compared with, and what of it answers to what is shown.

import { computed, type ReadonlySignal, type Signal } from "@preact/signals";
import type { Attention, Trace } from "../../trace/index.ts";
import type { Hover, Selection, Unmatched } from "../../views/index.ts";
import {
  type Counterpart,
  counterpartOf,
  hoverHere,
  selectionThere,
  unmatchedOf,
} from "../../views/read/counterpart.ts";
import type { Place } from "./place.ts";
import type { Run } from "./run.ts";

/** What a comparison is made of. */
export interface Compared {
  readonly place: ReadonlySignal<Place>;
  readonly run: ReadonlySignal<Run | null>;
  /** The attention of the run itself. */
  readonly plain: ReadonlySignal<Attention | null>;
  readonly joined: ReadonlySignal<boolean>;
  readonly selection: ReadonlySignal<Selection | null>;
  readonly hover: Signal<Hover | null>;
}

/** The other run beside the one that is shown. */
export class Comparison {
  readonly #of: Compared;

  constructor(of: Compared) {
    this.#of = of;
  }

  /** What the run can be held against: itself without edits, or text B. */
  readonly other: ReadonlySignal<Counterpart | null> = computed(() => {
    const [run, plain] = [this.#of.run.value, this.#of.plain.value];
    if (!run || !plain || this.#of.joined.value) return null;
    return counterpartOf(run, plain, plain.block);
  });
  /** The same, where somebody compares. */
  readonly counterpart: ReadonlySignal<Counterpart | null> = computed(() =>
    this.#of.place.value.compare === "off" ? null : this.other.value,
  );
  /** The selection by the tokens of the counterpart. */
  readonly selectionThere: ReadonlySignal<Selection | null> = computed(() => {
    const [selection, counterpart] = [this.#of.selection.value, this.counterpart.value];
    return selection && counterpart && selectionThere(selection, counterpart);
  });
  /** Tokens without a counterpart in the run that is compared with, to be hatched. */
  readonly unmatched: ReadonlySignal<Unmatched | null> = computed(() => {
    const counterpart = this.counterpart.value;
    return counterpart && unmatchedOf(counterpart, true);
  });
  /** The same in the counterpart. */
  readonly unmatchedThere: ReadonlySignal<Unmatched | null> = computed(() => {
    const counterpart = this.counterpart.value;
    return counterpart && unmatchedOf(counterpart, false);
  });
  /** Two runs whose sayings are held against each other: before and after edits, text A and B, or one and itself. */
  readonly saysAgainst: ReadonlySignal<{ readonly before: Trace; readonly after: Trace } | null> = computed(
    () => {
      const run = this.#of.run.value;
      if (!run) return null;
      if (run.before) return { before: run.before, after: run.trace };
      const b = this.#of.place.value.compare === "off" ? null : run.b;
      return { before: run.trace, after: b ?? run.trace };
    },
  );

  /** What is pointed at in the counterpart. */
  readonly onHoverThere = (hover: Hover | null): void => {
    const counterpart = this.counterpart.value;
    this.#of.hover.value = counterpart && hoverHere(hover, counterpart);
  };
}
