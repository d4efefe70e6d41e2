// Figures opened by other programs: the SVG of every view through Chromium and through resvg is the same picture.

import { readdirSync, readFileSync } from "node:fs";
import { PNG } from "pngjs";
import { describe, expect, it } from "vitest";
import { FIGURE_VIEWS, figureOf } from "../../src/export/figure.ts";
import { nodeFonts } from "../../src/export/node-fonts.ts";
import { printPng } from "../../src/export/png.ts";
import { NO_FILTER, type Selection } from "../../src/views/index.ts";
import { printSvg } from "../../src/views/scene/svg.ts";
import { readRecorded } from "../figures/recorded.ts";
import { useStage } from "./browser.ts";

const SNAPSHOTS = new URL("../figures/snapshots/", import.meta.url);
const MONO = new URL("../../node_modules/dejavu-fonts-ttf/ttf/DejaVuSansMono-Bold.ttf", import.meta.url);

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

  it("keep texts apart, and in the picture, in a font much wider than those that they ask for", async () => {
    const page = await stage.visit("/test/browser/gallery.html");
    const font = `data:font/ttf;base64,${readFileSync(MONO).toString("base64")}`;
    await page.setContent(`<style>@font-face{font-family:wide;src:url(${font})}body{margin:0}svg{display:block}
      text{font-family:wide!important}</style><div>`);
    await page.evaluate(() => document.fonts.load("12px wide"));
    const faults = (svg: string) => page.evaluate(faultsIn, svg);
    const [held, free]: [string[], string[]] = [[], []];
    for (const name of readdirSync(SNAPSHOTS)) {
      const svg = readFileSync(new URL(name, SNAPSHOTS), "utf8");
      held.push(...(await faults(svg)).map((fault) => `${name}: ${fault}`));
      free.push(...(await faults(svg.replaceAll(/ textLength="[^"]*"/g, ""))));
    }
    expect(held).toEqual([]);
    expect(free.length).toBeGreaterThan(40);
  });
});

/** Level texts of one line that lie on each other, and those that leave the picture. */
function faultsIn(svg: string): string[] {
  document.querySelector("div")!.innerHTML = svg;
  const frame = document.querySelector("svg")!.getBoundingClientRect();
  const texts = [...document.querySelectorAll("text:not([transform])")]
    .map((text) => ({ said: text.textContent!.trim(), box: text.getBoundingClientRect() }))
    .filter(({ said }) => said !== "");
  const outside = texts.filter(({ box }) => box.left < frame.left - 0.5 || box.right > frame.right + 0.5);
  const pairs = texts.flatMap((a, i) =>
    texts
      .slice(i + 1)
      .filter(({ box: b }) => Math.abs(a.box.top + a.box.bottom - b.top - b.bottom) < 6)
      .filter(({ box: b }) => a.box.left < b.right - 0.5 && b.left < a.box.right - 0.5)
      .map((b) => `${a.said} | ${b.said}`),
  );
  return [...outside.map(({ said }) => `outside: ${said}`), ...pairs];
}
