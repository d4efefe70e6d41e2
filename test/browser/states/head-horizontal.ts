// The head view lying down: words along the top and the bottom, in several scripts, narrow and long.

import { type Attention, joinedOf, type Trace } from "../../../src/trace/index.ts";
import { HeadViews, type HeadViewsProps } from "../../../src/views/head/beside.ts";
import { ARABIC, arabic, chinese, english, hebrew, japanese, runOf } from "../../scripts.ts";
import { hostileTrace, syntheticTrace } from "../../synthetic.ts";
import { box, report, type State } from "../state.ts";
import { type Chosen, cat, elephant, john, lily, llama, propsOf, swim } from "./head-props.ts";

function state(
  source: Trace | Attention,
  chosen: Chosen,
  size: readonly [number, number],
  more: Partial<HeadViewsProps> = {},
): State {
  return (target, theme) => {
    const inner = box(target, Math.min(size[0], innerWidth), size[1]);
    const view: HeadViews = new HeadViews(inner, {
      ...propsOf(source, chosen, theme),
      layers: [],
      orientation: "horizontal",
      onSelect: (next) => {
        report("select", next);
        view.update({ selection: next });
      },
      onHover: (hover) => {
        report("hover", hover);
        view.update({ hover });
      },
      ...more,
    });
    return view;
  };
}

const panel = [640, 412] as const;
const wide = [1040, 412] as const;

export const pinned = state(john!, { layer: 4, heads: [11], pins: [8] }, panel);
export const unpinned = state(john!, { layer: 4, heads: [11] }, panel);
export const threeHeads = state(john!, { layer: 4, heads: [3, 7, 11], focus: 11, pins: [8] }, wide);
export const toOneWord = state(john!, { layer: 1, heads: [10], pins: [1], side: "key" }, panel);
export const pair = state(cat!, { layer: 3, heads: [0, 8], pins: [2] }, panel);
export const hebrewText = state(hebrew, { layer: 0, heads: [1], pins: [7] }, panel);
export const arabicText = state(arabic, { layer: 0, heads: [0, 2] }, [360, 412]);
/** More words than the box has room for, without a pin: it opens where the text begins. */
export const longArabic = state(runOf(Array(12).fill(ARABIC).join("| ")), { layer: 0, heads: [0] }, panel);
/** The same with a word pinned: its weights stand in the minimap, which begins at the right, too. */
export const longArabicPinned = state(
  runOf(Array(12).fill(ARABIC).join("| ")),
  { layer: 0, heads: [0], pins: [60] },
  panel,
);
export const chineseText = state(chinese, { layer: 0, heads: [1], pins: [13] }, panel);
export const japaneseText = state(japanese, { layer: 0, heads: [1, 3], pins: [21] }, panel);
export const longWords = state(english, { layer: 0, heads: [1], pins: [7] }, panel);
export const wordPieces = state(lily!, { layer: 4, heads: [4], pins: [26] }, [640, 438]);
export const cross = state(elephant!, { block: "cross", layer: 5, heads: [7], pins: [8] }, panel);
export const joined = state(joinedOf(elephant!)!, { layer: 5, heads: [7], pins: [15] }, wide);
export const written = state(swim!, { block: "decoder", layer: 2, heads: [0], pins: [3] }, panel);
export const manyHeads = state(llama!, { layer: 0, heads: [7, 18, 28], focus: 7, pins: [20] }, wide);
export const low = state(john!, { layer: 4, heads: [11], pins: [8] }, [640, 200]);
export const high = state(john!, { layer: 4, heads: [11], pins: [8] }, [552, 728]);
export const phone = state(john!, { layer: 4, heads: [11], pins: [8] }, [390, 490]);
export const oneWord = state(
  syntheticTrace({ layers: 1, heads: 2, tokens: 1 }),
  { layer: 0, heads: [0], pins: [0] },
  panel,
);
export const words256 = state(
  syntheticTrace({ layers: 2, tokens: 256, headSize: 64, store: "qk" }),
  { layer: 1, heads: [0, 1, 2, 3] },
  panel,
);
/** A minimap in place of the scroll bar. */
export const words256Pinned = state(
  syntheticTrace({ layers: 2, tokens: 256, headSize: 64, store: "qk" }),
  { layer: 1, heads: [0, 1, 2, 3], pins: [180] },
  panel,
);
export const words2048 = state(
  syntheticTrace({ layers: 1, heads: 4, tokens: 2048, store: "qk" }),
  { layer: 0, heads: [0, 1, 2, 3] },
  panel,
);
export const beside = state(john!, { layer: 4, heads: [11], pins: [8] }, [640, 620], { layers: [1, 4] });
/** A line that an edit changed. */
export const edited = state(john!, { layer: 4, heads: [11], pins: [8] }, panel, {
  edited: { head: () => false, cells: () => [{ query: 8, key: 5 }] },
});
export const hostile = state(hostileTrace(), { layer: 0, heads: [0, 1], pins: [9] }, panel);
