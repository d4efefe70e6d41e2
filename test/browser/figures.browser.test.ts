// Figures opened by other programs: the SVG of every view through Chromium and through resvg is the same picture.

import { PNG } from "pngjs";
import { describe, expect, it } from "vitest";
import { FIGURE_VIEWS, figureOf } from "../../src/export/figure.ts";
import { nodeFonts } from "../../src/export/node-fonts.ts";
import { printPng } from "../../src/export/png.ts";
import { NO_FILTER, type Selection } from "../../src/views/index.ts";
import { printSvg } from "../../src/views/scene/svg.ts";
import { readRecorded } from "../figures/recorded.ts";
import { useStage } from "./browser.ts";

const stage = useStage();
const trace = readRecorded("gallery/traces/gpt2-john-smith.safetensors");
const selection: Selection = { block: "self", layer: 4, heads: [11], focus: 11, pins: [8], side: "query" };
const WIDTH = 700;
/** Difference of a channel, of 255, from which a pixel counts as different: rasterisers smooth edges differently. */
const STEP = 96;

describe("figures", () => {
  it.each(FIGURE_VIEWS)("%s: Chromium and resvg draw the same within one part in a hundred", async (view) => {
    const fonts = await nodeFonts();
    const { measure, outline } = fonts;
    const request = { view, trace, selection, filter: NO_FILTER, caption: true } as const;
    const { scene } = figureOf(request, { width: WIDTH, theme: "light", measure });
    const svg = printSvg(scene, { background: "#ffffff", measure, outline });
    const page = await stage.visit("/test/browser/gallery.html");
    await page.setViewportSize({ width: Math.ceil(scene.width), height: Math.ceil(scene.height) });
    await page.setContent(`<style>body{margin:0}svg{display:block}</style>${svg}`);
    const shot = PNG.sync.read(await page.locator("svg").first().screenshot());
    const png = await printPng(scene, { fonts, pixels: shot.width, background: "#ffffff" });
    const drawn = PNG.sync.read(Buffer.from(png));
    expect([drawn.width, Math.abs(drawn.height - shot.height) <= 1]).toEqual([shot.width, true]);
    const rows = Math.min(drawn.height, shot.height);
    let different = 0;
    for (let i = 0; i < rows * shot.width * 4; i += 4) {
      if ([0, 1, 2].some((c) => Math.abs(drawn.data[i + c]! - shot.data[i + c]!) > STEP)) different++;
    }
    expect(different / (rows * shot.width)).toBeLessThan(0.01);
  });
});
