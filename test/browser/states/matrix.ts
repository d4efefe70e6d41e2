// The matrix: small with numbers, a pair, long, full with a list, cross-attention, table.

import { type Attention, attentionOf, joinedOf, Trace } from "../../../src/trace/index.ts";
import { NO_FILTER, type Selection, type ThemeName } from "../../../src/views/index.ts";
import { type MatrixProps, MatrixView } from "../../../src/views/matrix/view.ts";
import { later } from "../../later.ts";
import { syntheticTrace, syntheticTranslation } from "../../synthetic.ts";
import { recorded } from "../recorded.ts";
import { box, report, type State, toldToGoOn } from "../state.ts";

const [john, cat, elephant] = await Promise.all(
  ["gpt2-john-smith", "bert-cat-rug", "opus-mt-en-de-elephant"].map((name) =>
    recorded(`gallery/traces/${name}.safetensors`),
  ),
);

const SELECTION: Selection = { block: "self", layer: 0, heads: [1], focus: 1, pins: [8], side: "query" };

function mount(
  target: HTMLElement,
  theme: ThemeName,
  source: Trace | Attention,
  props: Partial<MatrixProps> = {},
  size: readonly [number, number] = [400, 412],
): MatrixView {
  const { block } = props.selection ?? SELECTION;
  const matrix = new MatrixView(box(target, ...size), {
    attention: source instanceof Trace ? attentionOf(source, block) : source,
    selection: SELECTION,
    filter: NO_FILTER,
    theme,
    onSelect: (selection) => {
      report("select", selection);
      matrix.update({ selection });
    },
    onHover: (hover) => report("hover", hover),
    onRegion: (region) => {
      report("region", region);
      matrix.update({ selection: region.selection, to: region.keys });
    },
    onContext: (context) => report("context", context),
    ...props,
  });
  return matrix;
}

const small = (): Trace => syntheticTrace({ layers: 1, heads: 4, tokens: 9, seed: 2 });

export const causal: State = (target, theme) => mount(target, theme, small());

export const live: State = (target, theme) =>
  mount(target, theme, syntheticTrace({ layers: 1, heads: 2, tokens: 12, store: "qk", window: [5, 0] }));

export const pair: State = (target, theme) =>
  mount(target, theme, syntheticTrace({ layers: 1, heads: 4, tokens: 13, pair: true }), {}, [420, 440]);

export const cross: State = (target, theme) =>
  mount(
    target,
    theme,
    syntheticTranslation(),
    { selection: { ...SELECTION, block: "cross", layer: 5, heads: [7], focus: 7 } },
    [490, 700],
  );

export const full: State = (target, theme) =>
  mount(
    target,
    theme,
    syntheticTrace({ layers: 1, heads: 12, tokens: 49, causal: false, seed: 4 }),
    { full: true, selection: { ...SELECTION, heads: [10], focus: 10, pins: [31] } },
    [1040, 728],
  );

/** More words than pixels, recomputed from queries and keys. */
export const long: State = (target, theme) =>
  mount(
    target,
    theme,
    syntheticTrace({ layers: 1, heads: 2, tokens: 2048, headSize: 16, store: "qk" }),
    { full: true, selection: { ...SELECTION, pins: [] } },
    [1040, 728],
  );

/** As many, stored: the whole matrix is painted in one go. */
export const longStored: State = (target, theme) =>
  mount(
    target,
    theme,
    syntheticTrace({ layers: 1, heads: 2, tokens: 2048 }),
    { full: true, selection: { ...SELECTION, pins: [] } },
    [1040, 728],
  );

/** Words whose turned labels have less room than their cells, three neighbours pinned among them. */
export const crowded: State = (target, theme) =>
  mount(
    target,
    theme,
    syntheticTrace({ layers: 1, heads: 4, tokens: 32 }),
    { selection: { ...SELECTION, pins: [20, 21, 22], side: "key" } },
    [420, 420],
  );

/** A cell that another view points at: lines beside its row and column. */
export const hovered: State = (target, theme) =>
  mount(target, theme, john!, {
    selection: { ...SELECTION, layer: 1, heads: [10], focus: 10, pins: [8] },
    hover: { layer: 1, head: 10, query: 6, key: 3 },
  });

/** Pinned words and the words that somebody asks about: framed where they meet. */
export const asked: State = (target, theme) =>
  mount(target, theme, john!, {
    selection: { ...SELECTION, layer: 1, heads: [10], focus: 10, pins: [4, 5, 6, 8] },
    to: [1, 2, 4],
  });

export const table: State = (target, theme) =>
  mount(target, theme, syntheticTrace({ layers: 1, heads: 4, tokens: 70 }), { table: true }, [900, 600]);

export const gpt2: State = (target, theme) =>
  mount(target, theme, john!, { selection: { ...SELECTION, layer: 1, heads: [10], focus: 10, pins: [8] } });

export const bert: State = (target, theme) =>
  mount(
    target,
    theme,
    cat!,
    { selection: { ...SELECTION, layer: 10, heads: [10], focus: 10, pins: [5] } },
    [487, 728],
  );

export const marian: State = (target, theme) =>
  mount(
    target,
    theme,
    elephant!,
    { selection: { ...SELECTION, block: "cross", layer: 5, heads: [7], focus: 7, pins: [8] } },
    [487, 728],
  );

/** Source and target of a translation in one matrix. */
export const joined: State = (target, theme) =>
  mount(
    target,
    theme,
    joinedOf(elephant!)!,
    { selection: { ...SELECTION, layer: 5, heads: [7], focus: 7, pins: [15] } },
    [487, 728],
  );

/** Rows that come when they are told to, and rows that cannot be had. */
export const slow: State = (target, theme) =>
  mount(target, theme, later(attentionOf(small(), "self"), { until: toldToGoOn() }));

export const broken: State = (target, theme) =>
  mount(target, theme, later(attentionOf(small(), "self"), { problem: "The kernel was restarted." }));
