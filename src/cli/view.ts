// headscope view: a figure, a table or one HTML file of a model on a text, or of a recorded run, without a browser.

import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { scoreTables } from "../analysis/index.ts";
import { FIGURE_VIEWS, type FigureRequest, type FigureView } from "../export/figure.ts";
import { FIGURE_FILES, type FigureFile, type Paper, writeFigure } from "../export/files.ts";
import { printHtml } from "../export/html.ts";
import { nodeFonts } from "../export/node-fonts.ts";
import { printPng } from "../export/png.ts";
import type { Trace } from "../trace/index.ts";
import { ORIENTATIONS, type Orientation } from "../views/head/layout.ts";
import { INK_SCALES } from "../views/look/ink.ts";
import { processEnv } from "./env.ts";
import { INPUT_OPTIONS, parse } from "./input.ts";
import { writeWhole } from "./output.ts";
import { type Env, Progress, reporting, UsageError } from "./report.ts";
import { withRun } from "./run-or-read.ts";
import { CHOICE_OPTIONS, choose, readAs, readingName } from "./view-choice.ts";

const USAGE = `Usage: headscope view MODEL|TRACE [--text T] [--view V] -o FILE.svg|png|pdf|html|csv [-o ...]

MODEL is run on the text; TRACE is a recorded run. The name behind -o says what is written; several are written at once.

  --text T, --pair, --ids, --target ...   what to run, as in headscope trace
  --view V           ${FIGURE_VIEWS.join(", ")} (default: matrix); an html file shows all of them
  --block B          self, encoder, decoder or cross
  --layer L          counted from 0 (default 0)
  --head H,H         heads of the layer (default 0); the first one is in focus
  --pin WORD|N       pin a word, by position or, where it is there once, as it is written; repeatable
  --side query|key   which side is pinned (default query)
  --filter A-B       rows of sentence A, columns of sentence B; also A-A, B-A, B-B
  --hide-first, --hide-special   leave out the first token or special tokens as keys
  --strongest P      lines that together hold this share of each row, 0 to 1
  --least W          lines from this weight on, 0 to 1
  --rows-from N, --rows-to N         words that attend, cut to these positions
  --columns-from N, --columns-to N   words attended to, cut likewise
  --orientation O    of the head view: vertical (default), or horizontal with words along the top and the bottom
  --colors C         of the matrix: ${INK_SCALES.join(", ")} (default root)
  --merge-words      words in place of their pieces: sum over keys, mean over queries
  --average          the heads of --head as one, their average
  --weigh v|z        attention times |v|, or times |v W_O| (z: needs the model)
  --score NAME       mark the heads of the model map by a score; --sort score ranks them
  --vectors V        keys or values, in the neuron view
  --rows N           most keys of the neuron view (default 40)

  --width W          85mm, 6in or 600px (default 170mm)
  --font-size P      in points (default 8 on paper, 9 in px)
  --theme T          light (default) or dark; --transparent leaves the ground out
  --dpi N            pixels per inch of a PNG (default 300)
  --paths            letters as paths in SVG, so that it needs no font
  --no-caption       without the line that says model, text and head
  --max-bytes N      largest trace inside an html file (default 2000000)
  -o, --output FILE  what to write`;

const OPTIONS = {
  ...INPUT_OPTIONS,
  ...CHOICE_OPTIONS,
  view: { type: "string" },
  orientation: { type: "string" },
  colors: { type: "string" },
  width: { type: "string" },
  "font-size": { type: "string" },
  theme: { type: "string" },
  transparent: { type: "boolean" },
  dpi: { type: "string" },
  paths: { type: "boolean" },
  "no-caption": { type: "boolean" },
  "max-bytes": { type: "string" },
  output: { type: "string", short: "o", multiple: true },
  help: { type: "boolean", short: "h" },
} as const;

const HTML_IS_PLAIN = "It shows attention as it is: --merge-words, --average and --weigh count for figures.";
const TOOLS = { fonts: nodeFonts, png: printPng };

/** Runs `headscope view` with the arguments behind the verb; resolves to the exit status. */
export function viewCommand(args: readonly string[], env: Env = processEnv()): Promise<number> {
  return reporting(env, USAGE, async () => {
    const { values, positionals } = parse(args, OPTIONS);
    if (values.help) return void env.stdout.write(`${USAGE}\n`);
    const outputs = (values.output ?? []).map((path) => [path, kindOf(path)] as const);
    if (outputs.length === 0) throw new UsageError("Nowhere to write: give a file behind -o.");
    const view = oneOf("--view", values.view ?? "matrix", FIGURE_VIEWS);
    const paper = paperOf(values);
    const maxBytes = numberOf("--max-bytes", values["max-bytes"] ?? "2000000", 1e4, 1e9);
    const progress = new Progress(env.stderr);
    const { request, plain } = await withRun(positionals, values, env, progress, async (trace, model) => {
      const plain = requestOf(trace, view, values);
      return { plain, request: await readAs(plain, readingName(values, view), model) };
    });
    progress.clear();
    for (const [path, kind] of outputs) {
      const { bytes, leftOut } =
        kind === "html"
          ? await htmlFile(plain, values.theme === undefined ? null : paper.theme, maxBytes)
          : await writeFigure(request, kind, { ...paper, title: titleOf(request) }, TOOLS);
      await writeWhole(path, bytes);
      const unread = kind === "html" && request !== plain ? [HTML_IS_PLAIN] : [];
      for (const note of [...leftOut, ...unread]) progress.note(`${path}: ${note}`);
      env.stdout.write(`${path}\n`);
    }
  });
}

type Values = ReturnType<typeof parse<typeof OPTIONS>>["values"];

function requestOf(trace: Trace, view: FigureView, values: Values): FigureRequest {
  const { selection, filter } = choose(trace, values);
  const tables = values.score || values.sort === "score" ? scoreTables(trace, selection.block) : [];
  const table = tables.find(
    ({ id, name }) => id === values.score || name.toLowerCase() === values.score?.toLowerCase(),
  );
  if (values.score && !table) {
    throw new UsageError(
      `--score is "${values.score}"; this run has ${tables.map(({ id }) => id).join(", ")}.`,
    );
  }
  const scores = table ?? tables[0];
  return {
    view,
    trace,
    selection,
    filter,
    scores: scores ? { name: scores.name, values: scores.values } : null,
    sort: oneOf("--sort", values.sort ?? "layers", ["layers", "score"] as const),
    orientation: orientationOf(view, values),
    colors: oneOf("--colors", values.colors ?? "root", INK_SCALES),
    vectors: oneOf("--vectors", values.vectors ?? "keys", ["keys", "values"] as const),
    rows: numberOf("--rows", values.rows ?? "40", 3, 10_000),
    caption: !values["no-caption"],
  };
}

function orientationOf(view: FigureView, { orientation }: Values): Orientation {
  if (orientation !== undefined && view !== "head")
    throw new UsageError(
      `--orientation is of the head view: give --view head, or leave it out (it is ${view}).`,
    );
  return oneOf("--orientation", orientation ?? "vertical", ORIENTATIONS);
}

function titleOf({ trace, view, selection }: FigureRequest): string {
  const name = trace.manifest.model.name || "attention";
  return view === "model"
    ? `${name}: attention of all heads`
    : `${name}: head ${selection.layer}.${selection.focus}`;
}

async function htmlFile(request: FigureRequest, theme: Paper["theme"] | null, maxBytes: number) {
  const { trace, selection, filter } = request;
  const path = fileURLToPath(new URL("../panel/headscope.js", import.meta.url));
  const script = await readFile(path, "utf8").catch((cause) => {
    throw new Error(`${path}, the script of HTML files, is missing: run npm run build.`, { cause });
  });
  const { html, leftOut } = await printHtml(trace, {
    selection,
    state: { view: "panel", selection, filter },
    script,
    maxBytes,
    ...(theme ? { theme } : {}),
  });
  return { bytes: new TextEncoder().encode(html), leftOut };
}

function kindOf(path: string): FigureFile | "html" {
  const kind = extname(path).slice(1).toLowerCase();
  const found = [...FIGURE_FILES, "html" as const].find((name) => name === kind);
  if (found) return found;
  throw new UsageError(`${path} ends in "${extname(path)}"; expected .svg, .png, .pdf, .csv or .html.`);
}

function paperOf(values: Values): Omit<Paper, "title"> {
  const { points, onScreen } = widthOf(values.width ?? "170mm");
  return {
    width: points,
    fontSize: numberOf("--font-size", values["font-size"] ?? (onScreen ? "9" : "8"), 2, 72),
    theme: oneOf("--theme", values.theme ?? "light", ["light", "dark"] as const),
    transparent: values.transparent ?? false,
    dpi: numberOf("--dpi", values.dpi ?? (onScreen ? "192" : "300"), 36, 2400),
    paths: values.paths ?? false,
  };
}

const UNITS: Readonly<Record<string, number>> = { mm: 72 / 25.4, in: 72, px: 0.75, pt: 1 };

function widthOf(text: string): { readonly points: number; readonly onScreen: boolean } {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?)(mm|in|px|pt)$/.exec(text) ?? [];
  const points = Number(number) * (UNITS[unit] ?? Number.NaN);
  if (points >= 50 && points <= 5000) return { points, onScreen: unit === "px" };
  throw new UsageError(`--width is "${text}"; expected for example 85mm, 6in or 600px, 18 to 1760 mm.`);
}

function numberOf(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= least && value <= most) return value;
  throw new UsageError(`${name} is "${text}"; expected a number from ${least} to ${most}.`);
}

function oneOf<const T extends string>(name: string, text: string, allowed: readonly T[]): T {
  const found = allowed.find((value) => value === text);
  if (found !== undefined) return found;
  throw new UsageError(`${name} is "${text}"; expected ${allowed.join(", ")}.`);
}
