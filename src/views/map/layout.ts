// Where the cells of the model map stand, in CSS pixels: pure arithmetic, no document.
// Places are counted row by row; place p is layer p / heads, head p % heads, unless the map is sorted by score.

/** Sizes of a map for one width. */
export interface MapLayout {
  /** Left edge of the first cell: room for row labels. */
  readonly left: number;
  /** Top edge of the first cell: room for column labels. */
  readonly top: number;
  /** Distance of cell edges, across. */
  readonly pitch: number;
  /** Distance of cell edges, down. */
  readonly rowPitch: number;
  /** Side of a cell's place, and of what is drawn there. */
  readonly cell: number;
  readonly side: number;
  readonly columns: number;
  /** Rows of a stretch; on paper the layers of a deep model go on in another stretch beside it. */
  readonly rows: number;
  /** Distance of stretches; 0 where there is one. */
  readonly stretch: number;
  /** Size of the whole plane; wider than asked for where it has to scroll. */
  readonly width: number;
  readonly height: number;
  readonly scrolls: boolean;
  /** Whether there is room for score marks under the cells. */
  readonly marks: boolean;
  /** Whether there is room for ids such as 10.10 under the cells. */
  readonly ids: boolean;
  /** Every n-th row and column has a label. */
  readonly labelEvery: number;
}

export const LEFT = 26;
const TOP = 18;
const MARK = 2;
const ID_HEIGHT = 10;
/** Room below and beside the last cell for the selection ring. */
export const MARGIN = 4;

/** Distance of cell edges up to which cells grow with the width alone, and beyond which they never grow. */
const USUAL = 44;
const LARGEST = 72;

/**
 * Lay out `layers` x `heads` cells in `width` pixels. Cells of small models grow further while the map stays within
 * `room` pixels of height.
 */
export function mapLayout(
  width: number,
  layers: number,
  heads: number,
  sorted: boolean,
  room = 0,
): MapLayout {
  const least = heads > 32 ? 11 : 10;
  const beneath = MARK + 1 + (sorted ? ID_HEIGHT : 0);
  const tall = Math.floor((room - TOP - MARGIN) / layers) - beneath;
  const most = Math.max(USUAL, Math.min(LARGEST, tall));
  const fit = Math.min(most, Math.floor((width - LEFT - 3) / heads));
  const pitch = Math.max(least, fit);
  const { cell, rowPitch, top, marks, ids } = sizesOf(pitch, sorted);
  return {
    left: LEFT,
    top,
    pitch,
    rowPitch,
    cell,
    side: Math.floor(cell),
    columns: heads,
    rows: layers,
    stretch: 0,
    width: Math.max(width, LEFT + heads * pitch + MARGIN),
    height: top + layers * rowPitch + MARGIN,
    scrolls: fit < least,
    marks,
    ids,
    labelEvery: Math.max(layers, heads) > 16 ? 4 : 1,
  };
}

/** What follows from the distance of cell edges. */
export function sizesOf(
  pitch: number,
  sorted: boolean,
): Pick<MapLayout, "cell" | "rowPitch" | "top" | "marks" | "ids"> {
  const marks = pitch > 16;
  const ids = sorted && pitch > 24;
  const rowPitch = pitch + (marks ? MARK + 1 : 0) + (ids ? ID_HEIGHT : 0);
  return { cell: pitch - gapOf(pitch), rowPitch, top: sorted ? MARGIN + 1 : TOP, marks, ids };
}

/** True if two layouts put the same cells at the same places. */
export function sameLayout(a: MapLayout, b: MapLayout): boolean {
  return a.width === b.width && a.height === b.height && a.pitch === b.pitch && a.rowPitch === b.rowPitch;
}

/** Space between neighbouring cells. */
function gapOf(pitch: number): number {
  if (pitch > 34) return 6;
  if (pitch > 24) return 4;
  if (pitch > 16) return 3;
  return pitch > 8 ? 1.5 : 1;
}

/** Top left corner of a place. */
export function cornerOf(layout: MapLayout, place: number): { x: number; y: number } {
  const row = Math.floor(place / layout.columns);
  const across = layout.left + Math.floor(row / layout.rows) * layout.stretch;
  return {
    x: across + (place % layout.columns) * layout.pitch,
    y: layout.top + (row % layout.rows) * layout.rowPitch,
  };
}

/** The place whose cell, gap included, holds a point; null outside. */
export function placeAt(layout: MapLayout, x: number, y: number): number | null {
  const slack = (layout.pitch - layout.cell) / 2;
  const column = Math.floor((x - layout.left + slack) / layout.pitch);
  const row = Math.floor((y - layout.top + slack) / layout.rowPitch);
  const inside = column >= 0 && column < layout.columns && row >= 0 && row < layout.rows;
  return inside ? row * layout.columns + column : null;
}

/** Heads (layer * heads + head) in the order of places: as they are, or by size of score, largest first. */
export function placeOrder(count: number, scores: ArrayLike<number> | null): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  if (!scores) return order;
  const size = (i: number): number => (Number.isNaN(scores[i]) ? -1 : Math.abs(scores[i] ?? -1));
  return order.sort((a, b) => size(b) - size(a) || a - b);
}

/** The place one step away, staying inside the map. */
export function step(layout: MapLayout, place: number, key: string): number {
  const [row, column] = [Math.floor(place / layout.columns), place % layout.columns];
  const [lastRow, lastColumn] = [layout.rows - 1, layout.columns - 1];
  const moves: Record<string, readonly [number, number]> = {
    ArrowLeft: [row, Math.max(0, column - 1)],
    ArrowRight: [row, Math.min(lastColumn, column + 1)],
    ArrowUp: [Math.max(0, row - 1), column],
    ArrowDown: [Math.min(lastRow, row + 1), column],
    Home: [row, 0],
    End: [row, lastColumn],
    PageUp: [0, column],
    PageDown: [lastRow, column],
  };
  const [toRow, toColumn] = moves[key] ?? [row, column];
  return toRow * layout.columns + toColumn;
}
