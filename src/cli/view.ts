// headscope view: a figure, a table or one HTML file of a model on a text, or of a recorded run, without a browser.

import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { FIGURE_VIEWS, type FigureRequest } from "../export/figure.ts";
import { FIGURE_FILES, type FigureFile, type Paper, type Tools, writeFigure } from "../export/files.ts";
import { printHtml } from "../export/html.ts";
import { nodeFonts } from "../export/node-fonts.ts";
import type { PanelView } from "../export/panel/state.ts";
import { printPng } from "../export/png.ts";
import { INK_SCALES } from "../views/look/ink.ts";
import { processEnv } from "./env.ts";
import { INPUT_OPTIONS, parse } from "./input.ts";
import { inputBytes } from "./input-bytes.ts";
import { place, writeWhole } from "./output.ts";
import { besides, type Env, Progress, reporting, UsageError } from "./report.ts";
import { withRun } from "./run-or-read.ts";
import { heldAgainst, otherOf } from "./view-compare.ts";
import { readAs, readingName } from "./view-reading.ts";
import { FIGURE_OPTIONS, numberOf, paperOf, requestOf, titleOf, viewOf } from "./view-request.ts";

const USAGE = `Usage: headscope view MODEL|TRACE [--text T] [--view V] -o FILE.svg|png|pdf|html|csv [-o ...]

MODEL is run on the text; TRACE is a recorded run. The name behind -o says what is written; several are written at once.

  --text T, --pair, --ids, --target ...   what to run, as in headscope trace
  --view V           ${FIGURE_VIEWS.join(", ")} (default: matrix); an html file shows all of them, and this one
                     first where it is named
  --block B          self, encoder, decoder, cross, or all of them in one
  --layer L          counted from 0 (default 0)
  --head H,H         heads of the layer (default 0); the first one is in focus
  --include-layers 0-3,7, --include-heads 0-5   of the model map: these layers and heads alone
  --beside L,L       of the head view: other layers beside this one
  --pin WORD|N       pin a word, by position or, where it is there once, as it is written; repeatable
  --side query|key   which side is pinned (default query)
  --hover WORD|N     a word that attends as under the pointer; --hover-key one that is attended to; both: a cell
  --filter A-B       rows of sentence A, columns of sentence B; also A-A, B-A, B-B
  --hide-first, --hide-special   leave out the first token or special tokens as keys
  --strongest P      lines that together hold this share of each row, 0 to 1
  --least W          lines from this weight on, 0 to 1
  --rows-from N, --rows-to N         words that attend, cut to these positions
  --columns-from N, --columns-to N   words attended to, cut likewise
  --orientation O    of the head view: vertical (default), or horizontal with words along the top and the bottom
  --colors C         of the matrix: ${INK_SCALES.join(", ")} (default root)
  --raw-tokens       tokens as the tokenizer spells them: Ġcat, ▁cat, ##s
  --merge-words      words in place of their pieces: sum over keys, mean over queries
  --average          the heads of --head as one, their average
  --weigh v|z        attention times |v|, or times |v W_O| (z: needs the model)
  --compare TRACE    draw what this run has more than a recorded one, token by token; tokens that have no
                     counterpart there are hatched
  --hatch TRACE      draw this run as it is, and hatch tokens that have no counterpart in a recorded one
  --score NAME       mark the heads of the model map by a score; --sort score ranks them
  --to WORD|N        a score of your own: the weight from the pinned words to this one; repeatable
  --find PATTERN     a score of your own: how often a pattern holds, e.g. 'from \`,\` to the word before it'
  --vectors V        keys or values, in the neuron view
  --rows N           most keys of the neuron view (default 40, or as many as a narrow figure has on a page)

  --width W          85mm, 6in or 600px (default 170mm)
  --font-size P      in points (default 8 on paper, 9 in px)
  --theme T          light (default) or dark; --transparent leaves the ground out
  --dpi N            pixels per inch of a PNG (default 300)
  --paths            letters as paths in SVG, so that it needs no font
  --font FILE        a font (.ttf, .otf, .ttc, .woff) for characters that the embedded ones lack; repeatable
  --with-bar         the layer and a numbered square for each head above it
  --no-caption       without the line that says model, text and head
  --max-bytes N      largest trace inside an html file (default 2000000)
  -o, --output FILE  what to write`;

const OPTIONS = {
  ...INPUT_OPTIONS,
  ...FIGURE_OPTIONS,
  "max-bytes": { type: "string" },
  font: { type: "string", multiple: true },
  compare: { type: "string" },
  hatch: { type: "string" },
  output: { type: "string", short: "o", multiple: true },
  help: { type: "boolean", short: "h" },
} as const;

const HTML_IS_PLAIN =
  "It shows attention as it is: --raw-tokens, --merge-words, --average, --weigh, --compare and --hatch count for figures.";
const REMEDY = "Name a font that has them with --font FILE; an SVG with text uses the fonts of its reader.";

/** Runs `headscope view` with the arguments behind the verb; resolves to the exit status. */
export function viewCommand(args: readonly string[], env: Env = processEnv()): Promise<number> {
  return reporting(env, USAGE, async () => {
    const { values, positionals } = parse(args, OPTIONS);
    if (values.help) return void env.stdout.write(`${USAGE}\n`);
    const outputs = (values.output ?? []).map((path) => [path, kindOf(path)] as const);
    if (outputs.length === 0) throw new UsageError("Nowhere to write: give a file behind -o.");
    for (const [path] of outputs) await place(path, 1, false);
    const view = viewOf(values);
    const other = otherOf(values);
    const paper = paperOf(values);
    const maxBytes = numberOf("--max-bytes", values["max-bytes"] ?? "2000000", 1e4, 1e9);
    const tools: Tools = { fonts: () => nodeFonts(values.font), png: printPng, remedy: REMEDY };
    if (values.font) await tools.fonts();
    const progress = new Progress(env.stderr);
    const { request, plain } = await withRun(positionals, values, env, progress, async (trace, model) => {
      const plain = requestOf(trace, view, values);
      if (!other) return { plain, request: await readAs(plain, readingName(values, view), model) };
      const bytes = new Uint8Array(await inputBytes(other.run, env.signal));
      return { plain, request: heldAgainst(other.how, bytes, `the run in ${other.run}`, plain, values) };
    });
    progress.clear();
    const theme = values.theme === undefined ? null : paper.theme;
    for (const [path, kind] of outputs) {
      const { bytes, leftOut } =
        kind === "html"
          ? await htmlFile(plain, values.view === undefined ? "panel" : view, theme, maxBytes)
          : await writeFigure(request, kind, { ...paper, title: titleOf(request) }, tools);
      const said = besides(env, await writeWhole(path, bytes, env.signal));
      const unread = kind === "html" && request !== plain ? [HTML_IS_PLAIN] : [];
      for (const note of [...leftOut, ...unread]) progress.note(`${path}: ${note}`);
      said.write(`${path}\n`);
    }
  });
}

async function htmlFile(
  request: FigureRequest,
  view: PanelView,
  theme: Paper["theme"] | null,
  maxBytes: number,
) {
  const { trace, selection, filter, orientation = "vertical", colors = "root", cut } = request;
  const path = fileURLToPath(new URL("../panel/headscope.js", import.meta.url));
  const script = await readFile(path, "utf8").catch((cause) => {
    throw new Error(`${path}, the script of HTML files, is missing: run npm run build.`, { cause });
  });
  const { html, leftOut } = await printHtml(trace, {
    selection,
    state: { view, selection, filter, orientation, colors, ...(cut ? { cut } : {}) },
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
