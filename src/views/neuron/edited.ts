// Neurons that edits changed, in pink: a frame with a lid around the components of the query, the keys or the values that
// are drawn. Where they are not drawn, as in narrow boxes, a lid under the shares of the neurons.

import { COLORS, type ThemeName } from "../look/theme.ts";
import { boxes, type Mark } from "../scene/scene.ts";
import type { Edited, EditedVectors, Selection } from "../view.ts";
import type { NeuronLayout, ShownRows } from "./layout.ts";
import type { NeuronPicture } from "./picture.ts";

/** What of a scene the marks depend on. */
export interface ChangedScene {
  readonly picture: NeuronPicture;
  readonly layout: NeuronLayout;
  readonly rows: ShownRows;
  readonly theme: ThemeName;
  readonly changed?: readonly EditedVectors[];
}

/** Height of a lid. */
const LID = 3;

type Box = readonly [x: number, y: number, width: number, height: number];
type Run = readonly [first: number, end: number];

/** What was changed of the vectors that a picture shows: of the query and the keys, or of the values. */
export function vectorsShown(
  edited: Edited | null | undefined,
  { layer, focus }: Pick<Selection, "layer" | "focus">,
  { kind, query, keys }: Pick<NeuronPicture, "kind" | "query" | "keys">,
): readonly EditedVectors[] {
  const all = edited?.vectors?.(layer, focus) ?? [];
  return all.filter(({ at, positions }) => {
    if (at === "q") return kind === "keys" && positions.has(query);
    return (at === "v") === (kind === "values") && keys.some((key) => positions.has(key));
  });
}

/** Names of the changed components: "q9, q23"; all of a vector is "k". */
export function changedNames(changed: readonly EditedVectors[], size: number): string {
  const names = changed.map(({ at, units }) =>
    units.size === size ? [at] : [...units].sort((a, b) => a - b).map((unit) => `${at}${unit}`),
  );
  return [...new Set(names.flat())].join(", ");
}

/** Whether one of `dims` of the query was changed. */
export function changesQuery(changed: readonly EditedVectors[], dims: readonly number[]): boolean {
  return changed.some(({ at, units }) => at === "q" && dims.some((dim) => units.has(dim)));
}

/** The frames and lids. */
export function changedMarks(request: ChangedScene): Mark[] {
  const { changed = [], theme } = request;
  const frames = changed.flatMap((vectors) => framesOf(request, vectors));
  const lids = [
    ...frames.map(([x, y, width]): Box => [x, y - LID, width, LID]),
    ...changed.flatMap((vectors) => lidsBelowShares(request, vectors)),
  ];
  const color = COLORS[theme].edit;
  return [
    ...(frames.length > 0
      ? [{ kind: "outlines", boxes: boxes(...frames), stroke: color, width: 1.5 } as const]
      : []),
    ...(lids.length > 0 ? [{ kind: "rects", boxes: boxes(...lids), fill: color } as const] : []),
  ];
}

/** One frame around every stretch of changed cells that lie side by side. */
function framesOf(request: ChangedScene, { at, positions, units }: EditedVectors): Box[] {
  const { picture, layout, rows } = request;
  const { keys, queryMiddle, queryHeight, keysTop, rowHeight, cellHeight } = layout;
  if (keys === null) return [];
  const shown = rows.places.map((place) => positions.has(picture.keys[place]!));
  const stretches =
    at === "q"
      ? [[queryMiddle - queryHeight / 2, queryHeight] as const]
      : runsOf(shown).map(
          ([first, end]) =>
            [keysTop + first * rowHeight, (end - first - 1) * rowHeight + cellHeight] as const,
        );
  return columnsOf(request, units, keys).flatMap(([x, width]) =>
    stretches.map(([top, height]): Box => [x - 1, top - 1, width + 2, height + 2]),
  );
}

/** Where the block of vectors is left out, so is the query above it: components are marked below their shares. */
function lidsBelowShares(request: ChangedScene, { units }: EditedVectors): Box[] {
  const { keys, products, shareBase } = request.layout;
  if (keys !== null) return [];
  return columnsOf(request, units, products).map(([x, width]): Box => [x, shareBase + 3, width, LID]);
}

/** Left edges and widths of the changed components that lie side by side in a block. */
function columnsOf({ picture, layout }: ChangedScene, units: ReadonlySet<number>, left: number) {
  return runsOf(picture.order.map((dim) => units.has(dim))).map(
    ([first, end]) => [left + first * layout.cell, (end - first) * layout.cell - layout.gap] as const,
  );
}

/** Stretches of true. */
function runsOf(flags: readonly boolean[]): Run[] {
  const runs: Run[] = [];
  for (const [at, flag] of flags.entries()) {
    const last = runs.at(-1);
    if (!flag) continue;
    if (last?.[1] === at) runs[runs.length - 1] = [last[0], at + 1];
    else runs.push([at, at + 1]);
  }
  return runs;
}
