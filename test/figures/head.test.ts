// The head view's states as figures: rounded SVG made in Node, the same everywhere. `npx vitest run -u test/figures`
// writes them anew; look at them before they are committed. Long texts have too many lines to keep: their counts are.

import { describe, expect, it } from "vitest";
import { figureOf } from "../../src/export/figure.ts";
import { type Attention, attentionOf, differenceOf, joinedOf, Trace } from "../../src/trace/index.ts";
import { type HeadFigureRequest, headFigure } from "../../src/views/head/figure.ts";
import { COLORS, NO_FILTER, type Selection, type ThemeName } from "../../src/views/index.ts";
import { type ReadingName, readingOf } from "../../src/views/read/reading.ts";
import { type Mark, textsOf } from "../../src/views/scene/scene.ts";
import { printSvg } from "../../src/views/scene/svg.ts";
import { tableMeasure } from "../../src/views/scene/table-measure.ts";
import { hostileTrace, syntheticTrace } from "../synthetic.ts";
import { readRecorded } from "./recorded.ts";

const traces = {
  john: readRecorded("gallery/traces/gpt2-john-smith.safetensors"),
  cat: readRecorded("gallery/traces/bert-cat-rug.safetensors"),
  elephant: readRecorded("gallery/traces/opus-mt-en-de-elephant.safetensors"),
  swim: readRecorded("gallery/traces/translate-en-de-swim.safetensors"),
  llama: readRecorded("test/fixtures/views/llama-7b.safetensors"),
  lily: readRecorded("test/fixtures/views/stories260k-lily.safetensors"),
  she: readRecorded("gallery/traces/stories-gpt2-she.safetensors"),
  he: readRecorded("gallery/traces/stories-gpt2-he.safetensors"),
};
const { john, cat, elephant, swim, llama, lily, she, he } = traces;

function request(
  source: Trace | Attention,
  chosen: Partial<Selection> & Pick<Selection, "layer" | "heads">,
  more: Partial<HeadFigureRequest> = {},
): HeadFigureRequest {
  const selection: Selection = { block: "self", focus: chosen.heads[0]!, pins: [], side: "query", ...chosen };
  const attention = "manifest" in source ? attentionOf(source, selection.block) : source;
  return { attention, selection, filter: NO_FILTER, ...more };
}

/** A state in a reading. */
function reading(
  name: ReadingName,
  trace: Trace,
  chosen: Partial<Selection> & Pick<Selection, "layer" | "heads">,
): HeadFigureRequest {
  const plain = request(trace, chosen);
  const { attention, selection } = readingOf(name, { ...plain, trace });
  return { ...plain, attention, selection };
}

const figure = (of: HeadFigureRequest, width = 480, theme: ThemeName = "light") =>
  headFigure(of, { width, theme, measure: tableMeasure });

type State = readonly [HeadFigureRequest, number?, ThemeName?];

const STATES: Readonly<Record<string, State>> = {
  pinned: [request(john, { layer: 4, heads: [11], pins: [8] })],
  unpinned: [request(john, { layer: 4, heads: [11] })],
  "three-heads-dark": [request(john, { layer: 4, heads: [3, 7, 11], focus: 11, pins: [8] }), 480, "dark"],
  "fades-with-distance": [request(john, { layer: 1, heads: [10], pins: [8] })],
  hovered: [
    request(john, { layer: 4, heads: [11], pins: [8] }, { hover: { layer: 4, head: 11, query: 5, key: 2 } }),
  ],
  "pinned-key": [request(john, { layer: 1, heads: [10], pins: [1], side: "key" })],
  pair: [request(cat, { layer: 3, heads: [0], pins: [2] })],
  "cross-sentence": [
    request(cat, { layer: 3, heads: [0] }, { filter: { ...NO_FILTER, segments: { query: 0, key: 1 } } }),
  ],
  "several-words": [
    request(cat, { layer: 10, heads: [8, 10], focus: 10, pins: [2, 6, 10] }, { combine: "sum" }),
  ],
  "word-pieces": [
    request(lily, { layer: 4, heads: [4], pins: [26] }, { filter: { ...NO_FILTER, strongest: 0.95 } }),
  ],
  "many-heads": [request(llama, { layer: 0, heads: [7, 18, 28], focus: 7, pins: [20] })],
  cross: [request(elephant, { block: "cross", layer: 5, heads: [7], pins: [8] })],
  joined: [request(joinedOf(elephant)!, { layer: 5, heads: [7], pins: [15] })],
  written: [request(swim, { block: "decoder", layer: 2, heads: [0], pins: [3] })],
  difference: [
    request(differenceOf(attentionOf(she, "self"), attentionOf(he, "self")), {
      layer: 3,
      heads: [0, 2],
      focus: 2,
    }),
  ],
  "words-merged": [reading("words", lily, { layer: 4, heads: [4], pins: [26] })],
  average: [reading("mean", john, { layer: 4, heads: [3, 7, 11], pins: [8] })],
  "times-values": [reading("v", lily, { layer: 4, heads: [4], pins: [26] })],
  narrow: [request(john, { layer: 4, heads: [11], pins: [8] }), 240],
  hostile: [request(hostileTrace(), { layer: 0, heads: [0, 1], pins: [9] })],
};

describe("head figures", () => {
  it.each(Object.keys(STATES))("%s", async (name) => {
    const [of, width, theme = "light"] = STATES[name]!;
    const { scene } = figure(of, width, theme);
    const svg = printSvg(scene, { background: COLORS[theme].surface });
    await expect(svg).toMatchFileSnapshot(`./snapshots/head-${name}.svg`);
  });

  it("have every word twice, inside their box", () => {
    for (const [of, width = 480] of Object.values(STATES)) {
      const { scene } = figure(of, width);
      const words = [...textsOf(scene.marks)].filter(({ role }) => role === "word");
      const sides = (["query", "key"] as const).map((side) => of.attention.tokens(side).length);
      if (!of.filter.segments) expect(words).toHaveLength(sides[0]! + sides[1]!);
      for (const { x, y } of textsOf(scene.marks)) {
        expect(x >= 0 && x <= scene.width && y >= 0 && y <= scene.height).toBe(true);
      }
    }
  });

  it("of long texts show all rows, the strongest lines, and say so", () => {
    const long = syntheticTrace({ layers: 1, heads: 4, tokens: 256 });
    const { scene, leftOut } = figure(request(long, { layer: 0, heads: [0, 1, 2, 3] }));
    const lines = linesIn(scene.marks);
    expect([lines.length, lines[0]!.curved]).toEqual([1, false]);
    expect(lines[0]!.count).toBeLessThanOrEqual(20_000);
    expect(Math.max(...lines[0]!.left)).toBeGreaterThan(255 * 13);
    expect(leftOut).toEqual([
      expect.stringMatching(/^The lines show [\d,]+ of 131,584 edges, [\d.a-z ]+ % of the attention mass\.$/),
    ]);
  });

  it("have a caption that names all heads, and are refused where none was recorded", () => {
    const of = request(john, { layer: 4, heads: [3, 11] });
    const style = { width: 480, theme: "light", measure: tableMeasure } as const;
    const { scene } = figureOf({ ...of, view: "head", trace: john, caption: true }, style);
    const captions = [...textsOf(scene.marks)].filter(({ role }) => role === "caption");
    expect(captions[0]!.text).toMatch(/ · heads 4\.3, 4\.11$/);
    const missing = {
      ...of,
      selection: { ...of.selection, layer: 2 },
      attention: attentionOf(llama, "self"),
    };
    expect(() => figureOf({ ...missing, view: "head", trace: llama }, style)).toThrow(
      "Head 2.3 was not recorded in this run.",
    );
  });

  it("begin with the heads where the model has no name, as attention from elsewhere has none", () => {
    const { manifest, tensors } = syntheticTrace({ layers: 2, heads: 2, tokens: 4 }).parts();
    const trace = new Trace({ ...manifest, model: { ...manifest.model, name: "" } }, tensors);
    const of = { ...request(trace, { layer: 1, heads: [1] }), view: "head", trace, caption: true } as const;
    const { scene } = figureOf(of, { width: 480, theme: "light", measure: tableMeasure });
    const captions = [...textsOf(scene.marks)].filter(({ role }) => role === "caption");
    expect(captions[0]!.text).toBe("head 1.1");
  });

  it("say that long words are cut", () => {
    const { leftOut } = figure(request(hostileTrace(), { layer: 0, heads: [0] }), 240);
    expect(leftOut).toContain("Long words are cut.");
  });
});

function linesIn(marks: readonly Mark[]): Extract<Mark, { kind: "lines" }>[] {
  return marks.flatMap((mark) =>
    mark.kind === "lines" ? [mark] : mark.kind === "group" ? linesIn(mark.marks) : [],
  );
}
