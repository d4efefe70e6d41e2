// What the engine has to reach, and how far it came.

import { fixed } from "./stats.ts";
import type { Target } from "./types.ts";

/** What is timed at each length: our attention and q, k, v; eager attention with all or the last logits; sdpa. */
export type Column = "attention" | "qkv" | "eagerAll" | "eagerLast" | "sdpa";

/** Medians in seconds at one length. */
export type LengthRow = { readonly n: number } & Readonly<Record<Column, number>>;

/** Medians in tokens per second. */
export interface SpeedRow {
  readonly n: number;
  readonly tokens: number;
  readonly ours: number;
  readonly theirs: number;
}

/** Seconds from process start to a loaded model, and to its first result. */
export interface Start {
  readonly ready: number;
  readonly first: number;
}

/** Largest resident memory in megabytes of processes that ran one long text several times. */
export interface Memory {
  readonly runs: number;
  readonly peaks: readonly { readonly what: string; readonly megabytes: number }[];
}

/** Everything measured about the engine; parts that could not be measured are absent. */
export interface Measured {
  gpt2?: { readonly lengths: readonly LengthRow[]; readonly speeds: readonly SpeedRow[] };
  smollm2?: { readonly lengths: readonly LengthRow[]; readonly speeds: readonly SpeedRow[] };
  start?: { readonly ours: Start; readonly theirs: Start };
  memory?: Memory;
}

/** Largest share of the time of eager attention with all logits, by number of tokens. */
const OF_EAGER: Readonly<Record<number, number>> = { 16: 0.6, 128: 0.8, 512: 0.65, 1024: 0.6 };
/** Longest texts for which every matrix beats eager with the last logits, and q, k, v beat sdpa. */
const LONGEST_LAST = 512;
const LONGEST_SDPA = 1024;
const OF_SDPA = 1;
/** Largest shares of Transformers' time from process start. */
const OF_READY = 0.1;
const OF_FIRST = 0.2;

/** How the engine's targets fared, GPT-2 small's shape first. */
export function engineTargets({ gpt2, smollm2, start, memory }: Measured): Target[] {
  return [
    ...(gpt2?.lengths ?? []).flatMap(lengthTargets),
    ...(gpt2?.speeds ?? []).map((row) => speedTarget("GPT-2 small's shape", row)),
    ...(smollm2?.speeds ?? []).map((row) => speedTarget("SmolLM2", row)),
    ...(start ? [startTarget("a model that is ready", start, "ready", OF_READY)] : []),
    ...(start ? [startTarget("the first result", start, "first", OF_FIRST)] : []),
    ...(memory ? [memoryTarget(memory)] : []),
  ];
}

function lengthTargets(row: LengthRow): Target[] {
  const against = (what: string, ours: number, theirs: number, bound: number, anchor: string): Target => ({
    what: `${what}, ${row.n} tokens`,
    target: `at most ${bound} of ${anchor}`,
    measured: fixed(ours / theirs),
    share: ours / theirs / bound,
  });
  const ofEager = OF_EAGER[row.n];
  const attention = "text to every attention matrix";
  const last = row.n <= LONGEST_LAST;
  const sdpa = row.n <= LONGEST_SDPA;
  return [
    ...(ofEager ? [against(attention, row.attention, row.eagerAll, ofEager, "eager with all logits")] : []),
    ...(last ? [against(attention, row.attention, row.eagerLast, 1, "eager with the last logits")] : []),
    ...(sdpa ? [against("text to q, k, v", row.qkv, row.sdpa, OF_SDPA, "sdpa without attention")] : []),
  ];
}

function speedTarget(model: string, { n, ours, theirs }: SpeedRow): Target {
  return {
    what: `generation after ${n} tokens, ${model}`,
    target: "at least 1.0 of Transformers' speed",
    measured: fixed(ours / theirs),
    share: theirs / ours,
  };
}

function startTarget(
  what: string,
  { ours, theirs }: { readonly ours: Start; readonly theirs: Start },
  key: keyof Start,
  bound: number,
): Target {
  const ratio = ours[key] / theirs[key];
  return {
    what: `process start to ${what}`,
    target: `at most ${bound} of Transformers' time`,
    measured: fixed(ratio),
    share: ratio / bound,
  };
}

function memoryTarget({ runs, peaks }: Memory): Target {
  const { megabytes } = peaks[0]!;
  return {
    what: `peak memory after ${runs} runs of 1,024 tokens, q, k, v kept`,
    target: "under 1.0 GB",
    measured: `${Math.round(megabytes)} MB`,
    share: megabytes / 1000,
  };
}
