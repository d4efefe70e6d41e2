// What the page on a model past the browser's heap has to reach, and how far it came.

import { fixed } from "./stats.ts";
import type { Target } from "./types.ts";

/** Seconds from nothing to the first result and of one run; tokens written per second. */
export interface BillionRow {
  readonly first: number;
  readonly run: number;
  readonly speed: number;
}

/** How the page fared beside Transformers: it is to be no slower in anything. */
export function billionTargets(ours: BillionRow, theirs: BillionRow): Target[] {
  const target = (what: string, ratio: number): Target => ({
    what: `Llama-3.2-1B's shape in the page: ${what}`,
    target: "at most 1 of Transformers' time",
    measured: fixed(ratio),
    share: ratio,
  });
  return [
    target("from nothing to the first result", ours.first / theirs.first),
    target("a run of 128 tokens", ours.run / theirs.run),
    target("a written token", theirs.speed / ours.speed),
  ];
}
