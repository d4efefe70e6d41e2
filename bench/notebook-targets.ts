// What a notebook's output has to reach: a share of BertViz's bytes, which no other load on the machine changes.

import { fixed } from "./stats.ts";
import type { Target } from "./types.ts";

/** The output of one tool for one attention. */
export interface Output {
  readonly tool: string;
  readonly view: string;
  readonly tokens: number;
  readonly bytes: number;
  /** Seconds from the call to the HTML, the median. */
  readonly call: number;
  /** Seconds from opening the HTML until it is drawn, the median; or why it was given up. */
  readonly drawn: number | string;
}

const TOKENS = 128;
const BOUND = 1 / 20;

/** BertViz's output of the same view and attention. */
export function besides(row: Output, rows: readonly Output[]): Output | undefined {
  const same = ({ tool, view, tokens }: Output) =>
    tool === "BertViz" && tokens === row.tokens && (view === row.view || row.view === "all heads");
  return rows.find(same);
}

/** How the target fared; none where either tool was not measured at 128 tokens. */
export function notebookTargets(rows: readonly Output[]): Target[] {
  return rows
    .filter(({ tool, tokens }) => tool === "headscope" && tokens === TOKENS)
    .flatMap((ours) => {
      const theirs = besides(ours, rows);
      if (!theirs) return [];
      const ratio = ours.bytes / theirs.bytes;
      const what = `a notebook's output, ${ours.view} view of 12 x 12 heads, ${TOKENS} tokens: bytes`;
      return [
        { what, target: `at most ${BOUND} of BertViz`, measured: fixed(ratio, 3), share: ratio / BOUND },
      ];
    });
}
