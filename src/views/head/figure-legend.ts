// The line above a head figure that names the heads and their colours, and the one below that says what the numbers are.

import type { FigureStyle } from "../figure.ts";
import { COLORS } from "../look/theme.ts";
import { boxes, type Mark, type TextItem } from "../scene/scene.ts";
import { lineColors } from "./colors.ts";
import type { HeadFigureRequest, HeadState } from "./figure-state.ts";

/** Height of a line of the legend. */
export const LEGEND = 22;
const SQUARE = 14;
const BETWEEN = 12;

/** The names of the heads above a figure. */
export interface HeadLegend {
  readonly marks: readonly Mark[];
  /** 0 where there is one head, or a bar names them. */
  readonly height: number;
}

/** A square and a number for each active head from x = left on, where there are several; as many lines as they need. */
export function headLegend(
  { attention, selection, bar = false }: HeadFigureRequest,
  left: number,
  style: FigureStyle,
): HeadLegend {
  const { heads, layer } = selection;
  if (heads.length < 2 || bar) return { marks: [], height: 0 };
  const { theme, measure, width } = style;
  const fill = lineColors(attention, selection, theme).heads;
  const items: TextItem[] = [
    { text: "heads", x: left, y: LEGEND / 2, size: 11, color: COLORS[theme]["text-3"] },
  ];
  const squares: [number, number, number, number][] = [];
  const first = left + measure("heads", 11) + 10;
  let [x, y] = [first, LEGEND / 2];
  for (const head of heads) {
    const text = `${layer}.${head}`;
    const wide = SQUARE + measure(text, 11);
    if (x > first && x + wide > width) [x, y] = [first, y + LEGEND];
    squares.push([x, y - SQUARE / 2 + 2, SQUARE - 4, SQUARE - 4]);
    items.push({ text, x: x + SQUARE, y, size: 11, color: COLORS[theme]["text-2"] });
    x += wide + BETWEEN;
  }
  return {
    marks: [
      { kind: "rects", boxes: boxes(...squares), fill, radius: 2 },
      { kind: "texts", items },
    ],
    height: y + LEGEND / 2,
  };
}

/** Below the figure which lines are shown, and where the rest of the mass is. */
export function footItems(
  { leftOut, rest }: HeadState,
  style: FigureStyle,
  left: number,
  y: number,
): TextItem[] {
  const { theme, width, measure } = style;
  const free = width - left - 4 - (rest === "" ? 0 : measure(rest, 11) + 10);
  const look = { y, size: 11, color: COLORS[theme]["text-3"], role: "foot" };
  // In a narrow figure what the percentage is of goes first: the file's notes say it.
  const short = leftOut?.replace(/ of the [^,%]*$/, "") ?? "";
  const text = leftOut !== null && measure(leftOut, 11) > free ? short : leftOut;
  return [
    ...(text === null ? [] : [{ ...look, text, x: left, width: free }]),
    ...(rest === "" ? [] : [{ ...look, text: rest, x: width - 4, anchor: "end" as const }]),
  ];
}

/** What the numbers are, below all else. */
export function unitItems(text: string, left: number, { theme, width }: FigureStyle, y: number): TextItem[] {
  const color = COLORS[theme]["text-3"];
  return text === "" ? [] : [{ text, x: left, y, size: 11, color, width: width - left - 4, role: "unit" }];
}
