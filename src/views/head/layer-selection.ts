// The selection of one of several layers beside each other: the same words, and the heads that the layer has.

import type { Attention } from "../../trace/index.ts";
import type { Selection } from "../view.ts";

/** `selection` in another layer; as it is in its own. */
export function inLayer(selection: Selection, layer: number, attention: Pick<Attention, "heads">): Selection {
  if (layer === selection.layer) return selection;
  const heads = selection.heads.filter((head) => head < attention.heads(layer));
  if (heads.length === 0) return { ...selection, layer, heads: [0], focus: 0 };
  return { ...selection, layer, heads, focus: heads.includes(selection.focus) ? selection.focus : heads[0]! };
}
