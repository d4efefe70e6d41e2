// An encoder-decoder run as one matrix: source and target words in one list, as rows and as columns. What does not
// exist, source words looking at target words, is masked. The row of a target word holds two distributions, its cross
// attention and its own, and so sums to 2; nothing is renormalised. Rows are put together as they are asked for.

import {
  type Attention,
  type AttentionState,
  mostHeads,
  PLAIN_UNIT,
  type RowPlace,
  type Side,
} from "./attention.ts";
import { KeptRows } from "./kept-rows.ts";
import type { Reach } from "./reach.ts";
import { attentionOf } from "./recorded.ts";
import type { Trace } from "./trace.ts";
import type { Token } from "./types.ts";

const PARTS = ["encoder", "decoder", "cross"] as const;

/** The three attentions of an encoder-decoder run. */
interface Joined {
  readonly encoder: Attention;
  readonly decoder: Attention;
  readonly cross: Attention;
}

/** A part of a joined row: an attention, its row, and the column where it begins. */
interface Piece {
  readonly of: Attention;
  readonly query: number;
  readonly at: number;
}

class JoinedAttention implements Attention {
  readonly block = "self";
  readonly scale = "weight";
  readonly unit = PLAIN_UNIT;
  readonly parts = ["Source", "Target"] as const;
  readonly layers: number;
  readonly #of: Joined;
  readonly #all: readonly Attention[];
  readonly #tokens: readonly Token[];
  readonly #source: number;
  readonly #rows: KeptRows;

  constructor(of: Joined) {
    this.#of = of;
    this.#all = PARTS.map((part) => of[part]);
    this.layers = Math.min(...this.#all.map(({ layers }) => layers));
    this.#source = of.encoder.tokens("query").length;
    this.#tokens = [...segment(of.encoder, 0), ...segment(of.decoder, 1)];
    this.#rows = new KeptRows(mostHeads(this), this.#tokens.length);
  }

  heads(layer: number): number {
    return Math.min(...this.#all.map((attention) => attention.heads(layer)));
  }

  tokens(_side: Side): readonly Token[] {
    return this.#tokens;
  }

  written(_side: Side): number | null {
    const start = this.#of.decoder.written("query");
    return start === null ? null : this.#source + start;
  }

  state(layer: number, head?: number): AttentionState {
    const states = this.#all.map((attention) => attention.state(layer, head));
    return (
      states.find((state) => state === "absent") ?? states.find((state) => state === "pending") ?? "here"
    );
  }

  stored(layer: number): boolean {
    return this.#all.every((attention) => attention.stored(layer));
  }

  reach(layer: number): Reach {
    const reaches = new Map(this.#all.map((attention) => [attention, attention.reach(layer)]));
    return {
      causal: false,
      sinks: this.#all.some((attention) => reaches.get(attention)!.sinks),
      masked: true,
      visible: (query, key) =>
        this.#pieces(query).some(
          ({ of, query: row, at }) =>
            key >= at && key < at + of.tokens("key").length && reaches.get(of)!.visible(row, key - at),
        ),
      range: (query) => [0, query < this.#source ? this.#source : this.#tokens.length],
    };
  }

  has(layer: number, head: number, query: number): boolean {
    if (this.#rows.get(layer, head, query)) return true;
    return this.#pieces(query).every((piece) => piece.of.has(layer, head, piece.query));
  }

  row(layer: number, head: number, query: number, keep = true): Float32Array | undefined {
    const known = this.#rows.get(layer, head, query);
    if (known) return known;
    const made = this.#joined(query, 0, ({ of, query: row }) => of.row(layer, head, row, keep));
    if (made && keep) this.#rows.keep(layer, head, query, made);
    return made;
  }

  scores(layer: number, head: number, query: number): Float32Array | undefined {
    return this.#joined(query, Number.NEGATIVE_INFINITY, ({ of, query: row }) => of.scores(layer, head, row));
  }

  async want(rows: readonly RowPlace[], signal?: AbortSignal): Promise<void> {
    const asked = this.#all.map((attention) => {
      const own = rows.flatMap(({ layer, head, query }) =>
        this.#pieces(query).flatMap((piece) =>
          piece.of === attention ? [{ layer, head, query: piece.query }] : [],
        ),
      );
      return own.length > 0 ? attention.want(own, signal) : undefined;
    });
    await Promise.all(asked);
  }

  /** What a row is put together from. */
  #pieces(query: number): readonly Piece[] {
    const { encoder, decoder, cross } = this.#of;
    const target = query - this.#source;
    if (target < 0) return [{ of: encoder, query, at: 0 }];
    return [
      { of: cross, query: target, at: 0 },
      { of: decoder, query: target, at: this.#source },
    ];
  }

  /** A row of all words; `absent` where there is no cell. */
  #joined(
    query: number,
    absent: number,
    read: (piece: Piece) => Float32Array | undefined,
  ): Float32Array | undefined {
    const out = new Float32Array(this.#tokens.length).fill(absent);
    for (const piece of this.#pieces(query)) {
      const part = read(piece);
      if (!part) return undefined;
      out.set(part, piece.at);
    }
    return out;
  }
}

function segment(attention: Attention, part: 0 | 1): Token[] {
  return attention.tokens("query").map((token) => ({ ...token, segment: part }));
}

/** True if `run` is one of an encoder-decoder, with all three parts. */
export function joins(run: Trace): boolean {
  return PARTS.every((part) => run.manifest.blocks.some(({ name }) => name === part));
}

const made = new WeakMap<Trace, Attention>();

/** The three attentions of a run as one, the same object each time; null where it is not of an encoder-decoder. */
export function joinedOf(run: Trace): Attention | null {
  if (!joins(run)) return null;
  const [encoder, decoder, cross] = PARTS.map((part) => attentionOf(run, part)) as [
    Attention,
    Attention,
    Attention,
  ];
  const joined = made.get(run) ?? new JoinedAttention({ encoder, decoder, cross });
  made.set(run, joined);
  return joined;
}
