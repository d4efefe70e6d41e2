// What the views have to reach, and how far they came. Shares only: machines differ by a factor of two.

import type { Times } from "./page/clock.ts";
import { fixed } from "./stats.ts";
import type { Target } from "./types.ts";
import type { Shape } from "./views-data.ts";

/** A view with the gestures that are timed in it. */
export const VIEWS = {
  model: ["open head"],
  head: ["switch layer", "toggle head", "hover"],
  neuron: ["show neurons", "switch head"],
} as const;
export type ViewName = keyof typeof VIEWS;

/** Medians of one tool's page: times in seconds by gesture ("first" for the first drawing), memory in MB. */
export interface Row {
  readonly view: ViewName;
  readonly shape: Shape;
  readonly tool: "headscope" | "BertViz";
  readonly times: Readonly<Record<string, Times>>;
  readonly memory: number;
}

/** Seconds of a first drawing until it is complete, of a gesture until it is painted; the same for both tools. */
export function seconds(row: Row, name: string): number {
  const { complete, painted } = row.times[name]!;
  return name === "first" ? complete : painted;
}

/** Tokens at which shares are taken. */
const ANCHOR = 64;

/** Largest shares of BertViz's time at 64 tokens. */
const OF_BERTVIZ: readonly [ViewName, string, number][] = [
  ["model", "first", 0.04],
  ["head", "hover", 0.06],
  ["head", "switch layer", 0.08],
  ["neuron", "first", 0.1],
];

/** Largest multiples of the model view's own first drawing of 12 x 12 heads at 64 tokens. */
const OF_ITSELF: readonly { layers: number; heads: number; tokens: number; bound: number }[] = [
  { layers: 12, heads: 12, tokens: 1024, bound: 6 },
  { layers: 48, heads: 64, tokens: 256, bound: 7 },
];

/** How the views' targets fared; those whose rows were not measured are left out. */
export function viewTargets(rows: readonly Row[]): Target[] {
  return [...OF_BERTVIZ.flatMap((one) => againstBertViz(rows, one)), ...againstItself(rows)];
}

function againstBertViz(
  rows: readonly Row[],
  [view, name, bound]: readonly [ViewName, string, number],
): Target[] {
  const at = rows.filter((row) => row.view === view && row.shape.tokens === ANCHOR);
  const ours = at.find(({ tool }) => tool === "headscope");
  const theirs = at.find(({ tool }) => tool === "BertViz");
  if (!ours || !theirs) return [];
  const ratio = seconds(ours, name) / seconds(theirs, name);
  const what = `${view} view, ${ANCHOR} tokens: ${name === "first" ? "first drawing, complete" : `${name}, painted`}`;
  return [{ what, target: `at most ${bound} of BertViz`, measured: fixed(ratio, 3), share: ratio / bound }];
}

function againstItself(rows: readonly Row[]): Target[] {
  const own = rows.filter(({ view, tool }) => view === "model" && tool === "headscope");
  const find = (layers: number, heads: number, tokens: number) =>
    own.find(({ shape: s }) => s.layers === layers && s.heads === heads && s.tokens === tokens);
  const anchor = find(12, 12, ANCHOR);
  return OF_ITSELF.flatMap(({ layers, heads, tokens, bound }) => {
    const row = find(layers, heads, tokens);
    if (!row || !anchor) return [];
    const ratio = seconds(row, "first") / seconds(anchor, "first");
    const what = `model view, ${layers} x ${heads} heads, ${tokens} tokens: first drawing, complete`;
    const target = `at most ${bound} times ${ANCHOR} tokens of 12 x 12 heads`;
    return [{ what, target, measured: fixed(ratio), share: ratio / bound }];
  });
}
