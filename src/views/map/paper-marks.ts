// What a map has on paper alone: the numbers of layers and heads, the frames of selected heads, and a sentence for what it
// is cut to. In a page nodes of the document stand in their place.

import { COLORS, type ThemeName } from "../look/theme.ts";
import { boxes, type Mark, type TextItem } from "../scene/scene.ts";
import type { MapCut } from "./cut.ts";
import type { MapGrid } from "./grid.ts";
import { cornerOf } from "./layout.ts";

/** Numbers of layers and heads beside the cells. */
export function numberItems(grid: MapGrid, theme: ThemeName): TextItem[] {
  const { layout, selection, hasSelection } = grid;
  const { layers, heads } = grid.cut;
  const { left, top, pitch, cell, rows, columns, stretch, labelEvery } = layout;
  const colors = COLORS[theme];
  const item = (n: number, x: number, y: number, current: boolean, anchor: TextItem["anchor"]): TextItem => {
    const [weight, color] = current ? [620, colors.text] : [450, colors["text-3"]];
    return { text: String(n), x, y, size: 10, weight, color, ...(anchor ? { anchor } : {}) };
  };
  const layer = hasSelection ? layers.indexOf(selection.layer) : -1;
  const focus = hasSelection ? heads.indexOf(selection.focus) : -1;
  const stretches = Array.from({ length: Math.ceil(layers.length / rows) }, (_, at) => at * stretch);
  return [
    ...numbered(layers.length, layer, labelEvery).map((i) => {
      const { x, y } = cornerOf(layout, i * columns);
      return item(layers[i]!, x - 8, y + cell / 2, i === layer, "end");
    }),
    ...stretches.flatMap((shift) =>
      numbered(heads.length, focus, labelEvery).map((i) =>
        item(heads[i]!, left + shift + i * pitch + cell / 2, top - 9, i === focus, "middle"),
      ),
    ),
  ];
}

/** Every n-th number, and the current one in place of those that are too near to it. */
function numbered(count: number, current: number, every: number): number[] {
  return Array.from({ length: count }, (_, i) => i).filter((i) => {
    if (i === current) return true;
    return i % every === 0 && (current < 0 || Math.abs(i - current) >= every);
  });
}

/** Active heads framed in their colours (null for ink), the focused one in ink. */
export function frameMarks(grid: MapGrid, theme: ThemeName, colors: readonly (string | null)[]): Mark[] {
  const { selection, hasSelection, heads } = grid;
  if (!hasSelection) return [];
  const { ink } = COLORS[theme];
  const chosen = selection.heads.filter((head) => grid.shows(selection.layer * heads + head));
  const active = chosen.map((head) => frame(grid, selection.layer * heads + head, 1.25));
  const stroke = chosen.map((head) => colors[head] ?? ink);
  const focus = grid.shows(grid.focus) ? [frame(grid, grid.focus, 3)] : [];
  return [
    { kind: "outlines", boxes: boxes(...active), stroke, width: 1.5, radius: 2 },
    { kind: "outlines", boxes: boxes(...focus), stroke: ink, width: 1.5, radius: 4 },
  ];
}

function frame(grid: MapGrid, index: number, out: number): readonly [number, number, number, number] {
  const { x, y } = grid.cornerOf(index);
  const side = grid.layout.side + 2 * out;
  return [x - out, y - out, side, side];
}

/** "Only layers 0 to 3 and heads 0, 2 are drawn, of 12 layers with 12 heads."; "" where nothing is cut. */
export function cutNote({ layers, heads }: MapCut, allLayers: number, allHeads: number): string {
  const parts = [
    layers.length < allLayers ? named("layer", layers) : "",
    heads.length < allHeads ? named("head", heads) : "",
  ].filter((part) => part !== "");
  if (parts.length === 0) return "";
  const one = parts.length === 1 && Math.min(layers.length, heads.length) === 1;
  return `Only ${parts.join(" and ")} ${one ? "is" : "are"} drawn, of ${allLayers} layers with ${allHeads} heads.`;
}

function named(what: string, numbers: readonly number[]): string {
  return `${what}${numbers.length > 1 ? "s" : ""} ${inRuns(numbers)}`;
}

/** "0 to 3, 7, 9" */
function inRuns(numbers: readonly number[]): string {
  const runs: [first: number, last: number][] = [];
  for (const n of numbers) {
    const run = runs.at(-1);
    if (run && run[1] === n - 1) run[1] = n;
    else runs.push([n, n]);
  }
  return runs
    .map(([first, last]) => {
      if (first === last) return String(first);
      return last === first + 1 ? `${first}, ${last}` : `${first} to ${last}`;
    })
    .join(", ");
}
