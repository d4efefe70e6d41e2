// The bars beside the numbers: one per head, one after the other, a pixel between them.

import type { LinesLayout } from "./layout.ts";

/** Room for the word before a bar, and for the number after it. */
export const NAME_WIDTH = 58;
const NUMBER_WIDTH = 34;

/** Longest bar of all heads together. */
export function barRoom(layout: LinesLayout, named: boolean): number {
  return named ? layout.weightWidth - NAME_WIDTH - NUMBER_WIDTH : layout.barWidth;
}

/** Height of a bar. */
export function barHeight(layout: Pick<LinesLayout, "rowHeight">): number {
  return Math.min(8, layout.rowHeight - 6);
}

/** Bar lengths in px, one per head: weights are parts of 1 and share the bar; under .004 none. */
export function barLengths(weights: readonly number[], width: number): number[] {
  const share = (size: number): number => Math.min(1, size / weights.length) * width;
  return weights.map(Math.abs).map((size) => (size > 0.004 ? share(size) : 0));
}

/** A bar of one head: where it begins and how long it is. */
export interface Bar {
  readonly head: number;
  readonly x: number;
  readonly length: number;
}

/** Bars one after the other from x = 0 on; heads without one are left out. */
export function barsAt(lengths: readonly number[]): Bar[] {
  const bars: Bar[] = [];
  let x = 0;
  for (const [head, length] of lengths.entries()) {
    if (length === 0) continue;
    if (x > 0) x++;
    bars.push({ head, x, length });
    x += length;
  }
  return bars;
}

/** All bars as one CSS background, and their length in px; `angle` says which way they grow. */
export function barsOf(
  lengths: readonly number[],
  colors: readonly string[],
  angle = 90,
): { readonly width: number; readonly background: string } {
  const stops: string[] = [];
  let end = 0;
  for (const { head, x, length } of barsAt(lengths)) {
    if (x > 0) stops.push(`transparent ${end}px ${x}px`);
    stops.push(`${colors[head]} ${x}px ${x + length}px`);
    end = x + length;
  }
  return {
    width: end,
    background: stops.length > 0 ? `linear-gradient(${angle}deg,${stops.join(",")})` : "",
  };
}
