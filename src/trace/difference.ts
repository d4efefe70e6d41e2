// What changed from one attention to another, cell by cell: `after` minus `before`, on the tokens of `after`.
// Tokens are matched by position, or as an alignment says. A cell without a counterpart is masked, not zero.

import { type Attention, type AttentionState, mostHeads, type RowPlace, type Side } from "./attention.ts";
import { KeptRows } from "./kept-rows.ts";
import type { Reach } from "./reach.ts";
import { type BlockName, type Token, TraceError } from "./types.ts";

/** For each position of `after` the matching one of `before`, -1 for none. */
export interface Alignment {
  readonly query: Int32Array;
  readonly key: Int32Array;
}

/** A difference, and what it was matched by. */
export interface AttentionDifference extends Attention {
  /** Matching positions of `before`, [tokens of `side`]; -1 where a token has no counterpart. */
  aligned(side: Side): Int32Array;
}

class Difference implements AttentionDifference {
  readonly scale = "difference";
  readonly unit = "difference";
  readonly block: BlockName;
  readonly layers: number;
  readonly parts: readonly [string, string];
  readonly #after: Attention;
  readonly #before: Attention;
  readonly #alignment: Alignment;
  readonly #rows: KeptRows;

  constructor(before: Attention, after: Attention, alignment: Alignment) {
    this.#after = after;
    this.#before = before;
    this.#alignment = alignment;
    this.block = after.block;
    this.parts = after.parts;
    this.layers = Math.min(before.layers, after.layers);
    this.#rows = new KeptRows(mostHeads(this), after.tokens("query").length);
  }

  heads(layer: number): number {
    return Math.min(this.#after.heads(layer), this.#before.heads(layer));
  }

  tokens(side: Side): readonly Token[] {
    return this.#after.tokens(side);
  }

  written(side: Side): number | null {
    return this.#after.written(side);
  }

  aligned(side: Side): Int32Array {
    return this.#alignment[side];
  }

  state(layer: number, head?: number): AttentionState {
    const states = [this.#after, this.#before].map((attention) => attention.state(layer, head));
    return (
      states.find((state) => state === "absent") ?? states.find((state) => state === "pending") ?? "here"
    );
  }

  stored(layer: number): boolean {
    return this.#after.stored(layer) && this.#before.stored(layer);
  }

  /** Cells that have a counterpart and exist in one of the two at least. */
  reach(layer: number): Reach {
    const [after, before] = [this.#after.reach(layer), this.#before.reach(layer)];
    const { query: rows, key: columns } = this.#alignment;
    const same = isSame(rows) && isSame(columns) && !before.masked && !after.masked;
    const matched = same && sameRange(after, before, rows.length);
    return {
      causal: after.causal && before.causal,
      sinks: false,
      masked: !matched,
      visible: (query, key) => {
        const [row, column] = [rows[query]!, columns[key]!];
        return row >= 0 && column >= 0 && (after.visible(query, key) || before.visible(row, column));
      },
      range: (query) => (matched ? after.range(query) : [0, rows[query]! < 0 ? 0 : columns.length]),
    };
  }

  has(layer: number, head: number, query: number): boolean {
    if (this.#rows.get(layer, head, query)) return true;
    const row = this.#alignment.query[query]!;
    return this.#after.has(layer, head, query) && (row < 0 || this.#before.has(layer, head, row));
  }

  row(layer: number, head: number, query: number, keep = true): Float32Array | undefined {
    const known = this.#rows.get(layer, head, query);
    if (known) return known;
    const made = this.#minus(query, 0, (attention, row) => attention.row(layer, head, row, keep));
    if (made && keep) this.#rows.keep(layer, head, query, made);
    return made;
  }

  /** Differences of scores; -Infinity where one of the two has none. */
  scores(layer: number, head: number, query: number): Float32Array | undefined {
    const none = Number.NEGATIVE_INFINITY;
    const scores = this.#minus(query, none, (attention, row) => attention.scores(layer, head, row));
    return scores?.map((score) => (Number.isFinite(score) ? score : none));
  }

  async want(rows: readonly RowPlace[], signal?: AbortSignal): Promise<void> {
    const matched = rows
      .map((place) => ({ ...place, query: this.#alignment.query[place.query]! }))
      .filter(({ query }) => query >= 0);
    await Promise.all([this.#after.want(rows, signal), this.#before.want(matched, signal)]);
  }

  /** `after` minus `before` where both have a token, `absent` elsewhere. */
  #minus(
    query: number,
    absent: number,
    read: (attention: Attention, query: number) => Float32Array | undefined,
  ): Float32Array | undefined {
    const { query: rows, key: columns } = this.#alignment;
    const out = new Float32Array(columns.length).fill(absent);
    if (rows[query]! < 0) return out;
    const [after, before] = [read(this.#after, query), read(this.#before, rows[query]!)];
    if (!after || !before) return undefined;
    for (let key = 0; key < columns.length; key++) {
      if (columns[key]! >= 0) out[key] = after[key]! - before[columns[key]!]!;
    }
    return out;
  }
}

function isSame(positions: Int32Array): boolean {
  return positions.every((other, position) => other === position);
}

function sameRange(a: Reach, b: Reach, queries: number): boolean {
  for (let query = 0; query < queries; query++) {
    if (a.range(query).join() !== b.range(query).join()) return false;
  }
  return true;
}

function byPosition(before: number, after: number): Int32Array {
  return Int32Array.from({ length: after }, (_, position) => (position < before ? position : -1));
}

/**
 * `after` minus `before`: what attention gained, -1 to 1. Rows and columns are the tokens of `after`.
 * @throws TraceError where an alignment does not fit the tokens
 */
export function differenceOf(
  before: Attention,
  after: Attention,
  alignment?: Alignment,
): AttentionDifference {
  const side = (name: Side): Int32Array => {
    const [from, to] = [before.tokens(name).length, after.tokens(name).length];
    const given = alignment?.[name];
    if (given) checkAlignment(name, given, from, to);
    return given ?? byPosition(from, to);
  };
  return new Difference(before, after, { query: side("query"), key: side("key") });
}

function checkAlignment(side: Side, given: Int32Array, before: number, after: number): void {
  const wrong = given.find((position) => position < -1 || position >= before);
  if (given.length === after && wrong === undefined) return;
  const found = given.length === after ? `holds position ${wrong}` : `has ${given.length} entries`;
  throw new TraceError(
    `The ${side} alignment ${found}; expected ${after} positions from -1 to ${before - 1}, one per token.`,
  );
}
