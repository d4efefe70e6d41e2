// A PDF has every colour that the SVG of the same scene has: pdfkit draws in the colour before where it cannot read one.

import { inflateSync } from "node:zlib";
import { expect, it } from "vitest";
import { type FigureRequest, figureOf } from "../../src/export/figure.ts";
import { nodeFonts } from "../../src/export/node-fonts.ts";
import { printPdf } from "../../src/export/pdf.ts";
import { attentionOf, differenceOf } from "../../src/trace/index.ts";
import { NO_FILTER, type Selection } from "../../src/views/index.ts";
import { printSvg } from "../../src/views/scene/svg.ts";
import { readRecorded } from "./recorded.ts";

const she = readRecorded("gallery/traces/stories-gpt2-she.safetensors");
const he = readRecorded("gallery/traces/stories-gpt2-he.safetensors");
const selection: Selection = {
  ...{ block: "self", layer: 3, heads: [1, 2], focus: 2, pins: [6], side: "query" },
};
const difference = differenceOf(attentionOf(he, "self"), attentionOf(she, "self"));
const changed = { head: (_: number, head: number) => head === 2, cells: () => [{ query: 6, key: 1 }] };

const FIGURES = {
  head: { view: "head", bar: true, edited: changed },
  "head of a difference": { view: "head", attention: difference },
  matrix: { view: "matrix", caption: true, edited: changed },
  "matrix of a difference": { view: "matrix", attention: difference },
  model: { view: "model", edited: changed },
  neuron: { view: "neuron", caption: true },
  "neuron of values": { view: "neuron", vectors: "values" },
} satisfies Record<string, Partial<FigureRequest>>;

/** Colours as "r g b" of whole numbers to 255. */
function colorsOfSvg(svg: string): Set<string> {
  const found = svg.matchAll(/(?:fill|stroke)="(?:#([0-9A-F]{6})|rgb\((\d+),(\d+),(\d+)\))"/gi);
  return new Set(
    Array.from(found, ([, hex, ...rgb]) =>
      hex ? [0, 2, 4].map((i) => Number.parseInt(hex.slice(i, i + 2), 16)).join(" ") : rgb.join(" "),
    ),
  );
}

function colorsOfPdf(pdf: Uint8Array): Set<string> {
  const bytes = Buffer.from(pdf);
  const start = bytes.indexOf("stream\n") + "stream\n".length;
  const page = inflateSync(bytes.subarray(start, bytes.indexOf("endstream"))).toString("latin1");
  const found = page.matchAll(/^([\d.]+) ([\d.]+) ([\d.]+) (?:scn|SCN)$/gm);
  return new Set(
    Array.from(found, ([, ...rgb]) => rgb.map((part) => Math.round(255 * Number(part))).join(" ")),
  );
}

for (const theme of ["light", "dark"] as const) {
  it.each(Object.entries(FIGURES))(`%s, ${theme}`, async (_, figure: Partial<FigureRequest>) => {
    const fonts = await nodeFonts();
    const request = { view: "head", trace: she, selection, filter: NO_FILTER, ...figure } as FigureRequest;
    const { scene } = figureOf(request, { width: 480, theme, measure: fonts.measure });
    const wanted = colorsOfSvg(printSvg(scene, { background: "#123456" }));
    const drawn = colorsOfPdf(await printPdf(scene, { fonts, points: 240, background: "#123456" }));
    expect(wanted.size).toBeGreaterThan(4);
    expect([...wanted].filter((color) => !drawn.has(color))).toEqual([]);
  });
}
