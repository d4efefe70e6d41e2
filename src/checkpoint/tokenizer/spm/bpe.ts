// BPE as SentencePiece does it: the pair of neighbours that makes the piece of the highest score is joined first,
// among equals the one on the left. User-defined pieces are never joined.

import { Trie } from "../trie.ts";
import type { Segment } from "../unigram.ts";
import { Heap } from "./heap.ts";
import { PIECE, type SpmModel } from "./proto.ts";

interface Symbol {
  text: string;
  readonly from: number;
  to: number;
  before: number;
  after: number;
  readonly frozen: boolean;
}

interface Pair {
  readonly left: number;
  readonly right: number;
  readonly score: number;
  readonly text: string;
}

/** The segmentation of normalised characters. */
export function spmBpe({ pieces }: SpmModel): (chars: readonly string[]) => Segment[] {
  const ids = new Map<string, number>();
  const own = new Trie<true>();
  pieces.forEach(({ piece, type }, id) => {
    if (type === PIECE.normal || type === PIECE.userDefined || type === PIECE.unused) ids.set(piece, id);
    if (type === PIECE.userDefined) own.set(piece, true);
  });
  const scoreOf = (text: string) => {
    const id = ids.get(text);
    return id === undefined ? undefined : pieces[id]!.score;
  };
  return (chars) => {
    const symbols = symbolsOf(chars, own);
    joinAll(symbols, scoreOf);
    const found: Segment[] = [];
    for (let i = 0; i >= 0 && i < symbols.length; i = symbols[i]!.after) {
      const { from, to, text } = symbols[i]!;
      found.push({ from, to, id: ids.get(text) });
    }
    return found;
  };
}

function symbolsOf(chars: readonly string[], own: Trie<true>): Symbol[] {
  const symbols: Symbol[] = [];
  for (let from = 0; from < chars.length; ) {
    const whole = own.longest(chars, from);
    const to = whole?.end ?? from + 1;
    const [before, after] = [symbols.length - 1, symbols.length + 1];
    symbols.push({
      text: chars.slice(from, to).join(""),
      from,
      to,
      before,
      after,
      frozen: whole !== undefined,
    });
    from = to;
  }
  const last = symbols.at(-1);
  if (last) last.after = -1;
  return symbols;
}

function joinAll(symbols: Symbol[], scoreOf: (text: string) => number | undefined): void {
  const agenda = new Heap<Pair>((a, b) => a.score > b.score || (a.score === b.score && a.left < b.left));
  const offer = (left: number, right: number) => {
    const [a, b] = [symbols[left], symbols[right]];
    if (!a || !b || a.frozen || b.frozen) return;
    const text = a.text + b.text;
    const score = scoreOf(text);
    if (score !== undefined) agenda.push({ left, right, score, text });
  };
  for (let i = 1; i < symbols.length; i++) offer(i - 1, i);
  for (let pair = agenda.pop(); pair; pair = agenda.pop()) {
    const [left, right] = [symbols[pair.left]!, symbols[pair.right]!];
    if (left.text === "" || right.text === "" || left.text + right.text !== pair.text) continue;
    left.text = pair.text;
    left.to = right.to;
    left.after = right.after;
    right.text = "";
    if (right.after >= 0) symbols[right.after]!.before = pair.left;
    offer(left.before, pair.left);
    offer(pair.left, left.after);
  }
}
