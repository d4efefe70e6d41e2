// The model map laid out for paper: every layer and head, numbers beside them, score bars, the legend below.

import { quietKeys, sliceOf, thumbnailOf, thumbnailShape } from "../../analysis/index.ts";
import { type Attention, mostHeads } from "../../trace/index.ts";
import type { Figure, FigureStyle } from "../figure.ts";
import { headColors } from "../look/palette.ts";
import { legendMarks } from "../scene/legend.ts";
import type { Raster } from "../scene/scene.ts";
import type { CellFilter, Edited, Selection, Unmatched } from "../view.ts";
import { thumbnailCodes } from "./codes.ts";
import { type MapCut, wholeMap } from "./cut.ts";
import { MapGrid } from "./grid.ts";
import { mapPaperLayout } from "./paper-layout.ts";
import { cutNote, frameMarks, numberItems } from "./paper-marks.ts";
import { type CodeColors, codeColors } from "./picture.ts";
import { hatching, mapMarks } from "./scene.ts";

/** What the figure shows. */
export interface MapFigureRequest {
  readonly attention: Attention;
  readonly selection: Selection;
  readonly filter: CellFilter;
  readonly scores?: ArrayLike<number> | null;
  readonly scoreName?: string;
  readonly threshold?: number;
  readonly edited?: Edited | null;
  readonly unmatched?: Unmatched | null;
  readonly sort?: "layers" | "score";
  /** False where nobody chose a head: none stands out then. */
  readonly chosen?: boolean;
  /** The layers and heads that are drawn; all where left out. */
  readonly cut?: MapCut | null;
}

/** Rows and columns of a thumbnail at most, of few heads more: finer ones cannot be told apart in print. */
const DETAIL = 32;
const DETAILS = 300_000;

/** No head at all. */
const NOBODY = { layer: -1, heads: [], focus: -1 } as const;
const NO_IDS = "The numbers of the ranked heads have no room at this width.";

/** The figure of all heads. */
export function mapFigure(request: MapFigureRequest, style: FigureStyle): Figure {
  const { attention, filter, scores = null, scoreName = "score", threshold = 0.5 } = request;
  const selection = request.chosen === false ? { ...request.selection, ...NOBODY } : request.selection;
  const { theme, measure } = style;
  const heads = mostHeads(attention);
  const cut = request.cut ?? wholeMap(attention.layers, heads);
  const sorted = request.sort === "score" && scores !== null;
  const layout = mapPaperLayout(
    style.width,
    style.tallest ?? Number.POSITIVE_INFINITY,
    cut.layers.length,
    cut.heads.length,
    sorted,
  );
  const grid = new MapGrid(
    attention.block,
    attention.layers,
    heads,
    layout,
    selection,
    sorted ? scores : null,
    cut,
  );
  const colors = headColors(theme, selection.heads, heads);
  const slice = sliceOf(attention, filter);
  const unrecorded: number[] = [];
  const items: Raster[] = [];
  const size = detailOf(layout.cell, grid.order.length);
  const quiet = quietKeys(attention);
  for (const index of grid.order) {
    const [layer, head] = [grid.layerOf(index), grid.headOf(index)];
    const weights = thumbnailOf(attention, { layer, head, slice, size, quiet });
    if (!weights) unrecorded.push(index);
    else {
      const color = grid.isActive(index) ? (colors[head] ?? null) : null;
      const [rows, columns] = thumbnailShape(slice, size);
      const pixels = pixelsOf(thumbnailCodes(weights), codeColors(theme, color, attention.scale));
      items.push({
        ...grid.cornerOf(index),
        width: layout.side,
        height: layout.side,
        rows,
        columns,
        pixels,
      });
    }
  }
  const edited = [...grid.order].filter((at) => request.edited?.head(grid.layerOf(at), grid.headOf(at)));
  const unmatched = request.unmatched ? { of: request.unmatched, slice } : null;
  const legend = legendMarks(
    {
      attention,
      theme,
      measure,
      more: scores && layout.marks ? `bars: ${scoreName}` : "",
      right: layout.width,
    },
    layout.left,
    layout.height + 14,
  );
  return {
    scene: {
      width: layout.width,
      height: Math.ceil(layout.height + 28),
      marks: [
        { kind: "rasters", items },
        ...mapMarks(grid, theme, { unrecorded, scores, threshold, edited, unmatched }),
        ...frameMarks(grid, theme, colors),
        ...(sorted ? [] : [{ kind: "texts", items: numberItems(grid, theme) } as const]),
        ...legend,
      ],
    },
    signs: [
      ...(unmatched && hatching(grid, theme, unmatched).length > 0 ? ["hatched" as const] : []),
      ...(unrecorded.length > 0 ? ["unrecorded" as const] : []),
      ...(edited.length > 0 ? ["edited" as const] : []),
    ],
    leftOut: [
      ...leftOut(unrecorded.length, slice.queries.length, slice.keys.length, size),
      ...(sorted && !layout.ids ? [NO_IDS] : []),
      ...[cutNote(cut, attention.layers, heads)].filter((note) => note !== ""),
    ],
  };
}

/** Rows and columns of a thumbnail that is `cell` px wide, one of `count`. */
function detailOf(cell: number, count: number): number {
  const most = Math.max(DETAIL, Math.floor(Math.sqrt(DETAILS / count)));
  return Math.min(most, Math.max(8, Math.round(cell * 1.5)));
}

function pixelsOf(codes: Uint8Array, colors: CodeColors): Uint32Array {
  return Uint32Array.from(codes, (code) => colors[code]!);
}

function leftOut(unrecorded: number, rows: number, columns: number, size: number): string[] {
  const out: string[] = [];
  if (Math.max(rows, columns) > size) {
    out.push(
      `Each cell of a thumbnail is the largest weight of the block it covers (${rows} × ${columns} weights a head).`,
    );
  }
  if (unrecorded > 0) out.push(`${unrecorded} heads were not recorded; their squares are empty.`);
  return out;
}
