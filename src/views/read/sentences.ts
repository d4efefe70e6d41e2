// Where the second sentence of a pair begins among the words that are shown.

import type { Token } from "../../trace/index.ts";

/** Tokens of a column and the positions shown, in row order. */
export interface MarkedColumn {
  readonly tokens: readonly Token[];
  readonly shown: readonly number[];
}

/** First row of the second sentence where both sentences are shown, or -1. */
export function secondSentence({ tokens, shown }: MarkedColumn): number {
  return shown.findIndex(
    (position, row) => row > 0 && tokens[position]!.segment === 1 && tokens[shown[row - 1]!]!.segment === 0,
  );
}
