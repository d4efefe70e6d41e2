// What the head squares and the layer stepper do to a selection. Pure functions.

import type { Selection } from "../view.ts";

/** A square clicked: the head joins and takes the focus, takes the focus, or, where it has it, leaves; the last one stays. */
export function toggleHead(selection: Selection, head: number): Selection {
  if (!selection.heads.includes(head)) {
    const heads = [...selection.heads, head].sort((a, b) => a - b);
    return { ...selection, heads, focus: head };
  }
  if (selection.focus !== head) return { ...selection, focus: head };
  if (selection.heads.length === 1) return selection;
  const heads = selection.heads.filter((other) => other !== head);
  return { ...selection, heads, focus: nearest(heads, head) };
}

function nearest(heads: readonly number[], head: number): number {
  return heads.reduce((best, other) => (Math.abs(other - head) < Math.abs(best - head) ? other : best));
}

/** A square double-clicked: only this head, or all again if it was the only one. */
export function soloHead(selection: Selection, head: number, count: number): Selection {
  const alone = selection.heads.length === 1 && selection.heads[0] === head;
  return { ...selection, heads: alone ? everyHead(count) : [head], focus: head };
}

/** All heads, or only the focused one if all are active. */
export function allHeads(selection: Selection, count: number): Selection {
  const heads = selection.heads.length === count ? [selection.focus] : everyHead(count);
  return { ...selection, heads };
}

/** The layer `step` away, around the ends. */
export function stepLayer(selection: Selection, step: number, layers: number): Selection {
  return { ...selection, layer: (selection.layer + step + layers) % layers };
}

function everyHead(count: number): number[] {
  return Array.from({ length: count }, (_, head) => head);
}

/** A layer shown beside others, or taken away; ascending, and one always stays. */
export function toggleLayer(layers: readonly number[], layer: number): readonly number[] {
  if (!layers.includes(layer)) return [...layers, layer].sort((a, b) => a - b);
  return layers.length > 1 ? layers.filter((other) => other !== layer) : layers;
}
