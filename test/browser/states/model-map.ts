// The model map: grid, ranked, large, filtered, encoder-decoder, unrecorded heads, table.

import { attentionOf, type Trace } from "../../../src/trace/index.ts";
import { NO_FILTER, type Selection, type ThemeName } from "../../../src/views/index.ts";
import { ModelMap, type ModelMapProps } from "../../../src/views/map/view.ts";
import { later } from "../../later.ts";
import { random, syntheticTrace, syntheticTranslation } from "../../synthetic.ts";
import { recorded } from "../recorded.ts";
import { box, report, type State } from "../state.ts";

const [john, cat, elephant] = await Promise.all(
  ["gpt2-john-smith", "bert-cat-rug", "opus-mt-en-de-elephant"].map((name) =>
    recorded(`gallery/traces/${name}.safetensors`),
  ),
);

const SELECTION: Selection = {
  block: "self",
  layer: 4,
  heads: [3, 7, 11],
  focus: 11,
  pins: [],
  side: "query",
};

/** Scores that go with no picture: seeded, most of them small. */
function scoresOf(trace: Trace): Float32Array {
  const uniform = random(5);
  const { layers, heads } = trace.manifest.blocks[0]!;
  return Float32Array.from({ length: layers * heads }, () => uniform() ** 3);
}

function mount(
  target: HTMLElement,
  theme: ThemeName,
  trace: Trace,
  props: Partial<ModelMapProps> = {},
  width = 368,
): ModelMap {
  const scores = scoresOf(trace);
  const { heads } = trace.manifest.blocks[0]!;
  const map = new ModelMap(box(target, width + 32, undefined, 16), {
    attention: attentionOf(trace, (props.selection ?? SELECTION).block),
    selection: SELECTION,
    filter: NO_FILTER,
    theme,
    scores,
    scoreName: "previous token",
    threshold: 0.5,
    describe: (layer, head) => ({
      label: scores[layer * heads + head]! > 0.5 ? "previous token" : "",
      scores: [
        { name: "Previous token", value: scores[layer * heads + head]! },
        { name: "First token", value: 1 - scores[layer * heads + head]! },
      ],
    }),
    onSelect: (selection) => {
      report("select", selection);
      map.update({ selection });
    },
    onHover: (hover) => report("hover", hover),
    onOpenMatrix: (place) => report("matrix", place),
    ...props,
  });
  return map;
}

export const grid: State = (target, theme) => mount(target, theme, syntheticTrace({ tokens: 9 }));

export const ranked: State = (target, theme) =>
  mount(target, theme, syntheticTrace({ layers: 5, tokens: 13, pair: true }), { sort: "score" });

export const pair: State = (target, theme) =>
  mount(target, theme, syntheticTrace({ tokens: 15, pair: true }), {
    filter: { ...NO_FILTER, segments: { query: 0, key: 1 } },
  });

export const long: State = (target, theme) => mount(target, theme, syntheticTrace({ tokens: 128 }));

/** Recomputed from queries and keys, of which a thumbnail has room for a part only. */
export const sampled: State = (target, theme) =>
  mount(target, theme, syntheticTrace({ layers: 2, heads: 4, tokens: 512, headSize: 16, store: "qk" }), {
    selection: { ...SELECTION, layer: 1, heads: [2], focus: 2 },
  });

export const windowed: State = (target, theme) =>
  mount(target, theme, syntheticTrace({ layers: 5, tokens: 24, window: [6, 0] }));

export const cross: State = (target, theme) =>
  mount(target, theme, syntheticTranslation(), {
    selection: { ...SELECTION, block: "cross", layer: 5, heads: [7], focus: 7 },
  });

export const unrecorded: State = (target, theme) =>
  mount(target, theme, syntheticTrace({ layers: 32, heads: 32, tokens: 34, recorded: [0] }), {
    selection: { ...SELECTION, layer: 0, heads: [7, 18, 28], focus: 7 },
  });

export const wide: State = (target, theme) =>
  mount(target, theme, syntheticTrace({ layers: 12, heads: 64, tokens: 24 }), {
    selection: { ...SELECTION, layer: 1, heads: [40], focus: 40 },
  });

/** Thumbnails that come one by one, as from a worker. */
export const late: State = (target, theme) => {
  const trace = syntheticTrace({ layers: 6, heads: 8, tokens: 9 });
  return mount(target, theme, trace, {
    selection: { ...SELECTION, layer: 2, heads: [3], focus: 3 },
    thumbnail: async (layer, head) => {
      await new Promise((done) => setTimeout(done, 20));
      return Float32Array.from({ length: 81 }, (_, i) => ((i * (head + 1)) % 7 === layer ? 0.8 : 0));
    },
  });
};

/** Another run, none of whose thumbnails has come yet. */
export const replaced: State = (target, theme) => {
  const map = mount(target, theme, syntheticTrace({ tokens: 9 }));
  const attention = attentionOf(syntheticTrace({ tokens: 12 }), "self");
  map.update({ attention, scores: null, thumbnail: () => new Promise(() => undefined) });
  return map;
};

/** Rows that come after a while. */
export const slow: State = (target, theme) => {
  const trace = syntheticTrace({ layers: 2, heads: 3, tokens: 5 });
  const selection = { ...SELECTION, layer: 0, heads: [0], focus: 0 };
  const attention = later(attentionOf(trace, "self"), { wait: 100 });
  return mount(target, theme, trace, { selection, attention });
};

/** A source that fails, as a worker that runs out of memory does. */
export const failing: State = (target, theme) =>
  mount(target, theme, syntheticTrace({ layers: 2, heads: 2, tokens: 5 }), {
    selection: { ...SELECTION, layer: 0, heads: [0], focus: 0 },
    thumbnail: () => Promise.reject(new Error("The worker ran out of memory. Choose a shorter text.")),
  });

export const table: State = (target, theme) =>
  mount(target, theme, syntheticTrace({ tokens: 9 }), { table: true }, 760);

/** Some layers and heads alone; the selected layer is among them, two of its heads are. */
export const cut: State = (target, theme) =>
  mount(target, theme, syntheticTrace({ tokens: 9 }), { cut: { layers: [2, 4, 9], heads: [0, 3, 5, 11] } });

export const gpt2: State = (target, theme) => mount(target, theme, john!);

export const bert: State = (target, theme) =>
  mount(target, theme, cat!, {
    selection: { ...SELECTION, layer: 10, heads: [10], focus: 10 },
    sort: "score",
  });

export const marian: State = (target, theme) =>
  mount(target, theme, elephant!, {
    selection: { ...SELECTION, block: "cross", layer: 5, heads: [7], focus: 7 },
  });
