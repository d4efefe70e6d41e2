// A sweep and its measure by name, as a command line or a page asks for them.

import type { BlockName, Token, Trace } from "../trace/index.ts";
import type { StreamAlignment } from "./align.ts";
import {
  ablationSweep,
  differenceMetric,
  divergenceMetric,
  edgeSweep,
  headSweep,
  type Metric,
  mlpSweep,
  probabilityMetric,
  residSweep,
  type Sweep,
} from "./patching.ts";

/** The sweeps that can be asked for. */
export const SWEEPS = ["resid", "heads", "mlp", "edges", "ablate"] as const;

/** What a cell of a table does, and what is measured. */
export interface AskedSweep {
  readonly sweep: (typeof SWEEPS)[number];
  /** The head whose edges are patched; without one "edges" is "resid". */
  readonly at?: { readonly block: BlockName; readonly layer: number; readonly head: number } | undefined;
  /** What a silenced head writes: "zero" (as by default), or its mean over the positions. */
  readonly by?: "zero" | "mean" | undefined;
  /** Ids of the word to measure and the one to hold it against; without a word the probabilities of all. */
  readonly target?: number | undefined;
  readonly against?: number | undefined;
}

/**
 * The sweep that is asked for, over a run of the input that is changed. `align`: which of its tokens answer to the other
 * run's; cells of those that have no counterpart are left out.
 */
export function sweepOf(
  { sweep, at, by = "zero" }: AskedSweep,
  trace: Trace,
  align?: StreamAlignment,
): Sweep {
  if (sweep === "heads") return headSweep(trace);
  if (sweep === "mlp") return mlpSweep(trace, undefined, align);
  if (sweep === "ablate") return ablationSweep(trace, by);
  return sweep === "edges" && at ? edgeSweep(trace, at, align) : residSweep(trace, undefined, align);
}

/** The measure that is asked for, at `position` (the last if left out); `before` is the run without patches. */
export function metricOf(
  { target, against }: Pick<AskedSweep, "target" | "against">,
  before: Trace,
  position?: number,
): Metric {
  if (target === undefined) return divergenceMetric(before, position);
  return against === undefined
    ? probabilityMetric(target, position)
    : differenceMetric(target, against, position);
}

/** The position of the first mask, or undefined. */
export function firstMask(tokens: readonly Token[]): number | undefined {
  const at = tokens.findIndex(({ special, raw }) => special && /mask/i.test(raw));
  return at < 0 ? undefined : at;
}
