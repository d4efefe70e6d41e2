// What a panel shows: one view or all of them, and a selection that lies inside the trace at hand.

import type { BlockName, Trace } from "../../trace/index.ts";
import type { Orientation } from "../../views/head/layout.ts";
import type { InkScale } from "../../views/look/ink.ts";
import type { MapCut } from "../../views/map/cut.ts";
import { type CellFilter, NO_FILTER, type Selection } from "../../views/view.ts";

/** One view, or "panel" for all that there is room for. */
export const PANEL_VIEWS = ["panel", "head", "model", "matrix", "neuron"] as const;
export type PanelView = (typeof PANEL_VIEWS)[number];

/** What a page or a notebook says of a panel; everything may be left out. */
export interface PanelState {
  readonly view?: PanelView;
  readonly selection?: Partial<Selection>;
  readonly filter?: Partial<CellFilter>;
  /** How the words of the lines stand; vertical where left out. */
  readonly orientation?: Orientation;
  /** How weights become colours in the matrix; by their square root where left out. */
  readonly colors?: InkScale;
  /** Layers and heads of the model map; all where left out. */
  readonly cut?: MapCut;
  /** Layers were left out of the trace on purpose: what it lacks may have been recorded. */
  readonly leftOut?: boolean;
}

/** The view that is meant; "panel" for anything unknown. */
export function viewOf(state: PanelState): PanelView {
  return PANEL_VIEWS.find((view) => view === state.view) ?? "panel";
}

/** The filter that is meant. */
export function filterOf(state: PanelState): CellFilter {
  return { ...NO_FILTER, ...state.filter };
}

/** A whole selection: `wanted` brought inside the trace, its last word pinned where nothing is said of pins. */
export function selectionIn(trace: Trace, wanted: Partial<Selection> = {}): Selection {
  const block = blockIn(trace, wanted.block);
  const layer = layerIn(trace, block, wanted.layer);
  const count = trace.heads(block, layer);
  const inside = [...new Set(wanted.heads ?? [])].filter(
    (head) => Number.isInteger(head) && head >= 0 && head < count,
  );
  const focus = wanted.focus ?? inside[0] ?? 0;
  const heads = (inside.length > 0 ? inside : [focus < count ? focus : 0]).sort((a, b) => a - b);
  const side = wanted.side === "key" ? "key" : "query";
  return {
    block,
    layer,
    heads,
    focus: heads.includes(focus) ? focus : heads[0]!,
    pins: pinsIn(trace, block, side, wanted.pins),
    side,
  };
}

function blockIn(trace: Trace, wanted: BlockName | undefined): BlockName {
  const names = trace.manifest.blocks.map(({ name }) => name);
  if (wanted && names.includes(wanted)) return wanted;
  return names.includes("cross") ? "cross" : names[0]!;
}

/** The layer asked for, or else the first that was recorded. */
function layerIn(trace: Trace, block: BlockName, wanted: number | undefined): number {
  const { layers } = trace.block(block);
  if (wanted !== undefined && Number.isInteger(wanted) && wanted >= 0 && wanted < layers) return wanted;
  const recorded = Array.from({ length: layers }, (_, layer) => layer).find((layer) =>
    trace.hasAttention(block, layer),
  );
  return recorded ?? 0;
}

function pinsIn(
  trace: Trace,
  block: BlockName,
  side: Selection["side"],
  wanted: readonly number[] | undefined,
): readonly number[] {
  const { tokens } = trace.stream(trace.block(block)[side === "query" ? "queries" : "keys"]);
  if (wanted) return wanted.filter((pin) => Number.isInteger(pin) && pin >= 0 && pin < tokens.length);
  const last = tokens.findLastIndex((token) => !token.special && !/^\W+$/.test(token.text));
  return [last < 0 ? tokens.length - 1 : last];
}

/** True if two selections are the same. */
export function sameSelection(a: Selection, b: Selection): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
