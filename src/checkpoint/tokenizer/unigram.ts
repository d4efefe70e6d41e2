// Unigram segmentation (Kudo 2018): the best path through all pieces that the vocabulary has, found from left to
// right. A character that no piece covers costs ten more than the worst piece.

import type { Trie } from "./trie.ts";

const UNKNOWN_PENALTY = 10;

/** One piece of a vocabulary. */
export interface Piece {
  readonly id: number;
  /** Log probability. */
  readonly score: number;
}

/** What lies on the best path: characters `from` to `to`; id undefined where no piece covers the character. */
export interface Segment {
  readonly from: number;
  readonly to: number;
  readonly id: number | undefined;
}

/** Pieces in a trie, and the worst of their scores. */
export interface UnigramVocabulary {
  readonly pieces: Trie<Piece>;
  readonly worst: number;
  /** Rounding of sums: SentencePiece adds 32-bit floats, Hugging Face tokenizers 64-bit ones. */
  readonly round: (sum: number) => number;
}

/** The best segmentation; among equals the one found first, as in both libraries. */
export function segment(chars: readonly string[], { pieces, worst, round }: UnigramVocabulary): Segment[] {
  const unknown = round(worst - UNKNOWN_PENALTY);
  const best = new Float64Array(chars.length + 1);
  const from = new Int32Array(chars.length + 1).fill(-1);
  const ids = new Int32Array(chars.length + 1).fill(-1);
  const offer = (start: number, end: number, id: number, score: number) => {
    const sum = round(score + best[start]!);
    if (from[end]! >= 0 && sum <= best[end]!) return;
    best[end] = sum;
    from[end] = start;
    ids[end] = id;
  };
  for (let start = 0; start < chars.length; start++) {
    let single = false;
    pieces.each(chars, start, (end, { id, score }) => {
      single ||= end === start + 1;
      offer(start, end, id, score);
    });
    if (!single) offer(start, start + 1, -1, unknown);
  }
  return pathOf(from, ids, chars.length);
}

function pathOf(from: Int32Array, ids: Int32Array, length: number): Segment[] {
  const path: Segment[] = [];
  for (let to = length; to > 0; to = from[to]!) {
    const id = ids[to]!;
    path.push({ from: from[to]!, to, id: id < 0 ? undefined : id });
  }
  return path.reverse();
}
