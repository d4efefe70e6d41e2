// SentencePiece itself (Kudo and Richardson 2018): a text to pieces with their places, by Unigram or BPE.

import { fallbackTokens } from "../chars.ts";
import { Trie } from "../trie.ts";
import { type Piece, type Segment, segment, type UnigramVocabulary } from "../unigram.ts";
import { spmBpe } from "./bpe.ts";
import { spmNormalizer } from "./normalize.ts";
import { KIND, PIECE, type SpmModel } from "./proto.ts";

/** A piece of a text; `id` is the .model file's. `start` and `end` count code points of the text. */
export interface Cut {
  readonly piece: string;
  readonly id: number;
  readonly start: number;
  readonly end: number;
}

/** The encoder of a .model file. */
export function spmEncoder(model: SpmModel): (chars: readonly string[]) => Cut[] {
  const normalize = spmNormalizer(model);
  const cut = model.kind === KIND.bpe ? spmBpe(model) : unigram(model);
  const ids = new Map(model.pieces.map(({ piece }, id) => [piece, id]));
  return (source) => {
    const { chars, place } = normalize(source);
    const cuts: Cut[] = [];
    let unknownBefore = false;
    for (const { from, to, id } of cut(chars)) {
      const text = chars.slice(from, to).join("");
      const where = { start: place[from]!, end: place[to]! };
      const unknown = id === undefined || id === model.unknown.id;
      const last = cuts.at(-1);
      if (!unknown) cuts.push({ piece: text, id, ...where });
      else if (model.byteFallback) cuts.push(...bytesOf(text, ids, where));
      else if (unknownBefore && last)
        cuts[cuts.length - 1] = { ...last, piece: last.piece + text, end: where.end };
      else cuts.push({ piece: text, id: model.unknown.id, ...where });
      unknownBefore = unknown;
    }
    return cuts;
  };
}

/** Byte pieces; the last holds the place, the others none. */
function bytesOf(
  text: string,
  ids: ReadonlyMap<string, number>,
  where: { start: number; end: number },
): Cut[] {
  const bytes = fallbackTokens(text);
  return bytes.map((piece, i) => {
    const end = i === bytes.length - 1 ? where.end : where.start;
    return { piece, id: ids.get(piece) ?? 0, start: where.start, end };
  });
}

/** User-defined pieces are better than anything: SentencePiece gives them about 0, where others have less. */
const OWN_SCORE = -0.1;

function unigram({ pieces }: SpmModel): (chars: readonly string[]) => Segment[] {
  const scores = pieces.flatMap(({ type, score }) => (type === PIECE.normal ? [score] : []));
  const worst = scores.reduce((least, score) => Math.min(least, score), Infinity);
  const trie = new Trie<Piece>();
  pieces.forEach(({ piece, type, score }, id) => {
    if (type === PIECE.normal) trie.set(piece, { id, score });
    if (type === PIECE.userDefined) trie.set(piece, { id, score: OWN_SCORE });
  });
  const vocabulary: UnigramVocabulary = { pieces: trie, worst, round: Math.fround };
  return (chars) => segment(chars, vocabulary);
}
