// The line above a head figure that names the heads and their colours, and the one below that says what the numbers are.

import type { FigureStyle } from "../figure.ts";
import { COLORS } from "../look/theme.ts";
import { boxes, type Mark, type TextItem } from "../scene/scene.ts";
import { lineColors } from "./colors.ts";
import type { HeadFigureRequest } from "./figure-state.ts";

/** Height of the legend. */
export const LEGEND = 22;
const SQUARE = 14;

/** A square and a number for each active head from x = left on, where there are several. */
export function legendMarks(
  { attention, selection }: HeadFigureRequest,
  left: number,
  style: FigureStyle,
): Mark[] {
  const { heads, layer } = selection;
  if (heads.length < 2) return [];
  const { theme, measure, width } = style;
  const colors = lineColors(attention, selection, theme).heads;
  const y = LEGEND / 2;
  const items: TextItem[] = [{ text: "heads", x: left, y, size: 11, color: COLORS[theme]["text-3"] }];
  const squares: [number, number, number, number][] = [];
  let x = left + measure("heads", 11) + 10;
  for (const head of heads) {
    const text = `${layer}.${head}`;
    const end = x + SQUARE + measure(text, 11) + 12;
    if (end > width) break;
    squares.push([x, y - SQUARE / 2 + 2, SQUARE - 4, SQUARE - 4]);
    items.push({ text, x: x + SQUARE, y, size: 11, color: COLORS[theme]["text-2"] });
    x = end;
  }
  const shown = colors.slice(0, squares.length);
  return [
    { kind: "rects", boxes: boxes(...squares), fill: shown, radius: 2 },
    { kind: "texts", items },
  ];
}

/** What the numbers are, below all else. */
export function unitItems(text: string, left: number, { theme, width }: FigureStyle, y: number): TextItem[] {
  const color = COLORS[theme]["text-3"];
  return text === "" ? [] : [{ text, x: left, y, size: 11, color, width: width - left - 4, role: "unit" }];
}
