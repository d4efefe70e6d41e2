// Where a horizontal head figure puts its words: queries along the top, keys along the bottom, a column for each
// position, lines down between them. Words that do not fit side by side are turned, or stand letter below letter.

import type { Side } from "../../../trace/index.ts";
import { runsFromRight, standsUpright } from "../../read/writing.ts";
import { charactersOf } from "../../scene/characters.ts";
import { type Measure, widest } from "../../scene/measure.ts";

/** How the words of a side stand: as they are read, at an angle, or letter below letter. */
export type Stand = "level" | "turned" | "stacked";

/** One row of words. */
export interface WordRow {
  readonly stand: Stand;
  /** The first word stands at the right. */
  readonly fromRight: boolean;
  /** Height of the row. */
  readonly depth: number;
  /** Longest word, along its letters; longer ones are cut. */
  readonly longest: number;
}

/** Columns of words, on paper and in a page; x runs from the left edge, y from the top. */
export interface Columns {
  readonly orientation: "horizontal";
  /** Width of a column: what the height of a row is in the vertical view. */
  readonly rowHeight: number;
  readonly fontSize: number;
  /** Bottom of the queries and top of the keys. */
  readonly from: number;
  readonly to: number;
  /** Left and right edge of all columns. */
  readonly left: number;
  readonly right: number;
  readonly rows: Readonly<Record<Side, WordRow>>;
}

/** A figure's sizes in px; y runs from its titles. */
export interface HorizontalLayout extends Columns {
  /** Height of the numbers with their bars, and where they begin: beyond the words of their side. */
  readonly numbers: { readonly side: Side; readonly top: number; readonly height: number };
  /** Middles of the titles of queries and keys. */
  readonly titles: Readonly<Record<Side, number>>;
  readonly height: number;
}

/** Degrees between a turned word and its row, as of the matrix' columns. */
export const SLANT = 56;
/** Space between words and what is beside them. */
export const GAP = 4;
/** Longest bars. */
export const BAR = 26;
/** Room for a number, which is turned where columns are narrow. */
export const NUMBER = 26;
const TITLE = 18;
const LEVEL = 20;
/** Room for the names of sentences. */
export const SENTENCE = 14;
const NARROWEST = 14;
export const WIDEST = 96;
/** Height of a letter among stacked ones, as a share of the font size. */
export const LETTER = 1.12;

/** What the columns depend on. */
export interface ColumnsRequest {
  readonly width: number;
  readonly words: Readonly<Record<Side, readonly string[]>>;
  /** Names of sentences are shown. */
  readonly marked: boolean;
  readonly measure: Measure;
  /** Font size for a column's width; that of paper where left out. */
  readonly fontOf?: (rowHeight: number) => number;
  /** Longest word, along its letters; by the width where left out. */
  readonly most?: number;
}

/** What a layout for paper depends on. */
export interface HorizontalRequest extends ColumnsRequest {
  /** The side that numbers belong to. */
  readonly numbers: Side;
}

/** Where titles and notes begin. */
export function textLeft({ left }: Pick<Columns, "left">): number {
  return Math.min(left, 14);
}

/** How far a slanted word of this depth leans. */
export function leanOf(depth: number): number {
  return depth / Math.tan((SLANT * Math.PI) / 180);
}

/** Lay out all words; `columnsThatFit` says how many there may be. */
export function horizontalLayout(request: HorizontalRequest): HorizontalLayout {
  const { width, words, marked } = request;
  const { query, key, left: start, right: end } = settled(request);
  const count = Math.max(1, words.query.length, words.key.length);
  const rowHeight = Math.min(WIDEST, (end - start) / count);
  const left = start + (end - start - rowHeight * count) / 2;
  const numbers = BAR + NUMBER + 2 * GAP;
  const above = request.numbers === "query" ? numbers : 0;
  const from = TITLE + above + (marked ? SENTENCE : 0) + query.depth;
  const to = from + Math.max(110, Math.min(230, 0.34 * width));
  const below = to + key.depth;
  const height = below + (above > 0 ? 0 : numbers) + TITLE;
  return {
    orientation: "horizontal",
    rowHeight,
    fontSize: fontOf(rowHeight),
    from,
    to,
    left,
    right: left + rowHeight * count,
    rows: { query, key },
    numbers: { side: request.numbers, top: above > 0 ? TITLE : below, height: numbers },
    titles: { query: TITLE / 2, key: height - TITLE / 2 },
    height,
  };
}

/** How many columns the width has room for. */
export function columnsThatFit(request: HorizontalRequest): number {
  const { left, right } = settled(request);
  return Math.max(1, Math.floor((right - left) / NARROWEST));
}

/** Middle of column `index` of a side. */
export function columnMiddle({ left, right, rowHeight, rows }: Columns, side: Side, index: number) {
  const along = (index + 0.5) * rowHeight;
  return rows[side].fromRight ? right - along : left + along;
}

function fontOf(rowHeight: number): number {
  return rowHeight >= 20 ? 12 : rowHeight >= 16 ? 11 : 10;
}

/** Rows of words and the edges of the columns between them. */
export interface Settled {
  readonly query: WordRow;
  readonly key: WordRow;
  readonly left: number;
  readonly right: number;
}

/** How words stand depends on the width of columns, and that on the room beside slanted words: a few steps settle it. */
export function settled(request: ColumnsRequest): Settled {
  let found = within(request, 0, request.width);
  for (let step = 0; step < 2; step++) found = within(request, found.left, found.right);
  return found;
}

function within(request: ColumnsRequest, start: number, end: number): Settled {
  const { width, words } = request;
  const column = Math.min(WIDEST, (end - start) / Math.max(1, words.query.length, words.key.length));
  const row = (side: Side): WordRow => rowOf(words[side], column, request);
  const [query, key] = [row("query"), row("key")];
  const lean = (of: WordRow, toRight: boolean): number =>
    of.stand === "turned" && of.fromRight !== toRight ? leanOf(of.depth) : 0;
  return {
    query,
    key,
    left: Math.max(2, lean(query, false), lean(key, true)),
    right: width - Math.max(2, lean(query, true), lean(key, false)),
  };
}

function rowOf(words: readonly string[], column: number, request: ColumnsRequest): WordRow {
  const { width, measure } = request;
  const size = (request.fontOf ?? fontOf)(column);
  const fromRight = runsFromRight(words);
  const wide = widest(measure, words, size);
  if (wide + 2 * GAP <= column) return { stand: "level", fromRight, depth: LEVEL, longest: wide };
  const most = request.most ?? Math.min(110, 0.3 * width);
  if (standsUpright(words)) {
    const tall = words.reduce((so, word) => Math.max(so, stackedLength(word, size, measure)), 0);
    const longest = Math.min(most, tall);
    return { stand: "stacked", fromRight, depth: longest + 2 * GAP, longest };
  }
  const longest = Math.min(most, wide);
  const depth = Math.sin((SLANT * Math.PI) / 180) * (longest + 2 * GAP) + 0.3 * size;
  return { stand: "turned", fromRight, depth, longest };
}

/** How far the far end of a word lies beside its column. */
export function shiftOf({ rows }: Columns, side: Side): number {
  const { stand, depth, fromRight } = rows[side];
  if (stand !== "turned") return 0;
  return leanOf(depth) * (fromRight === (side === "key") ? 1 : -1);
}

/** The letters of a word that stand one below the other, marks with their letters. */
export function standingLetters(word: string): string[] {
  return charactersOf(word.normalize("NFC"));
}

/** Height of a word whose letters stand one below the other; others are turned down. */
export function stackedLength(word: string, size: number, measure: Measure): number {
  return standsUpright([word]) ? standingLetters(word).length * LETTER * size : measure(word, size);
}
