// Where a turn of a chat begins: at the marks that chat templates put before a speaker's name (ChatML, Llama 3, Gemma,
// Phi, Mistral). A text without such marks has no turns.

import type { MarkedColumn } from "./sentences.ts";

const MARK = /^(<\|?(im_start|start_header_id|start_of_turn|start|system|user|assistant)\|?>|\[INST\])$/;

/** Rows where a turn begins, the first one left out. */
export function turnRows({ tokens, shown }: MarkedColumn): number[] {
  const begins = shown.flatMap((position, row) => (MARK.test(tokens[position]!.text.trim()) ? [row] : []));
  // What stands before the first turn (a mark of the text's beginning) is no turn of its own.
  return begins.slice(1);
}
