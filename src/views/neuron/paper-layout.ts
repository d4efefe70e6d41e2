// The neuron view in a column of a paper: the key block above the products, so that letters keep their size. The same
// dimension stands in the same column of both.

import { AFTER_WORD, gapIn, HEADING, MOST_TOKENS, type NeuronLayout, QUERY, SHARES, TOP } from "./layout.ts";
import type { Vectors } from "./picture.ts";

/** What is laid out. */
export interface NeuronPaper {
  readonly width: number;
  /** Height that it should not exceed. */
  readonly tallest: number;
  /** Keys with a line each, and lines of the products: with the others and the sink. */
  readonly keys: number;
  readonly lines: number;
  /** Neurons per vector. */
  readonly dims: number;
  /** px that the words need. */
  readonly words: number;
  readonly kind: Vectors;
  /** Whether a line below says what else changes the scores. */
  readonly noted: boolean;
}

/** Least width in px; a narrower figure is drawn smaller. */
export const LEAST_STACKED = 200;
/** From this width on both blocks stand side by side. */
export const SIDE_BY_SIDE = 640;

const PADDING = 4;
const GAP = 8;
const SCORE = 42;
const SOFTMAX = 44;
const LEAST_TOKENS = 48;
/** Most of the width that words take, and the narrowest block that leaves room for scores. */
const MOST_WORDS = 0.3;
const LEAST_BLOCK = 96;
const ROW = { least: 17, most: 22 } as const;
/** Below a block for brackets and names; between the two blocks; below the products for one more line. */
const BELOW = 30;
const BETWEEN = 10;
const NOTED = 16;
/** Values have no query above them. */
const TOP_ALONE = 34;

/** The layout; `width` and `tallest` are those of the figure. */
export function neuronPaperLayout(paper: NeuronPaper): NeuronLayout {
  const { width, dims, words, kind, keys, lines } = paper;
  const most = Math.min(MOST_TOKENS, MOST_WORDS * width);
  const tokenWidth = Math.max(LEAST_TOKENS, Math.min(most, Math.ceil(words) + AFTER_WORD));
  const first = PADDING + tokenWidth;
  const free = width - first - PADDING - GAP - SOFTMAX;
  const scored = free - SCORE - GAP >= LEAST_BLOCK;
  const blockWidth = scored ? free - SCORE - GAP : free;
  const cell = blockWidth / dims;
  const rowHeight = Math.max(ROW.least, Math.min(ROW.most, (paper.tallest - fixed(paper)) / (keys + lines)));
  const keysTop = kind === "keys" ? TOP - (SHARES - QUERY) : TOP_ALONE;
  const begin = keysTop + keys * rowHeight + BELOW + BETWEEN;
  return {
    narrow: true,
    stacked: true,
    width,
    height: Math.ceil(begin + TOP + lines * rowHeight + BELOW + (paper.noted ? NOTED : 0)),
    padding: PADDING,
    tokenWidth,
    keys: first,
    products: first,
    scores: scored ? first + blockWidth + GAP : null,
    softmax: width - PADDING - SOFTMAX,
    blockWidth,
    scoreWidth: scored ? SCORE : 0,
    softmaxWidth: SOFTMAX,
    barWidth: 0,
    cell,
    gap: gapIn(cell),
    queryMiddle: kind === "keys" ? QUERY : begin + QUERY,
    queryHeight: 18,
    shareBase: begin + SHARES,
    shareHeight: 26,
    rowsTop: begin + TOP,
    keysTop,
    heading: begin + HEADING,
    keysHeading: HEADING,
    rowHeight,
    cellHeight: rowHeight - 4,
  };
}

/** Keys that a figure no taller than `tallest` holds, the line of others among them. */
export function mostStacked(paper: Pick<NeuronPaper, "tallest" | "kind" | "noted">): number {
  return Math.max(3, Math.floor((paper.tallest - fixed(paper)) / (2 * ROW.least)));
}

/** Height of all but the rows. */
function fixed({ kind, noted }: Pick<NeuronPaper, "kind" | "noted">): number {
  return (kind === "keys" ? TOP : TOP_ALONE) + TOP + 2 * BELOW + BETWEEN + (noted ? NOTED : 0);
}
