// Weights that edits changed, drawn over the lines: dashed in pink, with a cross in a disc where the line is half-way.

import { COLORS, type ThemeName } from "../look/theme.ts";
import { HANDLE } from "../scene/canvas.ts";
import { boxes, type Mark } from "../scene/scene.ts";
import type { CommonProps } from "../view.ts";
import { axisOf, middleOf, type WordPlaces } from "./axis.ts";
import type { HeadData } from "./data.ts";
import { CURVES_UP_TO } from "./layout.ts";
import type { Sight } from "./sight.ts";

/** A line by the rows of its ends. */
export interface EditedLine {
  readonly left: number;
  readonly right: number;
}

/** Pieces of a curve, and the radius of a disc. */
const PIECES = 24;
const RADIUS = 7;
/** More are drawn without discs, which would cover each other. */
const DISCS = 12;

/** The marks of the lines of the active heads that edits changed, as far as they begin at rows that are drawn. */
export function editedMarks(
  { edited, selection, theme }: Pick<CommonProps, "edited" | "selection" | "theme">,
  data: HeadData,
  sight: Pick<Sight, "rows" | "stretch">,
): Mark[] {
  const [first, end] = sight.rows("query");
  const lines = selection.heads
    .flatMap((head) => edited?.cells(selection.layer, head) ?? [])
    .map(({ query, key }) => ({ left: data.leftRows[query] ?? -1, right: data.rightRows[key] ?? -1 }))
    .filter(({ left, right }) => left >= first && left < end && right >= 0);
  return editedLineMarks(lines, sight.stretch.layout, data.count, theme);
}

/** Rows of the weights that edits changed, of the heads that are drawn. */
export function editedLines(
  { edited, selection }: Pick<CommonProps, "edited" | "selection">,
  data: HeadData,
): EditedLine[] {
  const { layer, heads } = selection;
  return heads
    .flatMap((head) => edited?.cells(layer, head) ?? [])
    .map(({ query, key }) => ({ left: data.leftRows[query] ?? -1, right: data.rightRows[key] ?? -1 }))
    .filter(({ left, right }) => left >= 0 && right >= 0);
}

/** The marks of `lines`; `rows` are those of the longer column. */
export function editedLineMarks(
  lines: readonly EditedLine[],
  layout: WordPlaces,
  rows: number,
  theme: ThemeName,
): Mark[] {
  if (lines.length === 0) return [];
  const { edit, surface } = COLORS[theme];
  const paths = lines.map((line) => pathOf(line, layout, rows <= CURVES_UP_TO));
  const dashed: Mark = { kind: "polylines", paths, closed: false, stroke: edit, width: 2, dash: [4, 3] };
  if (lines.length > DISCS) return [dashed];
  const middles = paths.map((path) => [path[PIECES]!, path[PIECES + 1]!] as const);
  const discs = boxes(...middles.map(([x, y]) => [x - RADIUS, y - RADIUS, 2 * RADIUS, 2 * RADIUS] as const));
  const arm = 0.36 * RADIUS;
  const cross = middles.flatMap(([x, y]) => [
    Float32Array.of(x - arm, y - arm, x + arm, y + arm),
    Float32Array.of(x - arm, y + arm, x + arm, y - arm),
  ]);
  return [
    dashed,
    { kind: "rects", boxes: discs, fill: surface, radius: RADIUS },
    { kind: "outlines", boxes: discs, stroke: edit, width: 1.5, radius: RADIUS },
    { kind: "polylines", paths: cross, closed: false, stroke: edit, width: 1.5 },
  ];
}

/** Points along the line, [pieces + 1, 2]; curves as canvas.ts draws them. */
function pathOf({ left, right }: EditedLine, layout: WordPlaces, curved: boolean): Float32Array {
  const [from, to] = [layout.from + 3, layout.to - 3];
  const [y0, y1] = [middleOf(layout, "query", left), middleOf(layout, "key", right)];
  const bend = (to - from) * (curved ? HANDLE : 1 / 3);
  const [a, b] = curved ? [y0, y1] : [y0 + (y1 - y0) / 3, y1 - (y1 - y0) / 3];
  const path = new Float32Array(2 * (PIECES + 1));
  const [along, across] = axisOf(layout) === "x" ? [0, 1] : [1, 0];
  for (let i = 0; i <= PIECES; i++) {
    const [t, s] = [i / PIECES, 1 - i / PIECES];
    const weights = [s ** 3, 3 * s * s * t, 3 * s * t * t, t ** 3] as const;
    const at = (p: readonly [number, number, number, number]) =>
      weights.reduce((sum, weight, j) => sum + weight * p[j]!, 0);
    path[2 * i + along] = at([from, from + bend, to - bend, to]);
    path[2 * i + across] = at([y0, a, b, y1]);
  }
  return path;
}
