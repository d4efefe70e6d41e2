// PDF figures as other programs read them: poppler finds their words and draws their one page (pdftotext, pdftoppm).

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PNG } from "pngjs";
import { describe, expect, it } from "vitest";
import { type FigureView, figureOf } from "../../src/export/figure.ts";
import { nodeFonts } from "../../src/export/node-fonts.ts";
import { printPdf } from "../../src/export/pdf.ts";
import { NO_FILTER, type Selection } from "../../src/views/index.ts";
import { readRecorded } from "./recorded.ts";

const trace = readRecorded("gallery/traces/gpt2-john-smith.safetensors");
const selection: Selection = { block: "self", layer: 1, heads: [10], focus: 10, pins: [8], side: "query" };
const folder = mkdtempSync(join(tmpdir(), "headscope-pdf-"));
const POINTS = { "85 mm": 240.945, "170 mm": 481.89 } as const;

describe.each(Object.entries(POINTS))("a PDF of %s", (_, points) => {
  it.each<FigureView>(["head", "matrix", "neuron"])("%s", async (view) => {
    const fonts = await nodeFonts();
    const request = { view, trace, selection, filter: NO_FILTER, caption: true } as const;
    const width = (points * 12) / 8;
    const { scene } = figureOf(request, { width, theme: "light", measure: fonts.measure });
    const path = join(folder, `${view}-${points}.pdf`);
    writeFileSync(path, await printPdf(scene, { fonts, points, background: null, title: "a figure" }));
    const text = execFileSync("pdftotext", [path, "-"], { encoding: "utf8" });
    for (const word of ["John", "Smith", "Fred", "gpt2"]) expect(text).toContain(word);
    const about = execFileSync("pdfinfo", [path], { encoding: "utf8" });
    expect(about).toMatch(/Pages: +1\b/);
    expect(Number(/Page size: +([\d.]+)/.exec(about)![1])).toBeCloseTo(points, 0);
    const embedded = execFileSync("pdffonts", [path], { encoding: "utf8" })
      .split("\n")
      .slice(2)
      .filter(Boolean);
    for (const font of embedded) expect(font).toMatch(/(Inter|DejaVu).* yes yes yes/);
    execFileSync("pdftoppm", ["-r", "100", "-png", "-singlefile", path, path]);
    const { data } = PNG.sync.read(readFileSync(`${path}.png`));
    let dark = 0;
    for (let i = 0; i < data.length; i += 4) if (data[i]! < 128) dark++;
    expect(dark).toBeGreaterThan(200);
  });
});
