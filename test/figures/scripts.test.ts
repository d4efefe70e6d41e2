// Figures of Hebrew and Arabic as pictures: PNG by resvg with the embedded fonts (DejaVu Sans has both), letters as
// paths, so that every machine draws the same. HEADSCOPE_UPDATE_PICTURES=1 writes them anew; look at them before they are
// committed: words run from the right, numbers and Latin letters inside them from the left, Arabic letters are joined.
// Chinese, Japanese and Korean have no embedded font (`--font FILE` names one): where words stand is held by
// horizontal.test.ts, and that the lack is said by src/cli/view.test.ts.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { PNG } from "pngjs";
import { describe, expect, it } from "vitest";
import { type FigureRequest, figureOf } from "../../src/export/figure.ts";
import { nodeFonts } from "../../src/export/node-fonts.ts";
import { printPng } from "../../src/export/png.ts";
import { COLORS, NO_FILTER } from "../../src/views/index.ts";
import { textsOf } from "../../src/views/scene/scene.ts";
import { arabic, hebrew, runOf } from "../scripts.ts";

/** Numbers, Latin letters and brackets inside words from the right. */
const mixed = runOf("ב|-2019| למדה| הילדה| (בת| 12)| את| המודל| GPT-2| בבית| .");

function request(
  trace: FigureRequest["trace"],
  pins: readonly number[],
  more: Partial<FigureRequest> = {},
): FigureRequest {
  const selection = { block: "self", layer: 0, heads: [1], focus: 1, pins, side: "query" } as const;
  return { view: "head", trace, selection, filter: NO_FILTER, caption: true, ...more };
}

const FIGURES: Readonly<Record<string, FigureRequest>> = {
  hebrew: request(hebrew, [7]),
  "hebrew-across": request(hebrew, [7], { orientation: "horizontal" }),
  "hebrew-matrix": request(hebrew, [7], { view: "matrix" }),
  "hebrew-mixed": request(mixed, [8]),
  arabic: request(arabic, [6]),
  "arabic-across": request(arabic, [6], { orientation: "horizontal" }),
};

/** Channels differ by so much where another processor rounds otherwise. */
const ROUNDING = 4;

describe("pictures of texts from the right", () => {
  it.each(Object.entries(FIGURES))("%s", async (name, of) => {
    const fonts = await nodeFonts();
    const { scene } = figureOf(of, { width: 420, theme: "light", measure: fonts.measure });
    const words = [...textsOf(scene.marks)].map(({ text }) => text).join("");
    expect(fonts.missing(words.replace(/[\p{C}\p{Z}]/gu, ""))).toEqual([]);
    const drawn = Buffer.from(
      await printPng(scene, { fonts, pixels: 840, background: COLORS.light.surface }),
    );
    const path = fileURLToPath(new URL(`./pictures/${name}.png`, import.meta.url));
    if (process.env.HEADSCOPE_UPDATE_PICTURES === "1") {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, drawn);
    }
    expect(existsSync(path), `${path} is there to compare with`).toBe(true);
    const [a, b] = [PNG.sync.read(readFileSync(path)), PNG.sync.read(drawn)];
    expect([b.width, b.height]).toEqual([a.width, a.height]);
    expect(a.data.filter((value, i) => Math.abs(value - b.data[i]!) > ROUNDING).length).toBe(0);
  });
});
