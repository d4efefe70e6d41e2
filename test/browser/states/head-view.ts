// The head view: few and many words, pins on both sides, pairs, many heads, hostile text.

import { type Attention, attentionOf, joinedOf, type Trace } from "../../../src/trace/index.ts";
import { HeadViews } from "../../../src/views/head/beside.ts";
import { HeadView, type HeadViewProps } from "../../../src/views/head/view.ts";
import { NO_FILTER } from "../../../src/views/index.ts";
import { later } from "../../later.ts";
import { hostileTrace, syntheticTrace } from "../../synthetic.ts";
import { box, report, type State, toldToGoOn } from "../state.ts";
import { type Chosen, cat, elephant, john, lily, llama, propsOf, swim } from "./head-props.ts";

function state(
  source: Trace | Attention,
  chosen: Chosen,
  size: readonly [number, number],
  more: Partial<HeadViewProps> = {},
): State {
  return (target, theme) => {
    const inner = box(target, Math.min(size[0], innerWidth), size[1]);
    const view: HeadView = new HeadView(inner, {
      ...propsOf(source, chosen, theme),
      onSelect: (next) => {
        report("select", next);
        view.update({ selection: next });
      },
      onHover: (hover) => report("hover", hover),
      ...more,
    });
    return view;
  };
}

const panel = [640, 412] as const;
const tall = [552, 728] as const;

export const pinned = state(john!, { layer: 4, heads: [11], pins: [8] }, panel);
export const unpinned = state(john!, { layer: 4, heads: [11] }, panel);
export const threeHeads = state(john!, { layer: 4, heads: [3, 7, 11], focus: 11, pins: [8] }, panel);
export const fadesWithDistance = state(john!, { layer: 1, heads: [10], pins: [8] }, panel);
export const toOneWord = state(john!, { layer: 1, heads: [10], pins: [1], side: "key" }, panel);
export const pair = state(cat!, { layer: 3, heads: [0], pins: [2] }, [440, 480]);
export const crossSentence = state(cat!, { layer: 3, heads: [0] }, tall, {
  filter: { ...NO_FILTER, segments: { query: 0, key: 1 } },
});
export const severalWords = state(cat!, { layer: 10, heads: [8, 10], focus: 10, pins: [2, 6, 10] }, tall);
export const wordPieces = state(lily!, { layer: 4, heads: [4], pins: [26] }, [640, 438], {
  filter: { ...NO_FILTER, strongest: 0.95 },
});
export const manyHeads = state(llama!, { layer: 0, heads: [7, 18, 28], focus: 7, pins: [20] }, [552, 716]);
export const cross = state(elephant!, { block: "cross", layer: 5, heads: [7], pins: [8] }, tall);
/** Source and target of a translation in one list. */
export const joined = state(joinedOf(elephant!)!, { layer: 5, heads: [7], pins: [15] }, tall);
/** Every word but the first was written by a model. */
export const written = state(swim!, { block: "decoder", layer: 2, heads: [0], pins: [3] }, panel);
export const unrecorded = state(llama!, { layer: 2, heads: [0] }, panel);
/** Three layers over the same words. */
export const beside: State = (target, theme) => {
  const inner = box(target, 1280, 412);
  const view: HeadViews = new HeadViews(inner, {
    attention: attentionOf(john!, "self"),
    selection: { block: "self", layer: 4, heads: [11], focus: 11, pins: [8], side: "query" },
    filter: NO_FILTER,
    theme,
    layers: [1, 4, 5],
    onSelect: (selection) => {
      report("select", selection);
      view.update({ selection });
    },
    onHover: (hover) => {
      report("hover", hover);
      view.update({ hover });
    },
  });
  return view;
};

/** Rows that come when they are told to, and rows that cannot be had. */
export const slow: State = (target, theme) =>
  state(
    later(attentionOf(john!, "self"), { until: toldToGoOn() }),
    { layer: 4, heads: [11], pins: [8] },
    panel,
  )(target, theme);
export const broken: State = (target, theme) =>
  state(
    later(attentionOf(john!, "self"), { problem: "The kernel was restarted." }),
    { layer: 4, heads: [11] },
    panel,
  )(target, theme);
export const phone = state(john!, { layer: 4, heads: [11], pins: [8] }, [390, 490]);
export const words256 = state(
  syntheticTrace({ layers: 2, tokens: 256, headSize: 64, store: "qk" }),
  { layer: 1, heads: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] },
  [640, 728],
);
export const late = state(
  syntheticTrace({ layers: 1, heads: 2, tokens: 256 }),
  { layer: 0, heads: [0], pins: [250] },
  [640, 412],
);
export const hairlines = state(
  syntheticTrace({ layers: 1, heads: 2, tokens: 96 }),
  { layer: 0, heads: [0, 1] },
  [460, 240],
);
export const words2048 = state(
  syntheticTrace({ layers: 1, heads: 4, tokens: 2048, store: "qk" }),
  { layer: 0, heads: [0, 1, 2, 3] },
  [640, 728],
);

/** Tokens that hold markup, control characters, right-to-left text, wide characters. */
export const hostile: State = (target, theme) => {
  return state(hostileTrace(), { layer: 0, heads: [0, 1], pins: [9] }, panel)(target, theme);
};
