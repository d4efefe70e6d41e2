// The head bar: twelve heads, several active, thirty-two, and a phone's width.

import { attentionOf, type Trace } from "../../../src/trace/index.ts";
import { HeadBar } from "../../../src/views/bar/view.ts";
import type { Selection } from "../../../src/views/index.ts";
import { syntheticTrace } from "../../synthetic.ts";
import { report, type State } from "../state.ts";

const small = syntheticTrace({
  layers: 12,
  heads: 12,
  tokens: 4,
  recorded: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
});
const large = syntheticTrace({ layers: 32, heads: 32, tokens: 4 });

function state(trace: Trace, chosen: Pick<Selection, "layer" | "heads" | "focus">, width = 640): State {
  return (target, theme) => {
    target.style.cssText = `box-sizing:border-box;padding:8px 16px;min-height:340px;width:${Math.min(width, innerWidth)}px`;
    const view: HeadBar = new HeadBar(target, {
      attention: attentionOf(trace, "self"),
      selection: { block: "self", pins: [], side: "query", ...chosen },
      theme,
      layers: [chosen.layer],
      onLayers: (layers) => {
        report("layers", layers);
        view.update({ layers });
      },
      onSelect: (next) => {
        report("select", next);
        view.update({ selection: next, layers: [next.layer] });
      },
    });
    return view;
  };
}

export const one = state(small, { layer: 4, heads: [11], focus: 11 });
export const three = state(small, { layer: 4, heads: [3, 7, 11], focus: 11 });
export const many = state(large, { layer: 0, heads: [7, 18, 28], focus: 7 });
export const everyOfMany = state(large, {
  layer: 0,
  heads: Array.from({ length: 32 }, (_, i) => i),
  focus: 7,
});
export const phone = state(small, { layer: 4, heads: [11], focus: 11 }, 390);
