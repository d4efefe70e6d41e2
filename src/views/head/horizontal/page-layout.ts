// Where the head view puts its words when they lie along the top and the bottom of a page: the columns of the figure in
// a box of a given size. Columns keep a width that can be read and pointed at; a longer text is scrolled along.

import type { Measure } from "../../scene/measure.ts";
import { type Columns, type ColumnsRequest, GAP, SENTENCE, type Settled, settled, WIDEST } from "./layout.ts";

/** Sizes in px of the scrolled content. */
export interface PageColumns extends Columns {
  readonly width: number;
  readonly height: number;
  /** Longest bar; 0 where only numbers fit. */
  readonly barWidth: number;
  /** Numbers stand along their column, which is narrower than they are. */
  readonly turned: boolean;
  /** Room for bars and numbers beyond the words of either side. */
  readonly band: number;
  /** Space above and below all of it, where the box is higher. */
  readonly lead: number;
}

/** What the columns of a page depend on. */
export interface PageRequest extends Pick<ColumnsRequest, "words" | "marked" | "measure"> {
  readonly width: number;
  readonly height: number;
  /** Columns are made for a finger. */
  readonly compact: boolean;
}

const LOWEST = { mouse: 18, finger: 40 } as const;
/** Room for a scroll bar below the columns. */
const SCROLL_BAR = 12;
/** Boxes lower than this have no bars. */
const BARS_FROM = 300;
const BAR = 24;
const LEAST_SPAN = 48;
const MOST_SPAN = 360;

/** Lay out all words in a box; the content is wider where columns would be too narrow. */
export function pageColumns(request: PageRequest): PageColumns {
  const { width, compact, words, measure } = request;
  const count = Math.max(1, words.query.length, words.key.length);
  const columns = wideEnough(request, count);
  const { query, key, left: start, right: end } = columns.settled;
  const rowHeight = Math.min(WIDEST, (end - start) / count);
  const left = start + (end - start - rowHeight * count) / 2;
  const height = request.height - (columns.width > width ? SCROLL_BAR : 0);
  const turned = isTurned(rowHeight, measure);
  const barWidth = height < BARS_FROM ? 0 : BAR;
  const band = barWidth + (turned ? 24 : 16) + 2 * GAP;
  const sentences = request.marked ? SENTENCE : 0;
  const others = 2 * band + sentences + query.depth + key.depth;
  const span = Math.max(LEAST_SPAN, Math.min(MOST_SPAN, height - others));
  const lead = Math.max(0, Math.floor((height - others - span) / 2));
  const from = lead + band + sentences + query.depth;
  return {
    orientation: "horizontal",
    rowHeight,
    fontSize: fontFor(compact)(rowHeight),
    from,
    to: from + span,
    left,
    right: left + rowHeight * count,
    rows: { query, key },
    width: columns.width,
    height: Math.max(height, others + span),
    ...{ barWidth, turned, band, lead },
  };
}

/** Columns in the box, or in as wide a content as their least width asks for. */
function wideEnough(
  request: PageRequest,
  count: number,
): { readonly settled: Settled; readonly width: number } {
  const { width, height, compact } = request;
  const most = Math.max(40, Math.min(110, 0.2 * height));
  const common = { ...request, most, fontOf: fontFor(compact) };
  const inside = settled(common);
  const lowest = compact ? LOWEST.finger : LOWEST.mouse;
  if (inside.right - inside.left >= lowest * count) return { settled: inside, width };
  // Words that do not fit their column lean out of the content, whose width settles with them.
  const { left, right } = settled({ ...common, width: lowest * count });
  const wide = Math.max(width, 2 * lowest * count - (right - left));
  return { settled: settled({ ...common, width: wide }), width: wide };
}

function fontFor(compact: boolean): (rowHeight: number) => number {
  if (compact) return () => 15;
  return (rowHeight) => (rowHeight >= 44 ? 14 : rowHeight >= 26 ? 13 : rowHeight >= 20 ? 12 : 11);
}

function isTurned(rowHeight: number, measure: Measure): boolean {
  return measure(".99", 11) + 3 > rowHeight;
}
