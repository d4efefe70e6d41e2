// The weights a matrix shows, by row and column of what the filter leaves. Masked cells are NaN: absent, not zero.

import { type Slice, sliceOf } from "../../analysis/index.ts";
import {
  type Attention,
  type AttentionState,
  headName,
  type Reach,
  type RowPlace,
} from "../../trace/index.ts";
import { type Ink, type InkScale, inkOf, rankInk } from "../look/ink.ts";
import { formatNumber } from "../look/palette.ts";
import type { ThemeName } from "../look/theme.ts";
import { cellFacts } from "../read/cell-facts.ts";
import { LayerRows } from "../read/layer-rows.ts";
import { secondSentence } from "../read/sentences.ts";
import { placedWordsOf, wordsOf } from "../read/words.ts";
import type { CellFilter, Hover, Selection } from "../view.ts";
import type { MatrixPoint } from "./layout.ts";

/** Rows that ranks are counted among. */
const RANKED = 64;

/** Weights of a row from column `first` on, NaN where masked; columns before and after are masked. */
export interface RowPart {
  readonly first: number;
  readonly weights: Float32Array;
}

/** One head's attention as the matrix draws it. */
export class MatrixCells {
  readonly slice: Slice;
  /** True if a last column shows the mass that learned sinks take. */
  readonly sink: boolean;
  readonly rows: number;
  readonly columns: number;
  readonly rowWords: readonly string[];
  readonly columnWords: readonly string[];
  /** Words of columns as lists show them: equal ones carry their position. */
  readonly listedWords: readonly string[];
  readonly #pattern: LayerRows;
  readonly #reach: Reach;
  readonly #ranked = new Map<ThemeName, Ink>();
  /** True if no key between the first and the last is left out. */
  readonly #contiguous: boolean;

  constructor(
    readonly attention: Attention,
    readonly layer: number,
    readonly head: number,
    filter: CellFilter,
  ) {
    this.slice = sliceOf(attention, filter);
    this.#reach = attention.reach(layer);
    this.sink = this.#reach.sinks;
    this.rows = this.slice.queries.length;
    this.columns = this.slice.keys.length + (this.sink ? 1 : 0);
    const { keys } = this.slice;
    this.#contiguous = keys.length === 0 || keys.at(-1)! - keys[0]! === keys.length - 1;
    const [rows, columns] = this.#tokens().map(wordsOf);
    const listed = placedWordsOf(this.#tokens()[1]!);
    this.rowWords = this.slice.queries.map((i) => rows![i]!);
    this.columnWords = [...keys.map((i) => columns![i]!), ...(this.sink ? ["sink"] : [])];
    this.listedWords = [...keys.map((i) => listed[i]!), ...(this.sink ? ["sink"] : [])];
    this.#pattern = new LayerRows(attention, layer);
  }

  /** "head 4.11", or what the attention calls it. */
  get name(): string {
    return headName(this.attention, this.layer, this.head);
  }

  /** The colours of these cells. Of many rows, ranks are those among a part of them. */
  ink(theme: ThemeName, scale: InkScale = "root"): Ink {
    if (scale !== "rank" || this.attention.scale === "difference")
      return inkOf(theme, this.attention.scale, scale === "rank" ? "root" : scale);
    const known = this.#ranked.get(theme) ?? rankInk(theme, this.#sample());
    if (this.state === "here") this.#ranked.set(theme, known);
    return known;
  }

  /** Weights of at most `RANKED` rows, ascending. */
  #sample(): Float32Array {
    const step = Math.max(1, Math.ceil(this.rows / RANKED));
    const line = new Float32Array(this.columns);
    const weights: number[] = [];
    for (let row = this.rows - 1; row >= 0; row -= step) {
      this.readRow(row, 0, this.columns, line);
      for (const weight of line) if (!Number.isNaN(weight)) weights.push(weight);
    }
    return Float32Array.from(weights).sort();
  }

  /** True if reading this row costs nothing. */
  has(row: number): boolean {
    return this.#pattern.has(this.head, this.slice.queries[row]!);
  }

  /** Whether rows can be worked out ("here"), have to be asked for, or were not recorded. */
  get state(): AttentionState {
    return this.attention.state(this.layer, this.head);
  }

  /** Rows among these that have to be asked for. */
  missing(rows: readonly number[]): readonly RowPlace[] {
    const queries = rows.map((row) => this.slice.queries[row]!);
    return this.#pattern.missing([this.head], queries);
  }

  /** Compute a row and keep it. */
  fetch(row: number): void {
    this.#pattern.row(this.head, this.slice.queries[row]!);
  }

  /** Weight of a cell; NaN where it is masked or not here. */
  weight(row: number, column: number): number {
    const query = this.slice.queries[row]!;
    const weights = this.#pattern.known(this.head, query);
    if (!weights) return Number.NaN;
    if (column === this.slice.keys.length) return sinkOf(weights);
    const key = this.slice.keys[column]!;
    return this.#reach.visible(query, key) ? weights[key]! : Number.NaN;
  }

  /** Weights of a row among columns `first` to `end`; where no key is left out they are read in place. */
  part(row: number, first: number, end: number): RowPart {
    const query = this.slice.queries[row]!;
    const weights = this.#pattern.row(this.head, query);
    const { keys } = this.slice;
    if (!this.#contiguous || this.#reach.masked || end > keys.length) {
      const column = (at: number): number => this.weight(row, at);
      return { first, weights: Float32Array.from({ length: end - first }, (_, i) => column(first + i)) };
    }
    const [low, high] = this.#reach.range(query);
    // Columns are keys moved by a constant.
    const shift = keys[0] ?? 0;
    const from = Math.max(first, Math.min(end, low - shift));
    const to = Math.max(from, Math.min(end, high - shift));
    return { first: from, weights: weights.subarray(from + shift, to + shift) };
  }

  /** Weights of columns `first` to `end` of a row into `out`; NaN where masked. */
  readRow(row: number, first: number, end: number, out: Float32Array): void {
    const part = this.part(row, first, end);
    out.fill(Number.NaN);
    out.set(part.weights, part.first - first);
  }

  /** What the tip says of a cell that is not masked, name and number. */
  facts(row: number, column: number): [string, string][] {
    const { attention, layer, head } = this;
    const { query, key } = this.place(row, column);
    if (key === null) return [["weight", formatNumber(this.weight(row, column), 3)]];
    const place = { layer, head, query, key };
    return cellFacts(attention, place, this.#pattern.row(head, query));
  }

  /** Number of columns of a row up to its last cell that is not masked. */
  rowEnd(row: number): number {
    const last = this.slice.keys.length - 1;
    if (this.sink) return this.columns;
    for (let column = last; column >= 0; column--) if (this.#seen(row, column)) return column + 1;
    return 0;
  }

  /** First row in which a column is not masked. */
  columnStart(column: number): number {
    if (column === this.slice.keys.length) return 0;
    for (let row = 0; row < this.rows; row++) if (this.#seen(row, column)) return row;
    return 0;
  }

  #seen(row: number, column: number): boolean {
    return this.#reach.visible(this.slice.queries[row]!, this.slice.keys[column]!);
  }

  /** Mean weights of several rows, [columns]: a masked cell counts as nothing, and is NaN where all are masked. */
  mean(rows: readonly number[]): Float32Array {
    const mean = new Float32Array(this.columns).fill(Number.NaN);
    const line = new Float32Array(this.columns);
    for (const row of rows) {
      this.readRow(row, 0, this.columns, line);
      line.forEach((weight, i) => {
        if (!Number.isNaN(weight)) mean[i] = (Number.isNaN(mean[i]!) ? 0 : mean[i]!) + weight / rows.length;
      });
    }
    return mean;
  }

  /** First row and column of a second sentence; -1 where there is none. */
  get borders(): readonly [number, number] {
    const { queries, keys } = this.slice;
    const [rows, columns] = this.#tokens();
    return [
      secondSentence({ tokens: rows, shown: queries }),
      secondSentence({ tokens: columns, shown: keys }),
    ];
  }

  #tokens() {
    return [this.attention.tokens("query"), this.attention.tokens("key")] as const;
  }

  /** Rows or columns of the pinned words that are shown. */
  pinned({ pins, side }: Selection, wanted: Selection["side"]): ReadonlySet<number> {
    const shown = wanted === "query" ? this.slice.queries : this.slice.keys;
    const places = wanted === side ? pins.map((pin) => shown.indexOf(pin)) : [];
    return new Set(places.filter((place) => place >= 0));
  }

  /** Row and column of what is pointed at, null where it names none; null where it is not shown. */
  find({ query, key }: Pick<Hover, "query" | "key">): MatrixPoint | null {
    const row = query === null ? -1 : this.slice.queries.indexOf(query);
    const column = key === null ? -1 : this.slice.keys.indexOf(key);
    if ((query !== null && row < 0) || (key !== null && column < 0) || (row < 0 && column < 0)) return null;
    return { row: row < 0 ? null : row, column: column < 0 ? null : column };
  }

  /** Query and key of a cell; the key is null in the column of sinks. */
  place(row: number, column: number): { query: number; key: number | null } {
    return { query: this.slice.queries[row]!, key: this.slice.keys[column] ?? null };
  }
}

/** What is missing from a row to make 1. */
function sinkOf(weights: Float32Array): number {
  let sum = 0;
  for (const weight of weights) sum += weight;
  return Math.max(0, 1 - sum);
}

/** Numbers from `first` to `end` - 1 coarse first (every 16th, 8th, ...), so that a long picture appears as a whole. */
export function coarseFirst(first: number, end: number): number[] {
  const order: number[] = [];
  for (let step = 16; step >= 1; step /= 2) {
    for (let i = first; i < end; i++) {
      if ((i - first) % step === 0 && (step === 16 || (i - first) % (step * 2) !== 0)) order.push(i);
    }
  }
  return order;
}
