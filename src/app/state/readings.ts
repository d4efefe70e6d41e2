// How the attention of the run is read in head view, matrix and map (plain, averaged, by words, by values), and where the
// map's thumbnails come from.

import { computed, type ReadonlySignal, type Signal } from "@preact/signals";
import type { Thumbnail } from "../../analysis/index.ts";
import { AT_ONCE, costOf, sliceOf } from "../../analysis/index.ts";
import type { Attention, BlockName, HeadOutputs, Trace } from "../../trace/index.ts";
import type { CellFilter, Hover, Selection } from "../../views/index.ts";
import { ownThumbnails } from "../../views/map/cells.ts";
import type { ThumbnailSource } from "../../views/map/queue.ts";
import { canShow, type Read, type Reading, readingOf } from "../../views/read/reading.ts";
import type { OpenedModel } from "../../wire/protocol.ts";
import type { Place } from "./place.ts";
import type { Run } from "./run.ts";
import { staying } from "./staying.ts";

/** Computes a thumbnail of a long run elsewhere; `here` resolves once its layer has come to the page. */
export type AskThumbnail = (
  trace: Trace,
  what: {
    readonly block: BlockName;
    readonly layer: number;
    readonly head: number;
    readonly size: number;
    readonly filter: CellFilter;
  },
  here: () => Promise<void>,
) => Promise<Thumbnail>;

/** What is read. */
export interface ReadFrom {
  readonly place: ReadonlySignal<Place>;
  readonly run: ReadonlySignal<Run | null>;
  readonly trace: ReadonlySignal<Trace | null>;
  readonly attention: ReadonlySignal<Attention | null>;
  readonly selection: ReadonlySignal<Selection | null>;
  readonly filter: ReadonlySignal<CellFilter | null>;
  readonly joined: ReadonlySignal<boolean>;
  /** The model that made the run, where it is open. */
  readonly own: ReadonlySignal<OpenedModel | null>;
  readonly hover: Signal<Hover | null>;
  /** True while thumbnails stay as they were. */
  readonly behind: ReadonlySignal<boolean>;
  readonly select: (selection: Selection) => void;
}

/** Readings of what is shown. */
export class Readings {
  readonly #from: ReadFrom;
  /** Computes thumbnails of long runs elsewhere; null where there is no elsewhere. */
  askThumbnail: AskThumbnail | null = null;
  /** Asks the open model for the outputs of its heads. */
  askOutputs: HeadOutputs | null = null;

  constructor(from: ReadFrom) {
    this.#from = from;
  }

  /** What can be read, and by what. */
  readonly readable: ReadonlySignal<Read | null> = computed(() => {
    const { trace, attention, selection, run } = this.#from;
    if (!trace.value || !attention.value || !selection.value || !run.value) return null;
    const outputs = run.value.seconds !== null && this.#from.own.value ? this.askOutputs : null;
    return { trace: trace.value, attention: attention.value, selection: selection.value, outputs };
  });
  /** The attention that head view and matrix show, in the chosen reading. */
  readonly shown: ReadonlySignal<Reading | null> = computed(
    () => this.readable.value && readingOf(this.#from.place.value.read, this.readable.value),
  );
  /** The same for the map, which shows every head. */
  readonly map: ReadonlySignal<Reading | null> = computed(() => {
    const { read } = this.#from.place.value;
    return this.readable.value && readingOf(canShow("model", read) ? read : "plain", this.readable.value);
  });
  readonly #mapAttention = computed(() => this.map.value?.attention ?? null);
  /** Where the map's thumbnails come from; another function only where they are others. */
  readonly thumbnails: ReadonlySignal<ThumbnailSource | null> = staying(
    () => this.#from.behind,
    () => {
      const { joined } = this.#from;
      const [trace, attention, filter] = [
        this.#from.trace.value,
        this.#from.attention.value,
        this.#from.filter.value,
      ];
      const ask = this.askThumbnail;
      if (!trace || !attention || !filter) return null;
      const read = this.#mapAttention.value!;
      const { block } = attention;
      if (read !== attention) return ownThumbnails(read, sliceOf(read, filter));
      if (ask && !joined.value && attention.scale === "weight" && costOf(trace, block) > AT_ONCE)
        return (layer, head, size) =>
          ask(trace, { block, layer, head, size, filter }, () => whenHere(attention, layer, head));
      return ownThumbnails(attention, sliceOf(attention, filter));
    },
  );

  // Selections and hovers of a reading, in tokens and heads of the run. Always the same functions.
  readonly onSelect = (selection: Selection): void => this.#from.select(this.shown.value!.back(selection));
  readonly onMapSelect = (selection: Selection): void => this.#from.select(this.map.value!.back(selection));
  readonly onHover = (hover: Hover | null): void => {
    this.#reported = hover;
    this.#from.hover.value = this.shown.value!.hoverBack(hover);
    this.#told = this.#from.hover.value;
  };
  #reported: Hover | null = null;
  #told: Hover | null = null;
  /** What is pointed at, in a reading; what a view of it reported comes back as it was. */
  hoverIn(reading: Reading): Hover | null {
    const hover = this.#from.hover.value;
    return hover === this.#told && reading === this.shown.value ? this.#reported : reading.hoverOf(hover);
  }
}

/** At once, or when the layer has come. */
async function whenHere(attention: Attention, layer: number, head: number): Promise<void> {
  if (attention.state(layer, head) === "pending") await attention.want([{ layer, head, query: 0 }]);
}
