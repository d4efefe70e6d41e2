import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { readTrace } from "../trace/index.ts";
import { NO_FILTER, type Selection } from "../views/index.ts";
import { type Mark, textsOf } from "../views/scene/scene.ts";
import { tableMeasure } from "../views/scene/table-measure.ts";
import { type FigureRequest, figureOf } from "./figure.ts";

const recorded = (name: string) =>
  readTrace(
    new Uint8Array(readFileSync(new URL(`../../gallery/traces/${name}.safetensors`, import.meta.url))),
  );
const john = recorded("gpt2-john-smith");

function scene(more: Partial<FigureRequest> & { heads: readonly number[] }) {
  const { heads } = more;
  const selection: Selection = { block: "self", layer: 4, heads, focus: heads[0]!, pins: [], side: "query" };
  const request = {
    view: "head",
    trace: john,
    selection,
    filter: NO_FILTER,
    caption: true,
    ...more,
  } as const;
  return figureOf(request, { width: 361, theme: "light", measure: tableMeasure }).scene;
}
const captionOf = (of: ReturnType<typeof scene>) =>
  [...textsOf(of.marks)].flatMap(({ role, text }) => (role === "caption" ? [text] : []));

it("names neighbouring heads by the first and the last, so that model and text keep their room", () => {
  expect(captionOf(scene({ heads: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] }))[0]).toBe(
    "gpt2 · heads 4.0–4.11",
  );
  expect(captionOf(scene({ heads: [3, 7, 11] }))[0]).toBe("gpt2 · heads 4.3, 4.7, 4.11");
  expect(captionOf(scene({ heads: [1, 2, 5, 6, 7] }))[0]).toBe("gpt2 · heads 4.1, 4.2, 4.5–4.7");
  expect(captionOf(scene({ heads: [0, 1, 2], layers: [3, 4, 5] }))[0]).toBe("gpt2 · layers 3–5, heads 0–2");
});

it("a bar above the lines takes the place of the legend of heads", () => {
  const legend = (bar: boolean) =>
    [...textsOf(scene({ heads: [3, 7, 11], bar }).marks)].some(({ text }) => text === "heads");
  expect([legend(false), legend(true)]).toEqual([true, false]);
});

it("a pair's sentences stand apart", () => {
  const pair = scene({ heads: [0], trace: recorded("bert-rabbit-turtle"), view: "matrix" });
  expect(captionOf(pair)[1]).toMatch(/^the rabbit quickly hopped \/ th/);
});

it("no head of a map stands out where nobody chose one", () => {
  const framed = (marks: readonly Mark[]): number =>
    marks.reduce((sum, mark) => {
      if (mark.kind === "group") return sum + framed(mark.marks);
      return sum + (mark.kind === "outlines" ? mark.boxes.length / 4 : 0);
    }, 0);
  const rings = (chosen: boolean) => framed(scene({ heads: [0], view: "model", chosen }).marks);
  expect(rings(true)).toBeGreaterThan(0);
  expect(rings(false)).toBe(0);
});
