// Paints the neuron view's cells and marks on a canvas: vectors, products, shares, brackets, arrows.
// Words and numbers that stand beside them are real text and not drawn here; only numbers inside cells are.

import type { NeuronGroup } from "../../analysis/index.ts";
import { cssColor, signRgb, textOn } from "../look/palette.ts";
import { COLORS, FONTS, type ThemeName } from "../look/theme.ts";
import type { NeuronLayout } from "./layout.ts";
import { cellNumber } from "./words.ts";

/** What every drawing function needs. */
export interface Pen {
  readonly context: CanvasRenderingContext2D;
  readonly layout: NeuronLayout;
  readonly theme: ThemeName;
  /** Neurons in showing order: place to dimension. */
  readonly order: readonly number[];
}

/** Wide enough for a number inside. */
const NUMBERED = 25;

/** One vector as a row of cells from `x`, `y` down; `largest` is fully saturated. */
export function drawCells(
  { context, layout, theme, order }: Pen,
  values: ArrayLike<number>,
  x: number,
  y: number,
  height: number,
  largest: number,
): void {
  const width = Math.max(0.5, layout.cell - layout.gap);
  for (const [place, dim] of order.entries()) {
    const color = signRgb(theme, values[dim]!, largest);
    context.fillStyle = cssColor(color);
    context.fillRect(x + place * layout.cell, y, width, height);
    if (layout.cell > NUMBERED) {
      context.fillStyle = textOn(color);
      context.font = `500 10px ${FONTS.sans}`;
      context.textAlign = "center";
      context.textBaseline = "middle";
      context.fillText(cellNumber(values[dim]!), x + place * layout.cell + width / 2, y + height / 2 + 0.5);
    }
  }
}

/** Bars above the products: each group's share of the pattern, dark from 4 %, negative ones downward. */
export function drawShares({ context, layout, theme }: Pen, groups: readonly NeuronGroup[]): void {
  const colors = COLORS[theme];
  const top = groups.reduce((most, { share }) => Math.max(most, Math.abs(share)), 0) || 1;
  eachGroup(groups, layout.cell, (group, x, width) => {
    const bar = Math.min(10, Math.max(1, width - layout.gap));
    const height = Math.max(0.6, (Math.abs(group.share) / top) * layout.shareHeight);
    context.fillStyle = group.share >= 0.04 ? colors.text : colors["line-2"];
    const left = layout.products + x + (width - layout.gap - bar) / 2;
    context.fillRect(left, layout.shareBase - (group.share > 0 ? height : 0), bar, height);
  });
  context.fillStyle = colors["line-2"];
  context.fillRect(layout.products, layout.shareBase, layout.blockWidth - layout.gap, 1);
}

/** Visit groups with their left edge and width in a block. */
export function eachGroup(
  groups: readonly Pick<NeuronGroup, "dims">[],
  cell: number,
  visit: (group: NeuronGroup, x: number, width: number, place: number) => void,
): void {
  let x = 0;
  for (const [place, group] of groups.entries()) {
    visit(group as NeuronGroup, x, group.dims.length * cell, place);
    x += group.dims.length * cell;
  }
}

/** Arrows under neurons whose product falls with distance; how many there are. */
export function drawArrows(
  { context, layout, theme }: Pen,
  groups: readonly NeuronGroup[],
  y: number,
): number {
  let count = 0;
  context.fillStyle = COLORS[theme].pos;
  eachGroup(groups, layout.cell, (group, x, width) => {
    if (!group.falls) return;
    count++;
    const middle = layout.products + x + (width - layout.gap) / 2;
    context.beginPath();
    context.moveTo(middle, y);
    context.lineTo(middle - 4, y + 7);
    context.lineTo(middle + 4, y + 7);
    context.fill();
  });
  return count;
}

/** Narrower pairs get no bracket. */
const BRACKET = 5;

/** Brackets under the rotary pairs of a block that begins at `left`. */
export function drawBrackets(
  { context, layout, theme }: Pen,
  groups: readonly NeuronGroup[],
  left: number,
  y: number,
): void {
  context.strokeStyle = COLORS[theme]["line-2"];
  context.lineWidth = 1;
  eachGroup(groups, layout.cell, (group, x, width) => {
    if (group.dims.length < 2 || width < BRACKET) return;
    const [from, to] = [left + x + 0.5, left + x + width - layout.gap - 0.5];
    context.beginPath();
    context.moveTo(from, y);
    context.lineTo(from, y + 4.5);
    context.lineTo(to, y + 4.5);
    context.lineTo(to, y);
    context.stroke();
  });
}

/** A signed bar from the zero line of the score column; the longest value reaches 24 px. */
export function drawScore(pen: Pen, value: number, largest: number, middle: number, signed: boolean): void {
  const { context, layout, theme } = pen;
  if (layout.scores === null || !Number.isFinite(value)) return;
  const colors = COLORS[theme];
  const zero = layout.scores + 26;
  const length = largest > 0 ? (Math.abs(value) / largest) * 24 : 0;
  context.globalAlpha = 0.85;
  context.fillStyle = signed ? (value < 0 ? colors.neg : colors.pos) : colors["text-2"];
  context.fillRect(value < 0 ? zero - length : zero, middle - 3, length, 6);
  context.globalAlpha = 1;
  context.fillStyle = colors["line-2"];
  context.fillRect(zero - 0.5, middle - layout.cellHeight / 2, 1, layout.cellHeight);
}

/** A softmax bar on its track. */
export function drawWeight(
  { context, layout, theme }: Pen,
  weight: number,
  color: string,
  middle: number,
): void {
  if (layout.barWidth === 0) return;
  context.fillStyle = COLORS[theme]["surface-3"];
  context.fillRect(layout.softmax, middle - 4, layout.barWidth, 8);
  context.fillStyle = color;
  context.fillRect(layout.softmax, middle - 4, layout.barWidth * Math.min(1, weight), 8);
}
