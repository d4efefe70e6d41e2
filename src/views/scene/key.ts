// The line below a figure that says what its signs mean: hatching, empty squares, pink. Only those that the figure has.

import { COLORS, type ThemeName } from "../look/theme.ts";
import { hatchMarks } from "./hatch.ts";
import type { Measure } from "./measure.ts";
import { boxes, type Mark, type TextItem } from "./scene.ts";

/** Signs that are explained. */
export type Sign = "hatched" | "unrecorded" | "edited";

/** What they mean, in the order in which they are said. */
const MEANINGS: Readonly<Record<Sign, string>> = {
  hatched: "token without a counterpart in the other run",
  unrecorded: "head that was not recorded",
  edited: "changed by an edit",
};

/** The key of a figure. */
export interface KeyRequest {
  readonly signs: readonly Sign[];
  readonly theme: ThemeName;
  readonly measure: Measure;
  /** Where the line begins and where it must end. */
  readonly left: number;
  readonly right: number;
}

/** Height of a line. */
const LINE = 18;
const SIZE = 11;
const BOX = { width: 14, height: 10 } as const;
const AFTER_BOX = 6;
const BETWEEN = 16;
const STEP = 4;

/** A sample and its meaning for each sign, from y = 0 on, in as many lines as they need. */
export function keyMarks(request: KeyRequest): { readonly marks: readonly Mark[]; readonly height: number } {
  const { theme, measure, left, right } = request;
  const signs = (Object.keys(MEANINGS) as Sign[]).filter((sign) => request.signs.includes(sign));
  if (signs.length === 0) return { marks: [], height: 0 };
  const color = COLORS[theme]["text-3"];
  const marks: Mark[] = [];
  const items: TextItem[] = [];
  let [x, y] = [left, LINE / 2];
  for (const sign of signs) {
    const text = MEANINGS[sign];
    const start = BOX.width + AFTER_BOX;
    const wide = start + measure(text, SIZE);
    if (x > left && x + wide > right) [x, y] = [left, y + LINE];
    marks.push(...sample(sign, x, y - BOX.height / 2, theme));
    items.push({ text, x: x + start, y, size: SIZE, color, width: right - x - start, role: "key" });
    x += wide + BETWEEN;
  }
  return { marks: [...marks, { kind: "texts", items }], height: y + LINE / 2 };
}

function sample(sign: Sign, x: number, y: number, theme: ThemeName): Mark[] {
  const { line, edit, "text-3": hatch, "line-3": edge } = COLORS[theme];
  const { width, height } = BOX;
  if (sign === "edited")
    return [{ kind: "rects", boxes: boxes([x, y, width, height]), fill: edit, radius: 2 }];
  const frame = boxes([x + 0.5, y + 0.5, width - 1, height - 1]);
  const stroke = sign === "hatched" ? edge : line;
  const lines = sign === "hatched" ? hatchMarks([[x, y, width, height]], STEP, hatch) : [];
  return [...lines, { kind: "outlines", boxes: frame, stroke, width: 1 }];
}
