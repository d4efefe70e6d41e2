// What the page on a local checkpoint has to reach, and how far it came.

import { fixed } from "./stats.ts";
import type { Target } from "./types.ts";

/** Medians in seconds: the engine in Node alone; from Run to every layer painted, native and in WebAssembly. */
export interface LocalRow {
  readonly n: number;
  readonly node: number;
  readonly native: number;
  readonly web: number;
}

const OF_NODE = 1.3;
const OF_WEB = 0.35;
/** The shortest text for which WebAssembly is an anchor: below it, both wait for the page. */
const SHORTEST_WEB = 128;

/** How the page's targets fared. */
export function localTargets(rows: readonly LocalRow[]): Target[] {
  return rows.flatMap(({ n, node, native, web }) => {
    const against = (anchor: string, theirs: number, bound: number): Target => ({
      what: `local checkpoint, ${n} tokens: Run to every layer painted`,
      target: `at most ${bound} of ${anchor}`,
      measured: fixed(native / theirs),
      share: native / theirs / bound,
    });
    const ofWeb = n >= SHORTEST_WEB ? [against("WebAssembly in the same page", web, OF_WEB)] : [];
    return [against("the engine in Node", node, OF_NODE), ...ofWeb];
  });
}
