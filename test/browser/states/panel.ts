// The panel of a notebook cell: three attentions at a cell's width, and a trace of which layers were left out.

import { Panel } from "../../../src/export/panel/panel.ts";
import type { PanelState } from "../../../src/export/panel/state.ts";
import type { Trace } from "../../../src/trace/index.ts";
import { syntheticTrace, syntheticTranslation } from "../../synthetic.ts";
import { report, type State } from "../state.ts";

function state(trace: Trace, width: number, of: PanelState = {}): State {
  return (target, theme) => {
    target.style.cssText = `width:${Math.min(width, innerWidth)}px;height:420px`;
    return new Panel(target, {
      trace,
      theme,
      state: of,
      onSelect: (selection) => report("select", selection),
    });
  };
}

const translation = syntheticTranslation(6, 7, 3, 8);
export const threeAttentions = state(translation, 740);
export const threeAttentionsWide = state(translation, 1080);

const cut = syntheticTrace({ layers: 4, heads: 4, tokens: 6, recorded: [1] });
export const leftOut = state(cut, 800, { leftOut: true });
export const unrecorded = state(cut, 800);
