// Attention between words in place of their pieces (Clark et al. 2019, section 4.1): what a word attends to is the mean
// over its pieces, what it is attended to is the sum over them. So the rows of a distribution stay distributions.

import type { Attention, RowPlace, Side } from "./attention.ts";
import { Derived } from "./derived.ts";
import type { Reach } from "./reach.ts";
import { type Token, TraceError } from "./types.ts";

/** The number of the word that each token is a piece of: 0, then the same or one more from token to token. */
export interface WordGroups {
  readonly query: Int32Array;
  readonly key: Int32Array;
}

/** The words of one side. */
interface Words {
  readonly of: Int32Array;
  /** First position of each word, and one past the last position. */
  readonly starts: Int32Array;
  readonly tokens: readonly Token[];
}

/** Attention between words. */
export interface MergedAttention extends Attention {
  /** First and one-past-last position of a word. */
  pieces(side: Side, word: number): readonly [number, number];
  /** The word that a position belongs to. */
  wordAt(side: Side, position: number): number;
}

class Merged extends Derived implements MergedAttention {
  readonly unit: string;
  readonly #words: Readonly<Record<Side, Words>>;

  constructor(from: Attention, words: Readonly<Record<Side, Words>>) {
    super(from, words.query.tokens.length);
    this.#words = words;
    this.unit = `${from.unit} of words (Σ keys, mean queries)`;
  }

  override tokens(side: Side): readonly Token[] {
    return this.#words[side].tokens;
  }

  wordAt(side: Side, position: number): number {
    return this.#words[side].of[position]!;
  }

  pieces(side: Side, word: number): readonly [number, number] {
    const { starts } = this.#words[side];
    return [starts[word]!, starts[word + 1]!];
  }

  override written(side: Side): number | null {
    const start = this.from.written(side);
    return start === null ? null : (this.#words[side].of[start] ?? this.#words[side].tokens.length);
  }

  /** A cell exists where one of its pieces does. */
  override reach(layer: number): Reach {
    const from = this.from.reach(layer);
    const { of } = this.#words.key;
    return {
      causal: from.causal,
      sinks: from.sinks,
      masked: from.masked,
      visible: (query, key) => {
        const [first, end] = this.pieces("key", key);
        return this.#queries(query).some((piece) => {
          for (let at = first; at < end; at++) if (from.visible(piece, at)) return true;
          return false;
        });
      },
      range: (query) => {
        const ranges = this.#queries(query)
          .map((piece) => from.range(piece))
          .filter(([first, end]) => end > first);
        if (ranges.length === 0) return [0, 0];
        const first = Math.min(...ranges.map(([low]) => low));
        const end = Math.max(...ranges.map(([, high]) => high));
        return [of[first]!, of[end - 1]! + 1];
      },
    };
  }

  protected ready(layer: number, head: number, query: number): boolean {
    return this.#queries(query).every((piece) => this.from.has(layer, head, piece));
  }

  /** Scores are of pieces: what softmax made of them is merged, they are not. */
  protected make(layer: number, head: number, query: number, keep: boolean): Float32Array | undefined {
    const rows = this.#queries(query).map((piece) => this.from.row(layer, head, piece, keep));
    if (rows.some((row) => row === undefined)) return undefined;
    return this.#merged(rows as Float32Array[]);
  }

  async want(rows: readonly RowPlace[], signal?: AbortSignal): Promise<void> {
    const all = rows.flatMap(({ layer, head, query }) =>
      this.#queries(query).map((piece) => ({ layer, head, query: piece })),
    );
    await this.from.want(all, signal);
  }

  /** Positions of a word's pieces among the queries. */
  #queries(word: number): number[] {
    const [first, end] = this.pieces("query", word);
    return Array.from({ length: end - first }, (_, i) => first + i);
  }

  #merged(rows: readonly Float32Array[]): Float32Array {
    const { of, tokens } = this.#words.key;
    const sums = new Float64Array(tokens.length);
    for (const row of rows) for (let key = 0; key < of.length; key++) sums[of[key]!]! += row[key]!;
    return Float32Array.from(sums, (sum) => sum / rows.length);
  }
}

/**
 * Attention between the words that `groups` makes of the tokens of each side.
 * @throws TraceError where groups do not fit the tokens
 */
export function mergedOf(attention: Attention, groups: WordGroups): MergedAttention {
  const query = wordsOf("query", attention.tokens("query"), groups.query);
  const same = attention.tokens("key") === attention.tokens("query") && groups.key === groups.query;
  const key = same ? query : wordsOf("key", attention.tokens("key"), groups.key);
  return new Merged(attention, { query, key });
}

function wordsOf(side: Side, tokens: readonly Token[], of: Int32Array): Words {
  if (of.length !== tokens.length) {
    throw new TraceError(`The ${side} groups are ${of.length}; expected ${tokens.length}, one per token.`);
  }
  const starts: number[] = [];
  for (const [at, word] of of.entries()) {
    if (word === starts.length) starts.push(at);
    else if (at === 0 || word !== starts.length - 1) {
      throw new TraceError(
        `The ${side} groups hold ${word} at position ${at}; expected numbers from 0 that stay or grow by one.`,
      );
    }
  }
  const ends = [...starts.slice(1), tokens.length];
  const words = starts.map((start, word) => wordOf(tokens.slice(start, ends[word])));
  return { of, starts: Int32Array.from([...starts, tokens.length]), tokens: words };
}

/** One token in place of several. */
function wordOf(pieces: readonly Token[]): Token {
  const [first, last] = [pieces[0]!, pieces.at(-1)!];
  if (pieces.length === 1) return first;
  const raw = pieces.map((piece, i) => (i > 0 ? piece.raw.replace(/^##/, "") : piece.raw)).join("");
  const text = pieces.map((piece, i) => (i > 0 ? piece.text.replace(/^##/, "") : piece.text)).join("");
  return { ...first, id: null, raw, text, end: last.end };
}
