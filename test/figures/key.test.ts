// A figure says what its signs mean, below the picture, and only those that it has.

import { describe, expect, it } from "vitest";
import { FIGURE_VIEWS, type FigureRequest, figureOf } from "../../src/export/figure.ts";
import { type Edited, NO_FILTER } from "../../src/views/index.ts";
import { type Mark, type Polylines, type TextItem, textsOf } from "../../src/views/scene/scene.ts";
import { tableMeasure } from "../../src/views/scene/table-measure.ts";
import { syntheticTrace } from "../synthetic.ts";
import { readRecorded } from "./recorded.ts";

const she = readRecorded("gallery/traces/stories-gpt2-she.safetensors");
const HATCHED = "token without a counterpart in the other run";
const UNRECORDED = "head that was not recorded";
const EDITED = "changed by an edit";

const selection = { block: "self", layer: 3, heads: [2], focus: 2, pins: [4], side: "query" } as const;
const plain = (view: FigureRequest["view"]): FigureRequest => ({
  view,
  trace: she,
  selection,
  filter: NO_FILTER,
});
const alone = new Set([2]);
const unmatched = {
  query: alone,
  key: alone,
  visible: (_: number, query: number, key: number) => key <= query,
};
const edited: Edited = {
  head: (layer, head) => layer === 3 && head === 2,
  cells: (layer, head) => (layer === 3 && head === 2 ? [{ query: 5, key: 1 }] : []),
  vectors: () => [{ at: "q", positions: new Set([4]), units: new Set([3]) }],
};

function sceneOf(request: FigureRequest, width = 480) {
  return figureOf(request, { width, theme: "light", measure: tableMeasure }).scene;
}

const keysIn = (marks: readonly Mark[]): TextItem[] =>
  [...textsOf(marks)].filter(({ role }) => role === "key");
const meanings = (request: FigureRequest): string[] => keysIn(sceneOf(request).marks).map(({ text }) => text);

describe("the key of a figure", () => {
  it.each(FIGURE_VIEWS)("is not there where there is nothing to explain: %s", (view) => {
    expect(meanings(plain(view))).toEqual([]);
    const none = { ...unmatched, query: new Set<number>(), key: new Set<number>() };
    expect(meanings({ ...plain(view), unmatched: none })).toEqual([]);
  });

  it.each(["head", "model", "matrix"] as const)("says what hatching means: %s", (view) => {
    expect(meanings({ ...plain(view), unmatched })).toEqual([HATCHED]);
    const across = { ...plain("head"), orientation: "horizontal", unmatched } as const;
    expect(meanings(across)).toEqual([HATCHED]);
    expect(meanings({ ...across, orientation: "vertical", layers: [1, 3] })).toEqual([HATCHED]);
  });

  it("does not where the hatched words are cut away, or too small to be hatched", () => {
    const filter = { ...NO_FILTER, rows: [4, 8], columns: [4, 8] } as const;
    for (const view of ["head", "matrix"] as const)
      expect(meanings({ ...plain(view), filter, unmatched })).toEqual([]);
    expect(keysIn(sceneOf({ ...plain("model"), unmatched }, 90).marks)).toEqual([]);
  });

  it.each(FIGURE_VIEWS)("says what pink means: %s", (view) => {
    expect(meanings({ ...plain(view), edited })).toEqual([EDITED]);
    const words: Edited = { head: () => false, cells: () => [], words: () => new Set([2]) };
    expect(meanings({ ...plain("head"), edited: words })).toEqual([EDITED]);
  });

  it("says what empty squares are, and has a line more where it needs one", () => {
    const some = syntheticTrace({ layers: 3, heads: 2, tokens: 8, recorded: [0, 2] });
    const chosen = { ...selection, layer: 0, heads: [0], focus: 0 };
    const request = {
      ...plain("model"),
      trace: some,
      selection: chosen,
      edited: { ...edited, head: () => true },
    };
    expect(meanings(request)).toEqual([UNRECORDED, EDITED]);
    const all = { ...request, unmatched };
    const lines = (width: number) => new Set(keysIn(sceneOf(all, width).marks).map(({ y }) => y)).size;
    expect([lines(600), lines(349)]).toEqual([1, 2]);
    const { width, height, marks } = sceneOf(all, 349);
    for (const { text, x, y, size } of keysIn(marks)) {
      expect(x + tableMeasure(text, size)).toBeLessThanOrEqual(width);
      expect(y + size / 2).toBeLessThanOrEqual(height);
    }
  });

  it("shows a sample of the hatching", () => {
    const { marks } = sceneOf({ ...plain("matrix"), unmatched });
    const key = marks.find((mark) => mark.kind === "group" && mark.name === "key");
    const kinds = key?.kind === "group" ? key.marks : [];
    const [lines] = kinds.filter((mark): mark is Polylines => mark.kind === "polylines");
    expect(lines!.paths.length).toBeGreaterThan(2);
  });
});
