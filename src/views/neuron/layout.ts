// Where the neuron view puts its columns and which rows it shows: sizes in CSS px from the box it is given.

/** Sizes of the neuron view. Blocks are the key (or value) vectors and the products. */
export interface NeuronLayout {
  /** Only the products fit; scores are left out. */
  readonly narrow: boolean;
  /** The ranking stands below instead of beside. */
  readonly stacked: boolean;
  /** Size of the part with the blocks. */
  readonly width: number;
  readonly height: number;
  readonly padding: number;
  readonly tokenWidth: number;
  /** Left edges: key block (null where it is left out), product block, score column (null likewise), softmax. */
  readonly keys: number | null;
  readonly products: number;
  readonly scores: number | null;
  readonly softmax: number;
  readonly blockWidth: number;
  /** Numbers end here; where it is narrow they have no bar beside them. */
  readonly scoreWidth: number;
  readonly softmaxWidth: number;
  /** Longest softmax bar; 0 where only numbers fit. */
  readonly barWidth: number;
  /** Width of one neuron and the gap inside it. */
  readonly cell: number;
  readonly gap: number;
  /** Middle of the query's row, height of its cells, base of the share bars and their longest. */
  readonly queryMiddle: number;
  readonly queryHeight: number;
  readonly shareBase: number;
  readonly shareHeight: number;
  /** Top of the rows of the product block, and of the key block: on paper it may stand above the other. */
  readonly rowsTop: number;
  readonly keysTop: number;
  /** Middle of the headings of the two blocks. */
  readonly heading: number;
  readonly keysHeading: number;
  readonly rowHeight: number;
  readonly cellHeight: number;
}

/** Between a word and the blocks. */
export const AFTER_WORD = 10;
/** Width of the ranking beside the blocks. */
export const RANKING = 190;
/** The column of words grows for a text that must not be cut, up to this. */
export const MOST_TOKENS = 112;
const STACKED_BELOW = 480;
const NARROW_BELOW = 640;
export const SCORES = 86;
/** Where the rows begin, and above them the headings, the row of the query, and the base of the shares. */
export const TOP = 80;
export const HEADING = 16;
export const QUERY = 44;
export const SHARES = 55;
const BELOW = 44;

/** Height of the part with the blocks. */
function blocksHeight(height: number, stacked: boolean): number {
  return stacked ? Math.max(280, Math.round(height * 0.56)) : height;
}

/** Rows that fit a box, counting the line of others and the sink. */
export function rowLimit(width: number, height: number): number {
  const stacked = width < STACKED_BELOW;
  const free = blocksHeight(height, stacked) - TOP - BELOW;
  return Math.max(3, Math.floor(free / (stacked ? 24 : 19)));
}

/** Lay out `rows` rows of `dims` neurons in a box of `width` x `height`; `words`: px that the column of words needs. */
export function neuronLayout(
  width: number,
  height: number,
  rows: number,
  dims: number,
  words = 0,
): NeuronLayout {
  const stacked = width < STACKED_BELOW;
  const inner = stacked ? width : width - RANKING;
  const narrow = inner < NARROW_BELOW;
  const padding = stacked ? 12 : 16;
  const tokenWidth = Math.max(narrow ? 64 : 74, Math.min(MOST_TOKENS, Math.ceil(words) + AFTER_WORD));
  const scoreWidth = narrow ? 0 : SCORES;
  const softmaxWidth = narrow ? 34 : 118;
  const gaps = narrow ? [0, 8, 0] : [22, 22, 18];
  const free = inner - 2 * padding - tokenWidth - scoreWidth - softmaxWidth - gaps[0]! - gaps[1]! - gaps[2]!;
  const blockWidth = Math.max(60, narrow ? free : free / 2);
  const cell = blockWidth / dims;
  const first = padding + tokenWidth;
  const products = narrow ? first : first + blockWidth + gaps[0]!;
  const scores = products + blockWidth + gaps[1]!;
  const box = blocksHeight(height, stacked);
  const tallest = stacked ? 30 : 27;
  const rowHeight = Math.max(18, Math.min(tallest, (box - TOP - BELOW) / Math.max(1, rows)));
  return {
    narrow,
    stacked,
    width: inner,
    height: box,
    padding,
    tokenWidth,
    keys: narrow ? null : first,
    products,
    scores: narrow ? null : scores,
    softmax: scores + scoreWidth + gaps[2]!,
    blockWidth,
    scoreWidth,
    softmaxWidth,
    barWidth: narrow ? 0 : 72,
    cell,
    gap: gapIn(cell),
    queryMiddle: QUERY,
    queryHeight: 18,
    shareBase: SHARES,
    shareHeight: 26,
    rowsTop: TOP,
    keysTop: TOP,
    heading: HEADING,
    keysHeading: HEADING,
    rowHeight,
    cellHeight: rowHeight - 5,
  };
}

/** The gap inside a neuron of this width. */
export function gapIn(cell: number): number {
  return cell > 9 ? 2 : cell > 3.4 ? 0.8 : cell > 1.5 ? 0.3 : 0;
}

/** Whether the key block stands above the products instead of beside them. */
export function keysAbove({ keys, keysTop, rowsTop }: NeuronLayout): boolean {
  return keys !== null && keysTop < rowsTop;
}

/** Where a block's rows end: the lines of others and of the sink stand at the products, and beside them. */
export function blockEnd(layout: NeuronLayout, rows: ShownRows, lines: number, keys: boolean): number {
  if (keys && keysAbove(layout)) return layout.keysTop + rows.places.length * layout.rowHeight;
  return layout.rowsTop + lines * layout.rowHeight;
}

/** The rows shown, as places in the row's keys in text order, and what the others hold together. */
export interface ShownRows {
  readonly places: readonly number[];
  readonly others: { readonly count: number; readonly weight: number } | null;
}

/** All rows if `limit` allows, else the ones with the largest weights and one line for the others. */
export function chooseRows(weights: ArrayLike<number>, limit: number): ShownRows {
  const all = Array.from({ length: weights.length }, (_, place) => place);
  if (weights.length <= limit) return { places: all, others: null };
  const strongest = [...all].sort((a, b) => weights[b]! - weights[a]!).slice(0, Math.max(1, limit - 1));
  const kept = new Set(strongest);
  const weight = all.reduce((sum, place) => (kept.has(place) ? sum : sum + weights[place]!), 0);
  return {
    places: strongest.sort((a, b) => a - b),
    others: { count: weights.length - strongest.length, weight },
  };
}

/** Largest absolute value; 0 for none. */
export function largestOf(values: Float32Array): number {
  let top = 0;
  for (const value of values) top = Math.max(top, Math.abs(value));
  return top;
}

/** The absolute value below which `share` of the values lie: products have outliers that would pale the rest. */
export function rangeOf(values: Float32Array, share = 0.985): number {
  if (values.length === 0) return 0;
  const sizes = Float32Array.from(values, Math.abs).sort();
  return sizes[Math.min(sizes.length - 1, Math.floor(sizes.length * share))]!;
}
