// What the head squares show, as values: a page makes buttons of them, a figure makes marks.

import type { Attention } from "../../trace/index.ts";
import { headColors } from "../look/palette.ts";
import { COLORS, type ThemeName } from "../look/theme.ts";
import type { Edited, Selection } from "../view.ts";

/** One head of the layer. */
export interface Square {
  readonly head: number;
  /** The head's own colour; of layers with more heads than colours grey, or ink where it is active. */
  readonly color: string;
  readonly active: boolean;
  /** The head that the other views follow, where several are active. */
  readonly focused: boolean;
  readonly edited: boolean;
}

/** From this many heads on the squares stand in rows of `ROW`. */
export const MANY = 17;
export const ROW = 16;

/** A square for each head of the selection's layer. */
export function squaresOf({ attention, selection, edited }: BarState, theme: ThemeName): Square[] {
  const { layer, heads, focus } = selection;
  const { ink, "line-3": grey } = COLORS[theme];
  return headColors(theme, heads, attention.heads(layer)).map((color, head) => {
    const active = heads.includes(head);
    return {
      head,
      color: color ?? (active ? ink : grey),
      active,
      focused: head === focus && heads.length > 1,
      edited: edited?.head(layer, head) ?? false,
    };
  });
}

/** What the bar is about. */
export interface BarState {
  readonly attention: Pick<Attention, "heads">;
  readonly selection: Selection;
  readonly edited?: Edited | null | undefined;
}

/** "Layer 4", or "Layers 4, 5". */
export function layerName(layers: readonly number[], { layer }: Selection): string {
  return layers.length > 1 ? `Layers ${layers.join(", ")}` : `Layer ${layer}`;
}
