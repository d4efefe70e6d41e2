// The neuron view in a column of a paper, 85 mm wide: letters keep their size, and nothing stands on anything else.

import { describe, expect, it } from "vitest";
import { type FigureRequest, figureOf } from "../../src/export/figure.ts";
import { onPaper, type Paper } from "../../src/export/svg-figure.ts";
import { Trace } from "../../src/trace/index.ts";
import { COLORS, NO_FILTER } from "../../src/views/index.ts";
import { type Mark, type Scene, type TextItem, textsOf } from "../../src/views/scene/scene.ts";
import { printSvg } from "../../src/views/scene/svg.ts";
import { tableMeasure } from "../../src/views/scene/table-measure.ts";
import { syntheticTrace } from "../synthetic.ts";
import { readRecorded } from "./recorded.ts";

const john = readRecorded("gallery/traces/gpt2-john-smith.safetensors");
const pair = syntheticTrace({ layers: 1, heads: 2, tokens: 16, pair: true, store: "qk" });
const lily = readRecorded("test/fixtures/views/stories260k-lily.safetensors");

const MM = 72 / 25.4;
const paper = (mm: number): Paper => ({
  width: mm * MM,
  fontSize: 8,
  theme: "light",
  transparent: false,
  dpi: 300,
  paths: false,
  title: "",
});

type Chosen = readonly [trace: Trace, layer: number, focus: number, pin: number];

function request([trace, layer, focus, pin]: Chosen, more: Partial<FigureRequest> = {}): FigureRequest {
  const selection = { block: "self", layer, heads: [focus], focus, pins: [pin], side: "query" } as const;
  return { view: "neuron", trace, selection, filter: NO_FILTER, caption: true, ...more };
}

/** Softmax with a cap, a bias and a sink: all that a score column has to say. */
function capBiasSink(): Trace {
  const base = syntheticTrace({ layers: 1, heads: 8, kvHeads: 2, tokens: 60, store: "qk", headSize: 128 });
  const { manifest, tensors } = base.parts();
  const recipe = { scale: 0.2, causal: true, window: null, softcap: 20, bias: { alibi: Array(8).fill(0.5) } };
  const blocks = manifest.blocks.map((block) => ({ ...block, recipe: { ...recipe, sinks: true } }));
  const sinks = { dtype: "F32", shape: [8], data: new Float32Array(8).fill(1) } as const;
  return new Trace({ ...manifest, blocks }, new Map([...tensors, ["self.0.sinks", sinks]]));
}

const FIGURES: Readonly<Record<string, FigureRequest>> = {
  "neuron-narrow-causal": request([john, 1, 10, 8]),
  "neuron-narrow-pair": request([pair, 0, 1, 3]),
  "neuron-narrow-rotary": request([lily, 4, 4, 26]),
  "neuron-narrow-values": request([lily, 4, 4, 26], { vectors: "values" }),
  "neuron-narrow-sink": request([capBiasSink(), 0, 5, 59], { rows: 12 }),
};

interface Box {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The box of a text's letters. */
function letters({ text, x, y, size, weight, anchor = "start", width }: TextItem): Box {
  const wide = Math.min(width ?? Number.POSITIVE_INFINITY, tableMeasure(text, size, weight));
  const left = anchor === "start" ? x : anchor === "end" ? x - wide : x - wide / 2;
  return { name: text, x: left, y: y - 0.4 * size, width: wide, height: 0.8 * size };
}

/** Filled boxes of a scene; numbers stand in cells, and words beside them. */
function* rectsOf(marks: readonly Mark[], dx = 0, dy = 0): Generator<Box> {
  for (const mark of marks) {
    if (mark.kind === "group") yield* rectsOf(mark.marks, dx + (mark.x ?? 0), dy + (mark.y ?? 0));
    if (mark.kind !== "rects") continue;
    for (let i = 0; i < mark.boxes.length; i += 4) {
      const [x, y, width, height] = mark.boxes.subarray(i, i + 4) as unknown as [
        number,
        number,
        number,
        number,
      ];
      yield { name: "cell", x: x + dx, y: y + dy, width, height };
    }
  }
}

/** Size of the numbers in wide cells. */
const NUMBER = 10;

const meet = (a: Box, b: Box): boolean =>
  Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x) > 0.5 &&
  Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y) > 0.5;

/** What stands on something else, or outside. */
function faults({ width, height, marks }: Scene): string[] {
  const all = [...textsOf(marks)].filter(({ text }) => text !== "");
  const texts = all.map(letters);
  const cells = [...rectsOf(marks)];
  const beside = all.filter(({ size }) => size > NUMBER).map(letters);
  const out = texts.filter((a) => a.x < 0 || a.y < 0 || a.x + a.width > width || a.y + a.height > height);
  const onText = texts.flatMap((a, i) =>
    texts
      .slice(i + 1)
      .filter((b) => meet(a, b))
      .map((b) => `${a.name} | ${b.name}`),
  );
  const onCells = beside.filter((a) => cells.some((cell) => meet(a, cell)));
  return [
    ...out.map(({ name }) => `outside: ${name}`),
    ...onText,
    ...onCells.map(({ name }) => `on cells: ${name}`),
  ];
}

describe.each(Object.entries(FIGURES))("%s", (name, of) => {
  it.each([60, 70, 85, 100, 120, 150])("at %i mm nothing stands on anything else", (mm) => {
    expect(faults(onPaper(of, paper(mm), null).scene)).toEqual([]);
  });

  it("has letters of 6 pt and more at 85 mm, and no sentence that they are smaller", () => {
    const { width } = paper(85);
    const { scene, leftOut } = onPaper(of, paper(85), null);
    const sizes = [...textsOf(scene.marks)].map(({ size }) => (size * width) / scene.width);
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(6);
    expect(leftOut.join(" ")).not.toMatch(/letters/);
  });

  it("is drawn as before", async () => {
    const { scene } = figureOf(of, { width: 361, theme: "light", measure: tableMeasure });
    const svg = printSvg(scene, { background: COLORS.light.surface });
    await expect(svg).toMatchFileSnapshot(`./snapshots/${name}.svg`);
  });
});

it("keeps to a page: fewer keys have a line of their own, and the figure says so", () => {
  const long = syntheticTrace({ layers: 1, heads: 2, tokens: 200, store: "qk" });
  const { scene, leftOut } = onPaper(request([long, 0, 1, 199]), paper(85), null);
  const { width } = paper(85);
  expect((scene.height * width) / scene.width).toBeLessThanOrEqual(230 * MM);
  expect(leftOut.join(" ")).toMatch(/^\d+ of the keys are drawn as one line/);
});

it("says where scores have no room", () => {
  const { leftOut } = onPaper(request([john, 1, 10, 8]), paper(50), null);
  expect(leftOut).toContain("The scores before softmax have no room at this width.");
});
