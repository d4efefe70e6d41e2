// The report: machine, versions, what was compared, the tables, and how each target fared.

import { readFileSync, writeFileSync } from "node:fs";
import { arch, cpus, platform, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import type { Kept } from "./kept.ts";
import { fixed, table } from "./stats.ts";
import type { Findings, Target } from "./types.ts";

const path = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url));

/** The whole report as Markdown. */
export function report(found: ReadonlyMap<string, Kept>): string {
  const all = [...found.values()];
  const targets = all.flatMap((part) => part.targets).filter(({ share }) => Number.isFinite(share));
  const parts = [...found].map(([name, part]) =>
    [`## ${TITLES[name]}`, ABOUT[name], ...circumstances(part), ...part.sections].join("\n\n"),
  );
  const head = [`# Benchmarks`, machine(all), ...(targets.length ? [targetSection(targets)] : [])];
  return [...head, ...parts].join("\n\n");
}

/** Writes the report where the documentation shows it. */
export function writeReport(found: ReadonlyMap<string, Kept>): void {
  writeFileSync(path("docs/benchmarks.md"), `${report(found)}\n`);
}

const TITLES: Readonly<Record<string, string>> = {
  engine: "The engine against Transformers",
  edits: "Edits",
  web: "The engine in the browser",
  views: "The views against BertViz",
  page: "The page",
  "page-local": "The page on a local checkpoint",
  billion: "A model past the browser's heap",
  notebook: "A notebook's output against BertViz and circuitsvis",
};

const ABOUT: Readonly<Record<string, string>> = {
  engine: `Both sides run in one long-lived process each, with two threads, on the same token ids; headscope in Node,
Transformers in Python in float32, evaluation mode, without gradients. Numbers are medians of calls that alternate, after
one that warms up, with a pause of 0.3 s between: worker threads that still spin would disturb the other side.
Transformers is asked in three ways: eager attention with all attention returned and logits of every position, as a
BertViz user calls it; the same with the logits of the last position only, which is what headscope computes; and, against
q, k and v alone (from which headscope recomputes attention where it is looked at), its fastest attention, sdpa, which
returns none.`,
  views: `The same made-up attention, written once from a seed, is drawn by both in the same Chromium without a graphics
card, with the system's wish for less motion on. Times count from the start of the navigation, or from the gesture: until the
code that draws has returned; until it is painted, which is the second animation frame after that (and for headscope also
until a pixel of each canvas can be read back); and until it is complete, the second frame in which nothing is left to do,
for what was put off for later. BertViz's page holds its numbers as text, headscope's reads a trace file of queries and keys in half precision and
computes attention from them. Opening a head draws its lines beside the map in both; headscope's neuron view shows the
neurons of the last word at once, BertViz's after a click. Each number is the median of fresh browsers. Memory is the
private memory of all processes of the browser.`,
  edits: `Both sides as above. Points: two processes of headscope, one plain, one whose graphs have a neutral point at every tensor of
every layer. The sweep gives one run a head; headscope goes on from the recorded stream before the head's layer. The slider's time counts from its event to the frame behind the next paint
of the matrix, with the model in the browser.`,
  web: `The same model, read by range from a server on the same machine, in a page that is isolated from other origins, so that
onnxruntime's WebAssembly build runs with two threads; calls alternate with those in Node.`,
  page: "The page as built, served by headscope itself on the same machine; each number is the median of fresh browsers.",
  "page-local": `\`headscope open FOLDER\` serves the page; q, k and v are kept on every side. In the page the time counts from
Run to the frame behind the last thumbnail that the map painted; in Node it is the run alone. Page and Node
alternate; WebAssembly follows in the same page, told to run the model in the browser, beside Node again. Two runs at each length warm up.`,
  billion: `A checkpoint of Llama-3.2-1B's shape: 1,236 million random parameters in one bfloat16 file of 2.5 GB, served as above.
"From nothing" counts in the page from its address, which names the model, to the map of its first text; for Transformers from the
start of the process to the end of the first forward pass over 16 tokens. Transformers widens to float32, as the
engine does, and returns all attention; the page keeps q, k and v. Tokens per second count from the first written token to the last, greedy.`,
  notebook: `The same made-up causal attention of 12 x 12 heads for each tool. The call is Python's, after one of four tokens,
until its HTML is there as a string; the HTML is what a notebook keeps. Then it is opened as a page in a fresh Chromium
without a graphics card, with BertViz's libraries and circuitsvis's script from this machine and not from a network, until
the first animation frame after the last change: no element, no drawing on a canvas and no image follows within a second.
circuitsvis is given the heads of all layers at once. Numbers are medians of three calls and of five browsers, or of
as many as are opened in fifteen seconds. A page that takes more than 8 GB of memory or two minutes is given
up. At 256 tokens headscope's page leaves out the layers farthest from the focus and names them.`,
};

function machine(all: readonly Findings[]): string {
  const { version } = JSON.parse(readFileSync(path("package.json"), "utf8")) as { version: string };
  const versions = Object.assign({}, ...all.map((part) => part.versions ?? {})) as Record<string, string>;
  const known = { headscope: version, node: process.version.slice(1), ...versions };
  const list = Object.entries(known).map(([name, value]) => `${name} ${value}`);
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `Measured by \`npm run bench\` on ${platform()} ${arch()}, ${cpus().length} x ${cpu?.model.trim() ?? "unknown processor"}, ${memory} GiB. Versions: ${list.join(", ")}.`;
}

/** Numbers of a machine that does other things at the same time are worth little, and the report says so. */
function circumstances({ day, quick, load }: Kept): string[] {
  const form = quick ? ", in the quick form, which is only a rough guide" : "";
  const busy = `**The machine was busy when this began (load average ${load.toFixed(1)}): these numbers are not to be trusted.**`;
  return [`Measured on ${day}${form}.`, ...(load < BUSY ? [] : [busy])];
}

const BUSY = 0.5;

function targetSection(targets: readonly Target[]): string {
  const rows = targets.map(({ what, target, measured, share }) => [what, target, measured, verdict(share)]);
  const met = targets.filter(({ share }) => share <= 1).length;
  return `## Targets\n\n${met} of ${targets.length} are met.\n\n${table(["what", "target", "measured", ""], rows)}`;
}

function verdict(share: number): string {
  if (share <= 1) return `met, at ${fixed(share)} of the bound`;
  return `missed, ${fixed(share)} times the bound`;
}
