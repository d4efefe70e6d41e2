// Every figure as a rounded SVG: made in Node from the table of font advances, so that the files are the same
// everywhere. `npx vitest run -u test/figures` writes them anew; look at them before they are committed.

import { describe, expect, it } from "vitest";
import { type FigureRequest, figureOf } from "../../src/export/figure.ts";
import { attentionOf, differenceOf, type Trace } from "../../src/trace/index.ts";
import { COLORS, type Edited, NO_FILTER, type Selection, type ThemeName } from "../../src/views/index.ts";
import { type ReadingName, readingOf } from "../../src/views/read/reading.ts";
import { printSvg } from "../../src/views/scene/svg.ts";
import { tableMeasure } from "../../src/views/scene/table-measure.ts";
import { syntheticTrace, syntheticTranslation } from "../synthetic.ts";
import { readRecorded } from "./recorded.ts";

const john = readRecorded("gallery/traces/gpt2-john-smith.safetensors");
const cat = readRecorded("gallery/traces/bert-cat-rug.safetensors");
const llama = readRecorded("test/fixtures/views/llama-7b.safetensors");
const lily = readRecorded("test/fixtures/views/stories260k-lily.safetensors");
const she = readRecorded("gallery/traces/stories-gpt2-she.safetensors");
const he = readRecorded("gallery/traces/stories-gpt2-he.safetensors");

const selected = (chosen: Partial<Selection>): Selection => ({
  block: "self",
  layer: 0,
  heads: [chosen.focus ?? 0],
  focus: 0,
  pins: [],
  side: "query",
  ...chosen,
});

type State = Omit<FigureRequest, "selection" | "filter"> & {
  readonly selection: Partial<Selection>;
  readonly filter?: FigureRequest["filter"];
};

/** Print a state as the command line does. */
function svg({ selection, ...rest }: State, width = 480, theme: ThemeName = "light"): string {
  const request: FigureRequest = { filter: NO_FILTER, ...rest, selection: selected(selection) };
  const { scene } = figureOf(request, { width, theme, measure: tableMeasure });
  return printSvg(scene, { background: COLORS[theme].surface });
}

/** A matrix in a reading. */
function reading(name: ReadingName, trace: Trace, chosen: Partial<Selection>): State {
  const attention = attentionOf(trace, "self");
  const read = readingOf(name, { trace, attention, selection: selected(chosen) });
  return { view: "matrix", trace, attention: read.attention, selection: read.selection };
}

/** A run held against one whose tokens 2 and 4 it does not have: token 2 of this one has no counterpart. */
function compared(view: FigureRequest["view"], chosen: Partial<Selection>, theme?: ThemeName): string {
  const [before, after] = [attentionOf(he, "self"), attentionOf(she, "self")];
  const match = Int32Array.from(after.tokens("key"), (_, at) => (at === 2 ? -1 : at));
  const attention = differenceOf(before, after, { query: match, key: match });
  const alone = new Set([2]);
  const visible = (_: number, query: number, key: number) => key <= query;
  const unmatched = { query: alone, key: alone, visible };
  return svg({ view, trace: she, attention, unmatched, selection: chosen }, 480, theme);
}

/** A run with one weight blocked and one head scaled. */
function edited(view: FigureRequest["view"], theme?: ThemeName): string {
  const changed: Edited = {
    head: (layer, head) => layer === 3 && (head === 2 || head === 4),
    cells: (layer, head) => (layer === 3 && head === 2 ? [{ query: 12, key: 1 }] : []),
  };
  const selection = { layer: 3, focus: 2, heads: [2], pins: [12] };
  return svg({ view, trace: she, edited: changed, selection }, 480, theme);
}

/** 32 heads, two active, one of them edited. */
function barOfMany(): string {
  const changed: Edited = { head: (_, head) => head === 18, cells: () => [] };
  const selection = { layer: 0, heads: [7, 18], focus: 7 };
  return svg({ view: "matrix", trace: llama, selection, edited: changed, bar: true }, 480);
}

const STATES: Readonly<Record<string, () => string>> = {
  "matrix-causal": () =>
    svg({ view: "matrix", trace: john, selection: { layer: 4, focus: 11, pins: [8] }, caption: true }),
  "matrix-pair-dark": () =>
    svg({ view: "matrix", trace: cat, selection: { layer: 6, focus: 5, pins: [3] } }, 480, "dark"),
  "matrix-hover": () =>
    svg({
      view: "matrix",
      trace: john,
      selection: { layer: 4, focus: 11 },
      hover: { layer: 4, head: 11, query: 5, key: 3 },
    }),
  "matrix-pinned-keys": () =>
    svg({ view: "matrix", trace: john, selection: { layer: 4, focus: 11, pins: [2, 4], side: "key" } }),
  "matrix-cross": () =>
    svg({ view: "matrix", trace: syntheticTranslation(), selection: { block: "cross", layer: 5, focus: 7 } }),
  "matrix-difference": () =>
    svg({
      view: "matrix",
      trace: she,
      attention: differenceOf(attentionOf(she, "self"), attentionOf(he, "self")),
      selection: { layer: 3, focus: 2 },
    }),
  "matrix-by-rank": () =>
    svg({ view: "matrix", trace: john, selection: { layer: 4, focus: 11 }, colors: "rank" }),
  "matrix-cut": () =>
    svg({
      view: "matrix",
      trace: lily,
      selection: { layer: 4, focus: 4 },
      filter: { ...NO_FILTER, rows: [10, 19], columns: [0, 14] },
      colors: "linear",
    }),
  "matrix-many-words": () =>
    svg({ view: "matrix", trace: lily, selection: { layer: 4, focus: 4, pins: [11, 12, 13] } }, 320),
  "matrix-difference-hatched": () => compared("matrix", { layer: 3, focus: 2, heads: [2], pins: [2] }),
  "head-difference-hatched-dark": () =>
    compared("head", { layer: 3, focus: 2, heads: [2], pins: [3] }, "dark"),
  "model-difference-hatched": () => compared("model", { layer: 3, focus: 2, heads: [2] }),
  "matrix-edited": () => edited("matrix"),
  "head-edited": () => edited("head"),
  "model-edited-dark": () => edited("model", "dark"),
  "head-beside": () =>
    svg({ view: "head", trace: john, selection: { layer: 4, focus: 11, pins: [8] }, layers: [1, 4, 7] }, 760),
  "head-beside-missing": () =>
    svg(
      {
        view: "head",
        trace: llama,
        selection: { layer: 0, heads: [7], focus: 7, pins: [20] },
        layers: [0, 2],
      },
      480,
    ),
  "head-bar-dark": () =>
    svg(
      {
        view: "head",
        trace: john,
        selection: { layer: 4, heads: [3, 7, 11], focus: 7, pins: [8] },
        bar: true,
        caption: true,
      },
      480,
      "dark",
    ),
  "matrix-bar-of-many": barOfMany,
  "neuron-edited": () =>
    svg({
      view: "neuron",
      trace: john,
      selection: { layer: 1, focus: 10, pins: [8] },
      edited: {
        head: () => true,
        cells: () => [],
        vectors: () => [
          { at: "q", positions: new Set([8]), units: new Set([9, 22, 23]) },
          { at: "k", positions: new Set([4, 5]), units: new Set([12]) },
        ],
      },
    }),
  "head-words-edited": () =>
    svg({
      view: "head",
      trace: john,
      selection: { layer: 4, focus: 11, pins: [8] },
      edited: { head: () => false, cells: () => [], words: () => new Set([2, 8]) },
    }),
  "matrix-words-merged": () => svg(reading("words", lily, { layer: 4, focus: 4, heads: [4], pins: [26] })),
  "model-times-values": () =>
    svg({ ...reading("v", lily, { layer: 4, focus: 4, heads: [4] }), view: "model" }),
  "model-gpt2": () => svg({ view: "model", trace: john, selection: { layer: 4, focus: 11 } }, 420),
  "model-cut": () =>
    svg(
      {
        view: "model",
        trace: cat,
        selection: { layer: 3, heads: [0, 7], focus: 0 },
        cut: { layers: [0, 1, 2, 3], heads: [0, 1, 2, 3, 4, 5] },
        caption: true,
      },
      420,
    ),
  "model-cut-ranked-dark": () =>
    svg(
      {
        view: "model",
        trace: syntheticTrace({ layers: 3, heads: 4, tokens: 9, seed: 2 }),
        selection: { layer: 1, heads: [0, 2], focus: 2 },
        scores: { name: "induction", values: Float32Array.from({ length: 12 }, (_, i) => i / 11) },
        sort: "score",
        cut: { layers: [0, 2], heads: [1, 3] },
      },
      320,
      "dark",
    ),
  "model-scored": () =>
    svg({
      view: "model",
      trace: syntheticTrace({ layers: 3, heads: 4, tokens: 9, seed: 2 }),
      selection: { layer: 1, heads: [0, 2], focus: 2 },
      scores: { name: "induction", values: Float32Array.from({ length: 12 }, (_, i) => i / 11) },
      sort: "score",
    }),
  "neuron-decay": () =>
    svg({ view: "neuron", trace: john, selection: { layer: 1, focus: 10, pins: [8] } }, 860),
  "neuron-rotary-dark": () =>
    svg({ view: "neuron", trace: lily, selection: { layer: 4, focus: 4, pins: [26] } }, 860, "dark"),
  "neuron-values": () =>
    svg(
      { view: "neuron", trace: lily, selection: { layer: 4, focus: 4, pins: [26] }, vectors: "values" },
      860,
    ),
};

describe("figures", () => {
  it.each(Object.keys(STATES))("%s", async (name) => {
    await expect(STATES[name]!()).toMatchFileSnapshot(`./snapshots/${name}.svg`);
  });
});
