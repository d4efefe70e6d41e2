// Merges of BPE from a SentencePiece file, which stores pieces only: every way to make a piece from two others.

import type { JsonObject } from "../../json.ts";
import { PIECE, type SpmModel } from "./proto.ts";

/** Merges in the order of the pieces that they make, as Transformers derives them for its tokenizer classes. */
export function mergesByPlace(vocab: ReadonlyMap<string, number>): [string, string][] {
  const idOf = (piece: string) => vocab.get(piece)!;
  return [...vocab.keys()].flatMap((piece) =>
    splits(piece, (part) => vocab.has(part)).sort(
      ([a, b], [c, d]) => length(a) - length(c) || idOf(a) - idOf(c) || idOf(b) - idOf(d),
    ),
  );
}

/** Merges by score, of normal pieces only: SentencePiece's own order. `names`: what pieces are called, by id. */
export function mergesByScore({ pieces }: SpmModel, names: readonly string[]): [string, string][] {
  const normal = new Set(names.filter((_, id) => pieces[id]?.type === PIECE.normal));
  const ranked = names.flatMap((name, id) =>
    normal.has(name)
      ? splits(name, (part) => normal.has(part)).map((merge) => ({ merge, score: pieces[id]!.score, id }))
      : [],
  );
  ranked.sort((a, b) => b.score - a.score || a.id - b.id || length(a.merge[0]) - length(b.merge[0]));
  return ranked.map(({ merge }) => merge);
}

/** Both parts of a piece wherever it can be cut into two that are known. */
function splits(piece: string, known: (part: string) => boolean): [string, string][] {
  const found: [string, string][] = [];
  const chars = [...piece];
  let at = 0;
  for (const char of chars.slice(0, -1)) {
    at += char.length;
    const [left, right] = [piece.slice(0, at), piece.slice(at)];
    if (known(left) && known(right)) found.push([left, right]);
  }
  return found;
}

function length(text: string): number {
  return [...text].length;
}

/** Ids by piece; of a piece that comes twice the last, as in a dictionary of Python. */
export function idsOf(names: readonly string[]): JsonObject {
  const map: Record<string, number> = Object.create(null);
  names.forEach((name, id) => {
    map[name] = id;
  });
  return map;
}
