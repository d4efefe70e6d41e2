// Whether there are neurons to show: of the selected head, of any head, of a row.

import { computed, type ReadonlySignal } from "@preact/signals";
import type { Trace } from "../../trace/index.ts";
import type { Selection } from "../../views/index.ts";
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

  /** True if the selected head's queries and keys are known. */
  readonly known: ReadonlySignal<boolean> = computed(() => {
    this.#of.arriving.value;
    const [trace, selection] = [this.#of.trace.value, this.#of.selection.value];
    return (
      trace !== null &&
      selection !== null &&
      !this.#of.joined.value &&
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
    () => this.known.value && pinnedQuery(this.#of.selection.value!) !== null,
  );
}

function anyIn(trace: Trace): boolean {
  return trace.manifest.blocks.some(({ name, layers, heads }) =>
    Array.from({ length: layers * heads }, (_, i) => i).some((i) =>
      trace.hasQueriesAndKeys(name, Math.floor(i / heads), i % heads),
    ),
  );
}
