// Where the cells of a map stand on paper: they fill the width, however few or many they are. A model of many layers and
// few heads would be taller than a page; its layers go on in a second stretch beside the first.

import { LEFT, MARGIN, type MapLayout, sizesOf } from "./layout.ts";

/** A figure of a map is at most so many times as tall as it is wide. */
const TALLEST = 2;
/** Room of a number beside a row or above a column: numbers that are nearer than this are left out. */
const NUMBER = 15;
/** Below this size cells could not be told apart in print. */
const LEAST = 3;

/** Lay out `layers` x `heads` cells in `width` x `height` pixels. */
export function mapPaperLayout(
  width: number,
  height: number,
  layers: number,
  heads: number,
  sorted: boolean,
): MapLayout {
  const tallest = Math.min(height, TALLEST * width);
  // Ranked heads follow each other along whole rows, as long as is needed: there is one stretch, and no number beside it.
  const laid = sorted
    ? (n: number) => paperLayout(width, Math.ceil((layers * heads) / (heads + n)), heads + n, 1, true)
    : (n: number) => paperLayout(width, Math.ceil(layers / (n + 1)), heads, n + 1, false);
  const most = sorted ? layers * heads - heads : layers - 1;
  let best = laid(0);
  for (let n = 1; n <= most && best.height > tallest; n++) best = laid(n);
  return best;
}

function paperLayout(
  width: number,
  rows: number,
  columns: number,
  stretches: number,
  sorted: boolean,
): MapLayout {
  const left = sorted ? MARGIN : LEFT;
  const around = stretches * left + MARGIN;
  const pitch = Math.max(LEAST, (width - around) / (columns * stretches));
  const { cell, rowPitch, top, marks, ids } = sizesOf(pitch, sorted);
  return {
    left,
    top,
    pitch,
    rowPitch,
    cell,
    side: cell,
    columns,
    rows,
    stretch: stretches > 1 ? left + columns * pitch : 0,
    width: Math.max(width, around + columns * stretches * pitch),
    height: top + rows * rowPitch + MARGIN,
    scrolls: false,
    marks,
    ids,
    labelEvery: [1, 2, 4, 8].find((every) => every * pitch >= NUMBER) ?? 16,
  };
}
