// Head figures with words along the top and the bottom, as rounded SVG, and what has to hold for any of them.

import { describe, expect, it } from "vitest";
import { attentionOf, differenceOf, joinedOf, type Trace } from "../../src/trace/index.ts";
import { type HeadFigureRequest, headFigure } from "../../src/views/head/figure.ts";
import { COLORS, NO_FILTER, type Selection, type ThemeName } from "../../src/views/index.ts";
import { type Mark, type TextItem, textsOf } from "../../src/views/scene/scene.ts";
import { printSvg } from "../../src/views/scene/svg.ts";
import { tableMeasure } from "../../src/views/scene/table-measure.ts";
import { arabic, chinese, english, hebrew, japanese } from "../scripts.ts";
import { hostileTrace } from "../synthetic.ts";
import { readRecorded } from "./recorded.ts";

const john = readRecorded("gallery/traces/gpt2-john-smith.safetensors");
const cat = readRecorded("gallery/traces/bert-cat-rug.safetensors");
const elephant = readRecorded("gallery/traces/opus-mt-en-de-elephant.safetensors");
const llama = readRecorded("test/fixtures/views/llama-7b.safetensors");
const she = readRecorded("gallery/traces/stories-gpt2-she.safetensors");
const he = readRecorded("gallery/traces/stories-gpt2-he.safetensors");

function request(
  trace: Trace,
  chosen: Partial<Selection> & Pick<Selection, "layer" | "heads">,
  more: Partial<HeadFigureRequest> = {},
): HeadFigureRequest {
  const selection: Selection = { block: "self", focus: chosen.heads[0]!, pins: [], side: "query", ...chosen };
  return {
    attention: more.attention ?? attentionOf(trace, selection.block),
    selection,
    filter: NO_FILTER,
    orientation: "horizontal",
    ...more,
  };
}

const figure = (of: HeadFigureRequest, width = 480, theme: ThemeName = "light") =>
  headFigure(of, { width, theme, measure: tableMeasure });

type State = readonly [HeadFigureRequest, number?, ThemeName?];

/** What one run has more than the other, whose words 2 and 6 have no counterpart: hatched. */
function compared(): HeadFigureRequest {
  const [before, after] = [attentionOf(he, "self"), attentionOf(she, "self")];
  const alone = new Set([2, 6]);
  const match = Int32Array.from(after.tokens("key"), (_, at) => (alone.has(at) ? -1 : at));
  const attention = differenceOf(before, after, { query: match, key: match });
  const visible = (_: number, query: number, key: number) => key <= query;
  const chosen = { layer: 3, heads: [2], pins: [12] };
  return request(she, chosen, { attention, unmatched: { query: alone, key: alone, visible } });
}

/** A run with one weight of a head blocked. */
const edited: HeadFigureRequest["edited"] = {
  head: (layer, head) => layer === 3 && head === 2,
  cells: (layer, head) => (layer === 3 && head === 2 ? [{ query: 12, key: 1 }] : []),
};

const STATES: Readonly<Record<string, State>> = {
  pinned: [request(john, { layer: 4, heads: [11], pins: [8] })],
  "three-heads-dark": [request(john, { layer: 4, heads: [3, 7, 11], focus: 11, pins: [8] }), 480, "dark"],
  "pinned-key": [request(john, { layer: 1, heads: [10], pins: [1], side: "key" })],
  hovered: [request(john, { layer: 4, heads: [11] }, { hover: { layer: 4, head: 11, query: 5, key: 2 } })],
  pair: [request(cat, { layer: 3, heads: [0], pins: [2] })],
  cross: [request(elephant, { block: "cross", layer: 5, heads: [7], pins: [8] })],
  joined: [request(elephant, { layer: 5, heads: [7], pins: [15] }, { attention: joinedOf(elephant)! }), 600],
  hebrew: [request(hebrew, { layer: 0, heads: [1], pins: [7] })],
  arabic: [request(arabic, { layer: 0, heads: [0, 2], pins: [6] }), 360],
  chinese: [request(chinese, { layer: 0, heads: [1], pins: [13] })],
  japanese: [request(japanese, { layer: 0, heads: [1, 3], pins: [21] })],
  "long-words": [request(english, { layer: 0, heads: [1], pins: [7] })],
  edited: [request(she, { layer: 3, heads: [2], pins: [12] }, { edited })],
  "difference-hatched": [compared()],
  "level-hatched": [compared(), 1200],
  narrow: [request(john, { layer: 4, heads: [11], pins: [8] }), 240],
  cut: [request(llama, { layer: 0, heads: [7], focus: 7, pins: [20] }), 240],
  hostile: [request(hostileTrace(), { layer: 0, heads: [0, 1], pins: [9] })],
};

const wordsIn = (marks: readonly Mark[]): TextItem[] =>
  [...textsOf(marks)].filter(({ role }) => role === "word");

describe("horizontal head figures", () => {
  it.each(Object.keys(STATES))("%s", async (name) => {
    const [of, width, theme = "light"] = STATES[name]!;
    const { scene } = figure(of, width, theme);
    const svg = printSvg(scene, { background: COLORS[theme].surface });
    await expect(svg).toMatchFileSnapshot(`./snapshots/head-horizontal-${name}.svg`);
  });

  it.each(Object.keys(STATES))("%s: all texts lie inside, and no word over another", (name) => {
    const [of, width] = STATES[name]!;
    const { scene } = figure(of, width);
    for (const item of textsOf(scene.marks)) {
      for (const [x, y] of endsOf(item)) {
        expect(x >= -1 && x <= scene.width + 1, `${item.text} at x ${x}`).toBe(true);
        expect(y >= 0 && y <= scene.height, `${item.text} at y ${y}`).toBe(true);
      }
    }
    const words = wordsIn(scene.marks);
    for (const [i, a] of words.entries())
      for (const b of words.slice(i + 1))
        expect(apart(a, b), `${a.text} and ${b.text}`).toBeGreaterThan(0.8 * Math.min(a.size, b.size));
  });

  it("hatch words without a counterpart, whole and inside their shape", () => {
    for (const name of ["difference-hatched", "level-hatched"]) {
      const [of, width] = STATES[name]!;
      const { scene } = figure(of, width);
      const hatched = groupsIn(scene.marks, ["query", "key"]).map((marks) =>
        marks.filter((mark) => mark.kind === "polylines" && mark.stroke === COLORS.light["text-3"]),
      );
      expect(hatched.map(({ length }) => length)).toEqual([2, 2]);
    }
  });

  it("begin at the right where the text runs from the right, else at the left", () => {
    const firstAndLast = (of: HeadFigureRequest) => {
      const words = wordsIn(figure(of).scene.marks);
      const count = of.attention.tokens("query").length;
      return [words[0]!.x, words[count - 1]!.x] as const;
    };
    const [first, last] = firstAndLast(STATES.hebrew![0]);
    expect(first).toBeGreaterThan(last);
    const [left, right] = firstAndLast(STATES.pinned![0]);
    expect(left).toBeLessThan(right);
  });

  it("write Chinese and Japanese upright, letter below letter, and turn long words of other scripts", () => {
    const angles = (name: string, pattern: RegExp) =>
      wordsIn(figure(STATES[name]![0]).scene.marks)
        .filter(({ text }) => pattern.test(text))
        .map(({ angle = 0 }) => angle);
    expect(new Set(angles("chinese", /\p{Script=Han}/u))).toEqual(new Set([0]));
    expect(new Set(angles("japanese", /\p{Script=Han}|\p{Script=Katakana}/u))).toEqual(new Set([0]));
    expect(angles("japanese", /^Transformer$/)).toEqual([90, 90]);
    expect(new Set(angles("long-words", /./))).toEqual(new Set([-56]));
  });

  it("say what does not fit, and keep the pinned word", () => {
    const [of, width] = STATES.cut!;
    const { leftOut, scene } = figure(of, width);
    const range = /^Words that attend: positions (\d+) to (\d+) of (\d+), as many as fit in the width\.$/;
    const said = leftOut.map((text) => range.exec(text)).find((match) => match !== null)!;
    const [first, last, all] = said.slice(1).map(Number) as [number, number, number];
    expect(all).toBe(of.attention.tokens("query").length);
    expect(first <= 20 && 20 <= last).toBe(true);
    expect(wordsIn(scene.marks)).toHaveLength(2 * (last - first + 1));
    expect(figure(STATES["long-words"]![0], 240).leftOut).toContain("Long words are cut.");
  });

  it("have the lines, colours and numbers of the vertical figure", () => {
    for (const name of ["pinned", "three-heads-dark", "pinned-key", "pair", "cross"]) {
      const [of] = STATES[name]!;
      const [across, down] = [of, { ...of, orientation: "vertical" as const }].map(
        (one) => figure(one).scene,
      );
      const numbers = (marks: readonly Mark[]) =>
        [...textsOf(marks)].filter(({ role }) => role === "number").map(({ text }) => text);
      expect(numbers(across!.marks)).toEqual(numbers(down!.marks));
      const [a, b] = [linesIn(across!.marks), linesIn(down!.marks)];
      expect(a.map(({ axis }) => axis)).toEqual(a.map(() => "y"));
      expect(a.map(({ colors, opacities }) => [colors, opacities])).toEqual(
        b.map(({ colors, opacities }) => [colors, opacities]),
      );
    }
  });
});

/** The marks of the groups of these names. */
function groupsIn(marks: readonly Mark[], names: readonly string[]): (readonly Mark[])[] {
  return marks.flatMap((mark) => {
    if (mark.kind !== "group") return [];
    return mark.name && names.includes(mark.name) ? [mark.marks] : groupsIn(mark.marks, names);
  });
}

function linesIn(marks: readonly Mark[]): Extract<Mark, { kind: "lines" }>[] {
  return marks.flatMap((mark) =>
    mark.kind === "lines" ? [mark] : mark.kind === "group" ? linesIn(mark.marks) : [],
  );
}

type Point = readonly [x: number, y: number];

/** Where the middle line of a text begins and ends. */
function endsOf({ text, x, y, size, width = 1e9, anchor = "start", angle = 0, weight }: TextItem): Point[] {
  const length = Math.min(width, tableMeasure(text, size, weight));
  const from = anchor === "start" ? 0 : anchor === "end" ? -length : -length / 2;
  const [c, s] = [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)];
  return [from, from + length].map((at) => [x + c * at, y + s * at]);
}

/** Least distance between the middle lines of two texts. */
function apart(a: TextItem, b: TextItem): number {
  const points = (item: TextItem): Point[] => {
    const [from, to] = endsOf(item) as [Point, Point];
    return Array.from({ length: 25 }, (_, i): Point => {
      const t = i / 24;
      return [from[0] + t * (to[0] - from[0]), from[1] + t * (to[1] - from[1])];
    });
  };
  const others = points(b);
  return Math.min(...points(a).flatMap(([x, y]) => others.map(([u, v]) => Math.hypot(x - u, y - v))));
}
