// The neuron view: the paper's distance head, rotary pairs with shared keys, values, narrow boxes, what is missing.

import { Trace } from "../../../src/trace/index.ts";
import type { Edited, Selection } from "../../../src/views/index.ts";
import { NeuronBar } from "../../../src/views/neuron/bar.ts";
import { NeuronView, type NeuronViewProps } from "../../../src/views/neuron/view.ts";
import { syntheticTrace } from "../../synthetic.ts";
import { recorded } from "../recorded.ts";
import { box, report, type State } from "../state.ts";

const [john, lily] = await Promise.all(
  ["gallery/traces/gpt2-john-smith.safetensors", "test/fixtures/views/stories260k-lily.safetensors"].map(
    recorded,
  ),
);

type Chosen = Partial<Selection> & Pick<Selection, "layer" | "focus">;

function selected(chosen: Chosen): Selection {
  return { block: "self", heads: [chosen.focus], pins: [], side: "query", ...chosen };
}

function state(
  trace: Trace,
  chosen: Chosen,
  size: readonly [number, number],
  more: Partial<NeuronViewProps> = {},
): State {
  return (target, theme) =>
    new NeuronView(box(target, Math.min(size[0], innerWidth), size[1]), {
      trace,
      selection: selected(chosen),
      theme,
      onHover: (hover) => report("hover", hover),
      onNeuron: (dims) => report("neuron", dims),
      ...more,
    });
}

const dock = [1040, 316] as const;

export const fadesWithDistance = state(john!, { layer: 1, focus: 10, pins: [8] }, dock);
export const previousToken = state(john!, { layer: 4, focus: 11, pins: [8] }, dock);
export const rotary = state(lily!, { layer: 4, focus: 4, pins: [26] }, dock);
export const values = state(lily!, { layer: 4, focus: 4, pins: [26] }, dock, { vectors: "values" });

/** Two neurons of the query, and one of the keys of two words, changed by edits. */
const edited: Edited = {
  head: () => true,
  cells: () => [],
  vectors: () => [
    { at: "q", positions: new Set([8]), units: new Set([9, 22, 23]) },
    { at: "q", positions: new Set([2]), units: new Set([40]) }, // of a word that is not pinned
    { at: "k", positions: new Set([4, 5]), units: new Set([12]) },
    { at: "v", positions: new Set([4]), units: new Set([30]) },
  ],
};
export const neuronsEdited = state(john!, { layer: 1, focus: 10, pins: [8] }, dock, { edited });
export const pairEdited = state(lily!, { layer: 4, focus: 4, pins: [26] }, dock, {
  edited: {
    ...edited,
    vectors: () => [
      { at: "q", positions: new Set([26]), units: new Set([3, 7]) },
      { at: "k", positions: new Set([26, 11]), units: new Set([0, 1, 2, 3, 4, 5, 6, 7]) },
    ],
  },
});
export const valuesEdited = state(lily!, { layer: 4, focus: 4, pins: [26] }, dock, {
  vectors: "values",
  edited: {
    ...edited,
    vectors: () => [{ at: "v", positions: new Set([19]), units: new Set([5, 6]) }],
  },
});
export const narrowEdited = state(john!, { layer: 1, focus: 10, pins: [8] }, [680, 276], { edited });
export const narrow = state(john!, { layer: 4, focus: 11, pins: [8] }, [680, 276]);
export const phone = state(john!, { layer: 1, focus: 10, pins: [8] }, [390, 540]);
export const noPin = state(john!, { layer: 1, focus: 10 }, dock);
export const noValues = state(john!, { layer: 1, focus: 10, pins: [8] }, dock, { vectors: "values" });
export const noKeys = state(syntheticTrace({ layers: 1 }), { layer: 0, focus: 0, pins: [3] }, dock);
export const table = state(john!, { layer: 4, focus: 11, pins: [8] }, dock, { table: true });
export const words512 = state(
  syntheticTrace({ layers: 1, heads: 2, tokens: 512, store: "qk" }),
  { layer: 0, focus: 1, pins: [511] },
  dock,
);

/** A soft cap, a bias per distance and a learned sink. */
export const capBiasSink: State = (target, theme) => {
  const base = syntheticTrace({ layers: 1, heads: 2, tokens: 10, store: "qk", headSize: 32 });
  const { manifest, tensors } = base.parts();
  const blocks = manifest.blocks.map((block) => ({
    ...block,
    recipe: {
      scale: 0.2,
      causal: true,
      window: null,
      softcap: 20,
      bias: { alibi: [0.5, 0.25] },
      sinks: true,
    },
  }));
  const sinks = { dtype: "F32", shape: [2], data: Float32Array.from([2, 1]) } as const;
  const trace = new Trace({ ...manifest, blocks }, new Map([...tensors, ["self.0.sinks", sinks]]));
  return state(trace, { layer: 0, focus: 0, pins: [9] }, dock)(target, theme);
};

/** The bar above the view, with values and without. */
export const bar: State = (target, theme) => {
  target.style.cssText = "padding:16px;display:grid;gap:12px;width:480px";
  const view: NeuronBar = new NeuronBar(target, {
    trace: lily!,
    selection: selected({ layer: 4, focus: 4, pins: [26] }),
    theme,
    onVectors: (vectors) => {
      report("vectors", vectors);
      view.update({ vectors });
    },
  });
  new NeuronBar(target, { trace: john!, selection: selected({ layer: 4, focus: 11, pins: [8] }), theme });
  return view;
};
