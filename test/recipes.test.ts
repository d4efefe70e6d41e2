// "Copy as command line" and "Copy as Python": for every parameter of the address what both recipes say of it, or why
// neither does; and the command, run, draws the figure of the page.

import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { scoresOf } from "../src/analysis/index.ts";
import { figureRequest } from "../src/app/actions/figures.ts";
import { commandLine, type Drawn, pythonLines } from "../src/app/actions/recipes.ts";
import { draftOf } from "../src/app/state/draft.ts";
import { type Place, START } from "../src/app/state/place.ts";
import type { Run } from "../src/app/state/run.ts";
import { AppState } from "../src/app/state/state.ts";
import { processEnv } from "../src/cli/env.ts";
import { viewCommand } from "../src/cli/view.ts";
import { FIGURE_OPTIONS, titleOf } from "../src/cli/view-request.ts";
import type { FigureView } from "../src/export/figure.ts";
import { onPaper, paperSvg } from "../src/export/svg-figure.ts";
import { editFromText, type Trace, writeTrace } from "../src/trace/index.ts";
import type { OpenedModel } from "../src/wire/protocol.ts";
import { readRecorded } from "./figures/recorded.ts";
import { syntheticTrace } from "./synthetic.ts";

const lily = readRecorded("test/fixtures/views/stories260k-lily.safetensors");
const she = readRecorded("gallery/traces/stories-gpt2-she.safetensors");
const he = readRecorded("gallery/traces/stories-gpt2-he.safetensors");
const tom = readRecorded("gallery/traces/stories-gpt2-tom.safetensors");
const swim = readRecorded("gallery/traces/translate-en-de-swim.safetensors");
const pair = syntheticTrace({ layers: 2, heads: 3, tokens: 9, pair: true });

const folder = mkdtempSync(join(tmpdir(), "headscope-recipes-"));
const FILES = {
  output: join(folder, "figure.svg"),
  trace: join(folder, "run.safetensors"),
  other: join(folder, "other.safetensors"),
};
const WIDTH = 85;

/** A state of the page that has a parameter, and what both recipes say of it. */
interface Carried {
  readonly place: Partial<Place>;
  readonly command: string;
  readonly python: string;
  readonly view?: FigureView;
  readonly trace?: Trace;
  /** The run beside it. */
  readonly b?: Trace;
  /** The command runs a model that is not there, or writes files first: it is read, not run. */
  readonly unrun?: true;
}

const LOADED = `trace = headscope.load("${FILES.trace}")`;
const MODEL = { model: "stories-gpt2", text: "A cat sat." };
const ONLY_RUN =
  "says what is run, not how it is drawn: both recipes read the run from the file that Trace saves";
const ONLY_PAGE = "arranges the panels of the page, of which a figure shows one";

const PARAMETERS: Readonly<Record<keyof Place, Carried | string>> = {
  model: {
    place: MODEL,
    command: "headscope view stories-gpt2 --text 'A cat sat.'",
    python: LOADED,
    unrun: true,
  },
  text: { place: MODEL, command: "--text 'A cat sat.'", python: LOADED, unrun: true },
  pair: { place: { ...MODEL, pair: "It was." }, command: "--pair 'It was.'", python: LOADED, unrun: true },
  target: { place: { ...MODEL, target: "Es" }, command: "--target Es", python: LOADED, unrun: true },
  image: ONLY_RUN,
  chat: ONLY_RUN,
  more: ONLY_RUN,
  edits: {
    place: { ...MODEL, edits: [{ edit: editFromText("zero head 1.2"), on: true }] },
    command: "headscope trace stories-gpt2 --text 'A cat sat.' --edit",
    python: LOADED,
    unrun: true,
  },
  b: {
    place: { ...MODEL, b: "A dog sat.", compare: "difference", layer: 3, heads: [2] },
    command: "headscope trace stories-gpt2 --text 'A dog sat.' -o",
    python: "other = headscope.load(",
    trace: she,
    b: he,
    unrun: true,
  },
  compare: {
    place: { compare: "difference", layer: 3, heads: [2] },
    command: `--compare ${FILES.other}`,
    python: "compare=other",
    view: "matrix",
    trace: she,
    b: he,
  },
  trace: { place: { trace: "gallery/traces/a.safetensors" }, command: `view ${FILES.trace}`, python: LOADED },
  block: {
    place: { block: "all", layer: 1, heads: [0] },
    command: "--block all",
    python: 'block="all"',
    trace: swim,
  },
  layer: { place: { layer: 3, heads: [1] }, command: "--layer 3", python: "layer=3" },
  beside: {
    place: { layer: 2, heads: [1], beside: [1, 4] },
    command: "--layer 2 --head 1 --beside 1,4",
    python: "beside=[1, 4]",
  },
  heads: {
    place: { layer: 2, heads: [1, 4], focus: 1 },
    command: "--head 1,4",
    python: "heads=[1,4]",
  },
  focus: {
    place: { layer: 2, heads: [1, 4], focus: 4 },
    command: "--head 4,1",
    python: "heads=[4,1]",
    view: "matrix",
  },
  pins: { place: { pins: [3, 5] }, command: "--pin 3 --pin 5", python: "pin=[3, 5]" },
  side: { place: { pins: [3], side: "key" }, command: "--side key", python: 'side="key"' },
  view: ONLY_PAGE,
  orientation: {
    place: { orientation: "horizontal" },
    command: "--orientation horizontal",
    python: 'orientation="horizontal"',
  },
  dock: ONLY_PAGE,
  panel: ONLY_PAGE,
  vec: { place: { vec: "v" }, command: "--vectors values", python: 'vectors="values"', view: "neuron" },
  filter: { place: { filter: "ab", pins: [] }, command: "--filter A-B", python: 'filter="A-B"', trace: pair },
  hide: { place: { hide: true }, command: "--hide-first", python: "hide_first=True" },
  strongest: { place: { strongest: 70 }, command: "--strongest 0.7", python: "strongest=0.7" },
  least: { place: { least: 20 }, command: "--least 0.2", python: "least=0.2" },
  read: { place: { read: "words" }, command: "--merge-words", python: "merge_words=True" },
  colors: { place: { colors: "log" }, command: "--colors log", python: 'colors="log"', view: "matrix" },
  score: {
    place: { score: "entropy" },
    command: "--score entropy",
    python: 'score="entropy"',
    view: "model",
  },
  sort: { place: { sort: "score" }, command: "--sort score", python: 'sort="score"', view: "model" },
  to: { place: { to: [2], pins: [6] }, command: "--score words --to 2", python: "to=[2]", view: "model" },
  pattern: {
    place: { pattern: "from capital to the first token", score: "pattern" },
    command: "--find 'from capital to the first token'",
    python: 'find="from capital to the first token"',
    view: "model",
  },
  tab: ONLY_PAGE,
  theme: { place: { theme: "dark" }, command: "--theme dark", python: 'theme="dark"' },
};

function shown({ place, trace = lily, b }: Pick<Carried, "place" | "trace" | "b">): AppState {
  const app = new AppState();
  const run: Run = {
    ...{ trace, seconds: null, example: null, picture: null },
    input: { ...draftOf(START), text: "a" },
    ...(b ? { b } : {}),
  };
  const { name } = trace.manifest.blocks[0]!;
  app.show(run, new Map([[name, scoresOf(trace, name)]]), { ...START, ...place }, "push");
  return app;
}

const drawnIn = (view: FigureView, theme: "light" | "dark", more: Partial<Drawn> = {}): Drawn => ({
  ...{ view, theme, width: `${WIDTH}mm`, transparent: false, caption: true, bar: false },
  ...more,
});

/** The figure that the page saves. */
function ofPage(app: AppState, { view, theme, transparent, ...around }: Drawn): string {
  const request = figureRequest(app, view, around)!;
  const paper = { width: (WIDTH * 72) / 25.4, fontSize: 8, theme, transparent, dpi: 300, paths: false };
  const { scene } = onPaper(request, { ...paper, title: titleOf(request) }, null);
  return paperSvg(scene, { ...paper, title: titleOf(request) }, null);
}

/** The words of a command as a shell splits them, without what begins it. */
function wordsOf(command: string): string[] {
  const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
  return words.slice(words.indexOf("view") + 1);
}

const quiet = { ...processEnv(), stdout: { write: () => true }, stderr: { write: () => true } };
const carried = Object.entries(PARAMETERS).filter(([, what]) => typeof what !== "string") as [
  string,
  Carried,
][];

describe("recipes", () => {
  it.each(carried)("carry %s", (_, state) => {
    const app = shown(state);
    const drawn = drawnIn(state.view ?? "head", app.theme.value);
    expect(commandLine(app, drawn, FILES).text).toContain(state.command);
    expect(pythonLines(app, drawn, FILES).text).toContain(state.python);
    const plain = shown({ ...state, place: {} });
    const before = drawnIn(state.view ?? "head", "light");
    if (state.python !== LOADED) {
      expect(commandLine(plain, before, FILES).text).not.toContain(state.command);
      expect(pythonLines(plain, before, FILES).text).not.toContain(state.python);
    }
  });

  it.each(carried.filter(([, { unrun }]) => !unrun))(
    "%s: the command draws the figure of the page",
    async (_, state) => {
      const app = shown(state);
      const drawn = drawnIn(state.view ?? "head", app.theme.value);
      writeFileSync(FILES.trace, writeTrace(app.trace.value!));
      if (state.b) writeFileSync(FILES.other, writeTrace(state.b));
      expect(await viewCommand(wordsOf(commandLine(app, drawn, FILES).text), quiet)).toBe(0);
      expect(readFileSync(FILES.output, "utf8")).toBe(ofPage(app, drawn));
    },
  );

  it("hatch what the page hatches of two runs side by side", async () => {
    const beside = {
      place: { compare: "side", layer: 3, heads: [2], pins: [1], score: "entropy" },
      trace: she,
      b: tom,
    } as const;
    const app = shown(beside);
    writeFileSync(FILES.trace, writeTrace(she));
    writeFileSync(FILES.other, writeTrace(tom));
    for (const view of ["head", "matrix", "model"] as const) {
      const drawn = drawnIn(view, "light");
      const { text } = commandLine(app, drawn, FILES);
      expect(text).toContain(`--hatch ${FILES.other}`);
      expect(await viewCommand(wordsOf(text), quiet)).toBe(0);
      const made = readFileSync(FILES.output, "utf8");
      expect(made).toBe(ofPage(app, drawn));
      expect(made).not.toBe(ofPage(shown({ ...beside, place: { ...beside.place, compare: "off" } }), drawn));
      expect(pythonLines(app, drawn, FILES).text).toContain("hatch=other");
    }
    const aligned = shown({ ...beside, b: she });
    expect(commandLine(aligned, drawnIn("head", "light"), FILES).text).not.toContain("--hatch");
  });

  it("carry the looks that the popover offers", async () => {
    const app = shown({ place: {} });
    const drawn = drawnIn("matrix", "light", { transparent: true, caption: false, bar: true });
    writeFileSync(FILES.trace, writeTrace(app.trace.value!));
    const { text } = commandLine(app, drawn, FILES);
    expect(text).toContain("--width 85mm --transparent --with-bar --no-caption");
    expect(await viewCommand(wordsOf(text), quiet)).toBe(0);
    expect(readFileSync(FILES.output, "utf8")).toBe(ofPage(app, drawn));
    expect(pythonLines(app, drawn, FILES).text).toContain(
      'width="85mm", transparent=True, with_bar=True, caption=False',
    );
  });

  it("use no option that the command or Python does not have", () => {
    const python = readFileSync(new URL("../python/headscope/figures.py", import.meta.url), "utf8");
    const names = [...python.matchAll(/_(?:TEXTS|SWITCHES) = \(([^)]*)\)/g)].join().match(/(?<=")\w+(?=")/g)!;
    const inPython = new Set(["heads", "pin", "caption", ...names]);
    for (const option of Object.keys(FIGURE_OPTIONS).filter((name) => !["dpi", "paths"].includes(name)))
      expect(inPython, option).toContain(option.replaceAll("-", "_"));
    for (const [, state] of carried) {
      const app = shown(state);
      const drawn = drawnIn(state.view ?? "head", app.theme.value);
      const given = pythonLines(app, drawn, FILES).text.split("trace.svg(")[1]!;
      for (const [, name] of given.matchAll(/(?:^|, )(\w+)=/g)) expect(inPython).toContain(name);
    }
  });

  it("say what they do not carry", () => {
    const app = shown({ place: { score: "contrast", compare: "side" }, trace: she, b: he });
    expect(commandLine(app, drawnIn("model", "light"), FILES).notes.join(" ")).toMatch(
      /run\.safetensors is what Trace saves\. The score "Difference of A and B" is worked out in the page alone/,
    );
    const weighed = shown({ place: { read: "z" } });
    const python = pythonLines(weighed, drawnIn("head", "light"), FILES);
    expect([python.text.includes("weigh="), python.notes.join()]).toEqual([
      false,
      expect.stringContaining("needs the model"),
    ]);
  });

  it.each([
    ["ids where the model has no tokenizer", { readsText: false }, "--ids 1,5,9"],
    ["ids of a target, too", { readsText: false, kind: "encoder-decoder" }, "--ids 1,5,9 --target-ids 7"],
    ["one text where the model reads no pairs", {}, "--text '1, 5 9'"],
    ["a pair where it does", { pairs: true }, "--text '1, 5 9' --pair 7"],
  ] as const)("run %s", (_, reads, given) => {
    const app = shown({ place: { ...MODEL, text: "1, 5 9", pair: "7", target: "7" } });
    const opened = { kind: "causal", pairs: false, readsText: true, chat: false, ...reads } as OpenedModel;
    app.live.value = { where: "browser", key: MODEL.model, name: MODEL.model, opened };
    expect(commandLine(app, drawnIn("head", "light"), FILES).text).toContain(
      `view stories-gpt2 ${given} --view head`,
    );
  });
});
