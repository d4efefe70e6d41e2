// Which line is under the pointer, by arithmetic on the display list: no line is an element that could be asked.

import { HANDLE } from "../scene/canvas.ts";
import type { Lines } from "../scene/scene.ts";

/** The line nearest to the point within `reach` px, the stronger one if two are as near; -1 for none. */
export function lineAt(list: Lines, x: number, y: number, reach: number): number {
  const [along, across] = list.axis === "y" ? [y, x] : [x, y];
  if (along < list.from || along > list.to) return -1;
  const share = (along - list.from) / (list.to - list.from);
  const rise = list.curved ? riseAt(share) : share;
  let best = -1;
  let nearest = reach;
  for (let i = 0; i < list.count; i++) {
    const at = list.left[i]! + (list.right[i]! - list.left[i]!) * rise;
    const distance = Math.max(0, Math.abs(across - at) - list.widths[i]! / 2);
    if (distance <= nearest) [best, nearest] = [i, distance];
  }
  return best;
}

/** How far a curve has risen, 0 to 1, at the share `along` of its span; every curve has the same handles. */
export function riseAt(along: number): number {
  let [low, high] = [0, 1];
  for (let step = 0; step < 24; step++) {
    const t = (low + high) / 2;
    const x = 3 * t * (1 - t) ** 2 * HANDLE + 3 * t ** 2 * (1 - t) * (1 - HANDLE) + t ** 3;
    if (x < along) low = t;
    else high = t;
  }
  return low ** 2 * (3 - 2 * low);
}
