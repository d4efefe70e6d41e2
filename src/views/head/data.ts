// The arithmetic of the head view: which rows and columns are shown, which edges are drawn, what the numbers
// beside the words are. Knows no element and no canvas; everything is for one layer and one filter.

import { type Slice, sliceOf } from "../../analysis/index.ts";
import { countVisible, type Reach, type RowPlace, type Side, type Token } from "../../trace/index.ts";
import { formatCount, formatNumber } from "../look/palette.ts";
import { cellFacts } from "../read/cell-facts.ts";
import { LayerRows } from "../read/layer-rows.ts";
import { MeanReceived } from "../read/received.ts";
import type { CommonProps, Selection } from "../view.ts";
import {
  type ColumnWeights,
  type Combine,
  columnOf,
  givenBy,
  numberFrom,
  restOf,
  takenBy,
} from "./column-weights.ts";
import { chooseEdges, type Edges } from "./edges.ts";
import { CURVES_UP_TO } from "./layout.ts";

/** The words whose lines are drawn strongly: hovered ones, else pinned ones. */
export interface Active {
  readonly side: Selection["side"];
  readonly positions: readonly number[];
}

/** Lines at rest: curves are dear, hairlines cheap; fewer while the reader scrolls. */
const BUDGET = { curves: 6_000, hairlines: 20_000, scrolling: 1_200, pinned: 4_000 };
/** Weights below this are no lines: resting, pinned. */
const FLOOR = { curves: 0.01, hairlines: 0.002, pinned: 0.005 };

/** The words of one column. */
export interface WordColumn {
  readonly tokens: readonly Token[];
  /** Positions shown, in row order. */
  readonly shown: readonly number[];
  /** Position from which on a model wrote the words; Infinity where it wrote none. */
  readonly written: number;
}

type Source = Pick<CommonProps, "attention" | "selection" | "filter">;

export class HeadData {
  readonly slice: Slice;
  /** Row of each query and key, -1 where it is not shown. */
  readonly leftRows: Int32Array;
  readonly rightRows: Int32Array;
  readonly #source: Source;
  readonly #rows: LayerRows;
  readonly #reach: Reach;
  readonly #keep: Uint8Array;
  readonly #received: MeanReceived;
  readonly #queries: number;

  /** Read a layer; a slice equal to that of `before` is kept, so that words need not be made anew. */
  constructor(source: Source, before: HeadData | null) {
    const { attention, selection, filter } = source;
    const [queries, keys] = [attention.tokens("query").length, attention.tokens("key").length];
    this.#source = source;
    this.#queries = queries;
    this.#rows = new LayerRows(attention, selection.layer);
    this.#reach = attention.reach(selection.layer);
    const slice = sliceOf(attention, filter);
    this.slice = before && sameSlice(before.slice, slice) ? before.slice : slice;
    this.leftRows = rowsOf(this.slice.queries, queries);
    this.rightRows = rowsOf(this.slice.keys, keys);
    this.#keep = new Uint8Array(keys);
    for (const key of this.slice.keys) this.#keep[key] = 1;
    this.#received = new MeanReceived(this.#rows, this.#reach, this.slice.queries);
  }

  /** The words of each column: tokens of its stream, the positions shown, and where those that a model wrote begin. */
  get columns(): { readonly left: WordColumn; readonly right: WordColumn } {
    const { attention } = this.#source;
    const column = (side: Side, shown: readonly number[]): WordColumn => ({
      tokens: attention.tokens(side),
      shown,
      written: attention.written(side) ?? Number.POSITIVE_INFINITY,
    });
    return { left: column("query", this.slice.queries), right: column("key", this.slice.keys) };
  }

  /** Rows of the longer column. */
  get count(): number {
    return Math.max(this.slice.queries.length, this.slice.keys.length);
  }

  /** Work out missing rows of `queries` until `enough` says so; the queries that were not reached. */
  prepare(heads: readonly number[], queries: readonly number[], enough: () => boolean): readonly number[] {
    for (const [i, query] of queries.entries()) {
      for (const head of heads) {
        if (this.#rows.has(head, query) || this.#rows.pending(head, query)) continue;
        if (enough()) return queries.slice(i);
        this.#rows.row(head, query);
      }
    }
    return [];
  }

  /** Rows of `queries` that have to be asked for. */
  missing(heads: readonly number[], queries: readonly number[]): readonly RowPlace[] {
    return this.#rows.missing(heads, queries);
  }

  /** Resting edges of `queries`. */
  resting(heads: readonly number[], queries: readonly number[], scrolling: boolean): Edges {
    const curves = this.count <= CURVES_UP_TO;
    const budget = curves ? BUDGET.curves : scrolling ? BUDGET.scrolling : BUDGET.hairlines;
    return this.#choose(heads, queries, this.#keep, curves ? FLOOR.curves : FLOOR.hairlines, budget);
  }

  /** Edges of the active words; those to a key come from `queries` only. */
  strong(heads: readonly number[], active: Active, queries: readonly number[]): Edges {
    if (active.side === "query") {
      return this.#choose(heads, active.positions, this.#keep, FLOOR.pinned, BUDGET.pinned);
    }
    const keep = new Uint8Array(this.#keep.length);
    for (const key of active.positions) keep[key] = 1;
    return this.#choose(heads, queries, keep, FLOOR.pinned, BUDGET.pinned);
  }

  #choose(
    heads: readonly number[],
    queries: readonly number[],
    keep: Uint8Array,
    floor: number,
    budget: number,
  ): Edges {
    const reach = this.#reach;
    for (const head of heads) this.#rows.prepare(head, queries);
    return chooseEdges(this.#rows, {
      heads,
      queries,
      keep,
      range: (query) => reach.range(query),
      cells: (query) => countVisible(reach, query),
      strongest: this.#source.filter.strongest,
      floor: Math.max(floor, this.#source.filter.least ?? 0),
      budget,
    });
  }

  /** Weights beside the words of the other side; mean received without active words, null while not worked out. */
  weights(
    heads: readonly number[],
    active: Active,
    queries: readonly number[],
    combine: Combine,
    enough: () => boolean,
  ): ColumnWeights | null {
    const keys = this.#rows.keys;
    if (active.positions.length === 0) {
      if (!this.#received.work(heads, enough)) return null;
      const received = heads.map((head) => this.#received.of(head));
      return columnOf(received, keys);
    }
    if (active.side === "query") return givenBy(this.#rows, heads, active.positions, keys, combine);
    return takenBy(this.#rows, heads, active.positions, queries, this.#queries, combine);
  }

  /** What the tip says of one cell, name and number. */
  cell(head: number, query: number, key: number): [string, string][] {
    const { attention, selection } = this.#source;
    const place = { layer: selection.layer, head, query, key };
    return cellFacts(attention, place, this.#rows.row(head, query));
  }

  /** Positions that weights of the active words stand beside. */
  other(active: Active): readonly number[] {
    return active.side === "query" ? this.slice.keys : this.slice.queries;
  }

  /** From which weight on a word of the other side gets shading and a number. */
  threshold(weights: ColumnWeights, active: Active): number {
    return numberFrom(weights, this.other(active));
  }

  /** "19 others .05", and where else the mass of `words` words is: hidden keys, a learned sink; "" of differences. */
  rest({ mean }: ColumnWeights, from: number, words: number): string {
    if (this.#source.attention.scale === "difference") return "";
    const rest = restOf(mean, this.slice.keys, from);
    const sum = mean.reduce((total, weight) => total + weight, 0);
    const shown = this.slice.keys.reduce((total, key) => total + mean[key]!, 0);
    const sink = this.#reach.sinks ? words - sum : 0;
    const others = `${formatCount(rest.count)} ${rest.count === 1 ? "other" : "others"}`;
    const parts = [
      { name: others, mass: rest.mass },
      { name: "hidden", mass: sum - shown },
      { name: "sink", mass: sink },
    ];
    return parts
      .filter(({ mass }) => mass >= 0.005)
      .map(({ name, mass }) => `${name} ${formatNumber(mass)}`)
      .join(", ");
  }
}

function sameSlice(a: Slice, b: Slice): boolean {
  return a.queries.join() === b.queries.join() && a.keys.join() === b.keys.join();
}

function rowsOf(shown: readonly number[], count: number): Int32Array {
  const rows = new Int32Array(count).fill(-1);
  for (const [row, position] of shown.entries()) rows[position] = row;
  return rows;
}
