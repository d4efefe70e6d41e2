// Whether there are neurons to show: of the selected head, of any head, of a row.

import { computed, type ReadonlySignal } from "@preact/signals";
import type { Trace } from "../../trace/index.ts";
import type { Hover, Selection } from "../../views/index.ts";
import { pinnedQuery } from "../../views/neuron/picture.ts";

/** What is asked about. */
export interface NeuronsOf {
  readonly trace: ReadonlySignal<Trace | null>;
  readonly selection: ReadonlySignal<Selection | null>;
  readonly joined: ReadonlySignal<boolean>;
  /** Changes when layers come. */
  readonly arriving: ReadonlySignal<number | null>;
}

/** Neurons of what is shown. */
export class Neurons {
  readonly #of: NeuronsOf;

  constructor(of: NeuronsOf) {
    this.#of = of;
  }

  /** The selection as neurons show it: of joined attentions the encoder's of a source word, else the cross one. */
  readonly selection: ReadonlySignal<Selection | null> = computed(() => {
    const selection = this.#of.selection.value;
    return selection && this.#of.joined.value ? partOf(selection, this.#source) : selection;
  });
  /** Source words that stand before the target's in joined attentions. */
  get #source(): number {
    return this.#of.trace.value?.stream("encoder").tokens.length ?? 0;
  }
  /** A hover of the neurons, among the words that are shown. */
  hoverBack(hover: Hover): Hover {
    const behind = this.#of.joined.value && this.selection.value?.block === "cross";
    return behind && hover.query !== null ? { ...hover, query: hover.query + this.#source } : hover;
  }
  /** True if the selected head's queries and keys are known. */
  readonly known: ReadonlySignal<boolean> = computed(() => {
    this.#of.arriving.value;
    const [trace, selection] = [this.#of.trace.value, this.selection.value];
    return (
      trace !== null &&
      selection !== null &&
      trace.hasQueriesAndKeys(selection.block, selection.layer, selection.focus)
    );
  });
  /** True if the run has queries and keys of any head, so that the dock has something to show. */
  readonly inRun: ReadonlySignal<boolean> = computed(() => {
    const trace = this.#of.trace.value;
    return trace !== null && anyIn(trace);
  });
  /** True if there is a row whose neurons can be shown. */
  readonly ready: ReadonlySignal<boolean> = computed(
    () => this.known.value && pinnedQuery(this.selection.value!) !== null,
  );
}

/** A selection among joined words as one of the part that its last pinned query belongs to. */
function partOf(selection: Selection, source: number): Selection {
  const inSource = (selection.pins.at(-1) ?? source) < source;
  const pins = selection.pins.filter((pin) => pin < source === inSource);
  return inSource
    ? { ...selection, block: "encoder", pins }
    : { ...selection, block: "cross", pins: pins.map((pin) => pin - source) };
}

function anyIn(trace: Trace): boolean {
  return trace.manifest.blocks.some(({ name, layers, heads }) =>
    Array.from({ length: layers * heads }, (_, i) => i).some((i) =>
      trace.hasQueriesAndKeys(name, Math.floor(i / heads), i % heads),
    ),
  );
}
