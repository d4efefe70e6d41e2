// Puts the neuron view's picture together on its canvases: blocks, scores, weights, marks, and the outlined neuron.

import { COLORS } from "../look/theme.ts";
import { drawArrows, drawBrackets, drawCells, drawScore, drawShares, drawWeight, type Pen } from "./draw.ts";
import type { ShownRows } from "./layout.ts";
import { groupDims, type NeuronPicture } from "./picture.ts";

/** What is painted with which pen. */
export interface NeuronPainting {
  readonly pen: Pen;
  readonly picture: NeuronPicture;
  readonly rows: ShownRows;
  /** CSS colour of the softmax bars. */
  readonly color: string;
}

/** Paint everything but the outline. */
export function paintNeurons(painting: NeuronPainting): void {
  const { pen, picture, rows, color } = painting;
  const { layout } = pen;
  paintTop(pen, picture);
  const largest = picture.amounts.reduce((m, v) => (Number.isFinite(v) ? Math.max(m, Math.abs(v)) : m), 0);
  for (const [row, place] of rows.places.entries()) {
    const y = layout.rowsTop + row * layout.rowHeight;
    const part = (values: Float32Array): Float32Array =>
      values.subarray(place * picture.size, (place + 1) * picture.size);
    const { cellHeight } = layout;
    if (layout.keys !== null) {
      drawCells(pen, part(picture.vectors), layout.keys, y, cellHeight, picture.ranges.vectors);
    }
    drawCells(pen, part(picture.products), layout.products, y, cellHeight, picture.ranges.products);
    const middle = y + cellHeight / 2;
    drawScore(pen, picture.amounts[place]!, largest, middle, picture.kind === "keys");
    drawWeight(pen, picture.weights[place]!, color, middle);
  }
  paintBelow(painting, largest);
}

function paintTop(pen: Pen, picture: NeuronPicture): void {
  const { layout } = pen;
  const top = layout.queryMiddle - layout.queryHeight / 2;
  const block = picture.kind === "keys" ? layout.keys : layout.products;
  if (block !== null) drawCells(pen, picture.top, block, top, layout.queryHeight, picture.ranges.top);
  if (picture.kind === "keys") drawShares(pen, picture.groups);
}

/** The lines of others and of the sink, arrows and brackets. */
function paintBelow({ pen, picture, rows }: NeuronPainting, largest: number): void {
  const { layout, theme } = pen;
  let row = rows.places.length;
  const middle = (): number => layout.rowsTop + row * layout.rowHeight + layout.cellHeight / 2;
  if (rows.others) {
    drawWeight(pen, rows.others.weight, COLORS[theme]["line-3"], middle());
    row++;
  }
  if (picture.sink) {
    if (picture.kind === "keys") drawScore(pen, picture.sink.logit, largest, middle(), true);
    drawWeight(pen, picture.sink.weight, COLORS[theme]["line-3"], middle());
    row++;
  }
  const y = layout.rowsTop + row * layout.rowHeight + 2;
  drawArrows(pen, picture.groups, y);
  for (const block of [layout.keys, layout.products]) {
    if (picture.rotary && block !== null) drawBrackets(pen, picture.groups, block, y);
  }
}

/** A frame around the column of a neuron group in both blocks of `rows` rows. */
export function outlineNeuron(
  { context, layout, theme }: Pen,
  picture: NeuronPicture,
  rows: number,
  place: number,
): void {
  const dims = groupDims(picture, place);
  const x = picture.order.indexOf(dims[0]!) * layout.cell;
  const width = dims.length * layout.cell - layout.gap;
  const bottom = layout.rowsTop + rows * layout.rowHeight - 3;
  context.strokeStyle = COLORS[theme].ink;
  context.lineWidth = 1.5;
  const query = layout.queryMiddle - layout.queryHeight / 2 - 2;
  const withTop = picture.kind === "keys" ? layout.keys : layout.products;
  for (const left of [layout.keys, layout.products]) {
    if (left === null) continue;
    const top = left === withTop ? query : layout.rowsTop - 2;
    context.strokeRect(left + x - 1.5, top, width + 3, bottom - top);
  }
}
