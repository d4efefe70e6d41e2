// The Python package: its own tests, its version, whether TypeScript reads what Python writes, and whether its figures
// are those of the command line.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PNG } from "pngjs";
import { describe, expect, it } from "vitest";
import { processEnv } from "../src/cli/env.ts";
import { viewCommand } from "../src/cli/view.ts";
import { decodeTensor, parseSafetensors } from "../src/tensor/index.ts";
import { readTrace } from "../src/trace/index.ts";
import { missing, pythonWith, ROOT, runPython } from "./support/python.ts";

const NEEDED = ["numpy", "safetensors", "pytest"];
const python = pythonWith(...NEEDED);
const DRAWS = ["numpy", "safetensors", "py_mini_racer"];
const artist = pythonWith(...DRAWS);
const MINUTES = 60_000;

describe("the Python package", () => {
  it("has the version of package.json, everywhere", () => {
    const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
    const { version } = JSON.parse(read("package.json"));
    expect(/^version = "(.*)"$/m.exec(read("python/pyproject.toml"))?.[1]).toBe(version);
    expect(/^__version__ = "(.*)"$/m.exec(read("python/headscope/__init__.py"))?.[1]).toBe(version);
  });

  it.skipIf(!python)("passes its own tests", { timeout: 20 * MINUTES }, async () => {
    const said = await runPython(
      python!,
      ["-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider"],
      20 * MINUTES,
    );
    process.stderr.write(`python/: ${said.trim().split("\n").slice(-6).join("\n")}\n`);
    expect(said).toMatch(/\d+ passed/);
  });

  it.skipIf(!python)(
    "writes traces that TypeScript reads, equal within 1e-6",
    { timeout: 5 * MINUTES },
    async () => {
      const folder = mkdtempSync(join(tmpdir(), "headscope-python-"));
      try {
        await runPython(python!, ["tests/write_traces.py", folder], 5 * MINUTES);
        const names = readdirSync(folder).filter((name) => name.endsWith(".expected.safetensors"));
        expect(names.length).toBeGreaterThanOrEqual(12);
        for (const name of names) compare(folder, name.replace(".expected.safetensors", ""));
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );
});

if (!python) process.stderr.write(`python/: ${missing(...NEEDED)}\n`);
if (!artist) process.stderr.write(`python/, figures: ${missing(...DRAWS)}\n`);

const OTHER = join(ROOT, "gallery", "traces", "stories-gpt2-she.safetensors");
const FONT = createRequire(import.meta.url).resolve("dejavu-fonts-ttf/ttf/DejaVuMathTeXGyre.ttf");

/** Options of trace.svg, and the same of `headscope view`. */
const FIGURES: Readonly<Record<string, [object, string]>> = {
  head: [
    { view: "head", layer: 3, heads: [2, 0], pin: "He", theme: "dark", width: "85mm" },
    "--view head --layer 3 --head 2,0 --pin He --theme dark --width 85mm",
  ],
  across: [
    { view: "head", layer: 1, heads: 1, orientation: "horizontal", least: 0.1, caption: false },
    "--view head --layer 1 --head 1 --orientation horizontal --least 0.1 --no-caption",
  ],
  matrix: [
    { view: "matrix", layer: 2, heads: [1], pin: [3], colors: "log", merge_words: true, font_size: 7 },
    "--view matrix --layer 2 --head 1 --pin 3 --colors log --merge-words --font-size 7",
  ],
  model: [
    { view: "model", layer: 1, heads: [0], score: "previous", sort: "score", transparent: true },
    "--view model --layer 1 --head 0 --score previous --sort score --transparent",
  ],
  beside: [
    { view: "head", layer: 1, heads: [1, 2], beside: [0, 3], hover: 4, width: "170mm" },
    "--view head --layer 1 --head 1,2 --beside 0,3 --hover 4 --width 170mm",
  ],
  words: [
    { view: "model", layer: 1, heads: [0], pin: ["He"], to: [0, 1], score: "words" },
    "--view model --layer 1 --head 0 --pin He --to 0 --to 1 --score words",
  ],
  neuron: [
    { view: "neuron", layer: 0, heads: 3, pin: -1, vectors: "values", rows: 6 },
    "--view neuron --layer 0 --head 3 --pin -1 --vectors values --rows 6",
  ],
  hatched: [
    { view: "head", layer: 3, heads: [2], hatch: OTHER, width: "85mm" },
    `--view head --layer 3 --head 2 --hatch ${OTHER} --width 85mm`,
  ],
  "hatched-matrix": [
    { view: "matrix", layer: 1, heads: [0], hatch: OTHER, theme: "dark" },
    `--view matrix --layer 1 --head 0 --hatch ${OTHER} --theme dark`,
  ],
  compared: [
    { view: "matrix", layer: 1, heads: [0], compare: OTHER },
    `--view matrix --layer 1 --head 0 --compare ${OTHER}`,
  ],
  font: [
    { view: "head", layer: 1, heads: [1], font: [FONT], width: "85mm" },
    `--view head --layer 1 --head 1 --font ${FONT} --width 85mm`,
  ],
};

describe("figures from Python", () => {
  it.skipIf(!artist)("are the files of headscope view", { timeout: 5 * MINUTES }, async () => {
    const folder = mkdtempSync(join(tmpdir(), "headscope-figures-"));
    try {
      const trace = join(ROOT, "gallery", "traces", "stories-gpt2-he.safetensors");
      for (const [name, [, options]] of Object.entries(FIGURES)) {
        const files = ["svg", "png", "pdf"].flatMap((kind) => ["-o", join(folder, `cli-${name}.${kind}`)]);
        expect(await viewCommand([trace, ...options.split(" "), "--dpi", String(DPI), ...files], quiet)).toBe(
          0,
        );
      }
      const given = Object.fromEntries(Object.entries(FIGURES).map(([name, [options]]) => [name, options]));
      const args = ["tests/write_figures.py", trace, folder];
      const said = await runPython(artist!, args, 5 * MINUTES, JSON.stringify(given));
      const read = (name: string) => readFileSync(join(folder, name));
      for (const name of Object.keys(FIGURES)) {
        expect(read(`${name}.svg`).equals(read(`cli-${name}.svg`)), `${name}.svg`).toBe(true);
      }
      comparePictures(folder);
      comparePages(JSON.parse(said));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

const quiet = { ...processEnv(), stdout: { write: () => true }, stderr: { write: () => true } };

/** Points: three lines, as words over columns and legends go on in another line where they are measured as longer. */
const LINES = 45;
/** Dots of an inch in the PNGs. */
const DPI = 150;

/**
 * PNGs of both sides have the same width, within the rounding of half a dot, and the same height within three lines: the
 * command
 * line measures words in its own fonts, Python those of an SVG's reader. None are there without cairo.
 */
function comparePictures(folder: string): void {
  const made = Object.keys(FIGURES).filter((name) => existsSync(join(folder, `${name}.png`)));
  if (made.length === 0) process.stderr.write(`python/, PNG and PDF: ${missing("cairosvg")}\n`);
  for (const name of made) {
    const [own, other] = [name, `cli-${name}`].map((n) =>
      PNG.sync.read(readFileSync(join(folder, `${n}.png`))),
    );
    expect(Math.abs(own!.width - other!.width), `${name}.png, width`).toBeLessThanOrEqual(1);
    expect(Math.abs(own!.height - other!.height), `${name}.png, height`).toBeLessThan((LINES * DPI) / 72);
  }
}

/** Letters of a caption, which the side whose letters are wider may cut short: its line is then left out on that side. */
const CAPTION = 120;

/** How many letters of one text, counted, another lacks. */
function besides(text: string, other: string): number {
  const left = [...other];
  return [...text].filter((letter) => {
    const at = left.indexOf(letter);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  }).length;
}

/** PDFs of both sides likewise; the numbers in them are the same, and so are the words, but for a caption cut short. */
function comparePages(found: Readonly<Record<string, { size: number[]; words: string }>>): void {
  const numbers = (text: string) => (text.match(/\d*\.\d+/g) ?? []).sort();
  // Readers set spaces and line ends by distance, so letters are counted, without a line that was cut short.
  const letters = (text: string) =>
    [
      ...text
        .split("\n")
        .filter((line) => !line.includes("…"))
        .join("")
        .replace(/\s/g, ""),
    ]
      .sort()
      .join("");
  for (const name of Object.keys(found).filter((file) => !file.startsWith("cli-"))) {
    const [own, other] = [found[name]!, found[`cli-${name}`]!];
    expect(Math.abs(own.size[0]! - other.size[0]!), name).toBeLessThan(0.5);
    expect(Math.abs(own.size[1]! - other.size[1]!), name).toBeLessThan(LINES);
    expect(letters(own.words).length, name).toBeGreaterThan(0);
    expect(numbers(own.words), name).toEqual(numbers(other.words));
    expect(besides(letters(own.words), letters(other.words)), name).toBeLessThan(CAPTION);
    expect(besides(letters(other.words), letters(own.words)), name).toBeLessThan(CAPTION);
  }
}

/** Every head of a trace against what numpy made of it; 1e-5 where T5's unscaled scores make rounding larger. */
function compare(folder: string, name: string): void {
  const trace = readTrace(readFileSync(join(folder, `${name}.safetensors`)));
  const bytes = readFileSync(join(folder, `${name}.expected.safetensors`));
  const { tensors } = parseSafetensors(bytes);
  expect(tensors.size).toBeGreaterThan(0);
  for (const [key, entry] of tensors) {
    const [block, layer] = key.split(".") as ["self" | "encoder" | "decoder" | "cross", string];
    const { data, shape } = decodeTensor(entry, bytes.subarray(entry.start, entry.end));
    const size = shape[1]! * shape[2]!;
    expect(trace.heads(block, Number(layer))).toBe(shape[0]);
    for (let head = 0; head < shape[0]!; head++) {
      const made = trace.attention(block, Number(layer), head);
      const worst = made.reduce(
        (most, w, i) => Math.max(most, Math.abs(w - Number(data[head * size + i]))),
        0,
      );
      expect(worst, `${name} ${key}.${head}`).toBeLessThan(name === "t5" ? 1e-5 : 1e-6);
    }
  }
}
