// Which attention weights become lines: a floor, the strongest share of each row, and a budget.
// Differences are chosen by their size, whatever their sign. The budget is met with a histogram of the weights, so its cost hardly grows with the text. Nothing is renormalised.

import { formatNumber } from "../look/palette.ts";

/** Where rows of attention come from. */
export interface RowSource {
  /** Attention of one head's query, [keys]. */
  row(head: number, query: number): Float32Array;
}

/** Which cells may become edges. */
export interface EdgeQuery {
  readonly heads: readonly number[];
  readonly queries: readonly number[];
  /** 1 for each key that is shown, [keys]. */
  readonly keep: Uint8Array;
  /** First and one-past-last key that a query can see. */
  readonly range: (query: number) => readonly [number, number];
  /** Unmasked cells of a query, of which `range` may hold more. */
  readonly cells: (query: number) => number;
  /** Keep the fewest weights of each row that reach this share of its mass; 1 keeps all. */
  readonly strongest: number;
  /** Weights below this are never lines. */
  readonly floor: number;
  /** At most this many edges. */
  readonly budget: number;
}

/** Chosen edges from weak to strong, and what they are part of. */
export interface Edges {
  readonly count: number;
  readonly queries: Uint32Array;
  readonly keys: Uint32Array;
  /** Place of the head in `heads`. */
  readonly heads: Uint16Array;
  readonly weights: Float32Array;
  /** Unmasked cells of these heads and queries. */
  readonly cells: number;
  /** Attention mass of these heads and queries, and the part that the edges carry. */
  readonly mass: number;
  readonly shown: number;
}

const BINS = 1024;
const binOf = (size: number): number => Math.min(BINS - 1, Math.floor(Math.sqrt(size) * BINS));

/** The edges of `query`, at most `budget` of them, the strongest ones. */
export function chooseEdges(source: RowSource, query: EdgeQuery): Edges {
  const histogram = new Uint32Array(BINS);
  const total = { cells: 0, mass: 0 };
  const cuts = new Float32Array(query.heads.length * query.queries.length);
  eachRow(source, query, (row, _, position, place) => {
    const [from, to] = query.range(position);
    total.cells += query.cells(position);
    for (let key = from; key < to; key++) total.mass += Math.abs(row[key]!);
    const cut = Math.max(query.floor, strongestCut(row, query.keep, from, to, query.strongest));
    cuts[place] = cut;
    for (let key = from; key < to; key++) {
      const size = Math.abs(row[key]!);
      if (size >= cut && query.keep[key]) histogram[binOf(size)]!++;
    }
  });
  return collect(source, query, cuts, histogram, total);
}

type RowVisitor = (row: Float32Array, head: number, query: number, place: number) => void;

function eachRow(source: RowSource, { heads, queries }: EdgeQuery, visit: RowVisitor): void {
  let place = 0;
  for (let head = 0; head < heads.length; head++) {
    for (const query of queries) visit(source.row(heads[head]!, query), head, query, place++);
  }
}

/** First bin of the strongest bins that fit the budget; at least the last one. */
function firstBin(histogram: Uint32Array, budget: number): number {
  let bin = BINS - 1;
  let sum = histogram[bin]!;
  while (bin > 0 && sum + histogram[bin - 1]! <= budget) sum += histogram[--bin]!;
  return bin;
}

function collect(
  source: RowSource,
  query: EdgeQuery,
  cuts: Float32Array,
  histogram: Uint32Array,
  total: { cells: number; mass: number },
): Edges {
  const first = firstBin(histogram, query.budget);
  const next = new Uint32Array(BINS);
  let count = 0;
  for (let bin = first; bin < BINS; bin++) {
    next[bin] = count;
    count += histogram[bin]!;
  }
  const edges = {
    count,
    queries: new Uint32Array(count),
    keys: new Uint32Array(count),
    heads: new Uint16Array(count),
    weights: new Float32Array(count),
  };
  let shown = 0;
  eachRow(source, query, (row, head, position, place) => {
    const [from, to] = query.range(position);
    const cut = cuts[place]!;
    for (let key = from; key < to; key++) {
      const size = Math.abs(row[key]!);
      if (!(size >= cut) || !query.keep[key]) continue;
      const bin = binOf(size);
      if (bin < first) continue;
      const at = next[bin]!++;
      edges.queries[at] = position;
      edges.keys[at] = key;
      edges.heads[at] = head;
      edges.weights[at] = row[key]!;
      shown += size;
    }
  });
  return { ...edges, cells: total.cells, mass: total.mass, shown };
}

/**
 * Smallest size among the fewest weights of a row that reach `share` of the mass of its kept keys; 0 keeps all.
 * Bins narrow the search, so that only one bin is sorted.
 */
export function strongestCut(
  row: Float32Array,
  keep: Uint8Array,
  from: number,
  to: number,
  share: number,
): number {
  if (share >= 1) return 0;
  const mass = new Float64Array(BINS);
  let total = 0;
  for (let key = from; key < to; key++) {
    if (!keep[key]) continue;
    const size = Math.abs(row[key]!);
    mass[binOf(size)]! += size;
    total += size;
  }
  let reached = 0;
  let bin = BINS - 1;
  while (bin > 0 && reached + mass[bin]! < share * total) reached += mass[bin--]!;
  const inBin = [];
  for (let key = from; key < to; key++) {
    const size = Math.abs(row[key]!);
    if (keep[key] && binOf(size) === bin) inBin.push(size);
  }
  inBin.sort((a, b) => b - a);
  for (const weight of inBin) {
    reached += weight;
    if (reached >= share * total) return weight;
  }
  return inBin.at(-1) ?? 0;
}

/** What was left out: "412 of 65,536 edges, 96 % of the attention mass"; null if every cell is drawn. `mass` names what is shared out. */
export function omission(
  edges: Pick<Edges, "count" | "cells" | "mass" | "shown">,
  mass = "attention mass",
  least = 0,
): string | null {
  if (edges.count >= edges.cells) return null;
  const share = edges.mass > 0 ? (100 * edges.shown) / edges.mass : 0;
  const percent = share >= 99.95 ? "over 99.9" : share >= 99.5 ? share.toFixed(1) : String(Math.round(share));
  const count = (n: number) => n.toLocaleString("en-US");
  const from = least > 0 ? ` from ${formatNumber(least)} on` : "";
  return `${count(edges.count)} of ${count(edges.cells)} edges${from}, ${percent} % of the ${mass}`;
}
