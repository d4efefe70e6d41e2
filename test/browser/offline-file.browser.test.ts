// The offline file of 12 x 12 heads on 128 tokens, opened from the disk without a network: under 2 MB, every head drawn.

import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { build } from "../../scripts/build.mjs";
import { printHtml } from "../../src/export/html.ts";
import type { PanelState } from "../../src/export/panel/state.ts";
import { Trace } from "../../src/trace/index.ts";
import { COLORS } from "../../src/views/look/theme.ts";
import { mapLayout } from "../../src/views/map/layout.ts";
import { syntheticTrace } from "../synthetic.ts";
import { useStage } from "./browser.ts";
import { serve } from "./server.ts";

const [LAYERS, HEADS] = [12, 12];
const PAGE = "/test/browser/embed.html";

const stage = useStage(async () => {
  await build();
  return serve({ page: PAGE });
});

const selection = { block: "self", layer: 4, heads: [11], focus: 11, pins: [], side: "query" } as const;

/** The offline file of a trace, on the disk. */
async function written(trace: Trace, state: PanelState = {}): Promise<string> {
  const script = readFileSync(
    fileURLToPath(new URL("../../dist/panel/headscope.js", import.meta.url)),
    "utf8",
  );
  const { html } = await printHtml(trace, {
    selection,
    state: { view: "model", selection, ...state },
    script,
  });
  expect(html.length).toBeLessThan(2e6);
  const path = join(mkdtempSync(join(tmpdir(), "headscope-offline-")), "run.html");
  writeFileSync(path, html);
  return path;
}

/** A page that has asked for all that it wants, so that leaving it cuts nothing off. */
async function visited(): Promise<Page> {
  const page = await stage.visit(PAGE);
  await page.locator(".hs-map-canvas").first().waitFor();
  return page;
}

it("shows the layers and heads that it is cut to", async () => {
  const trace = syntheticTrace({ layers: LAYERS, heads: HEADS, tokens: 16 });
  const path = await written(trace, { cut: { layers: [2, 4], heads: [0, 7, 11] } });
  const page = await visited();
  await page.goto(pathToFileURL(path).href);
  const numbers = (side: string) => page.locator(`.hs-map-${side} span`).allTextContents();
  await expect.poll(() => numbers("layers")).toEqual(["2", "4"]);
  expect(await numbers("heads")).toEqual(["0", "7", "11"]);
});

it("says which model read what, and a small model's map alone takes the room that there is", async () => {
  const path = await written(syntheticTrace({ layers: 3, heads: 4, tokens: 16 }));
  const page = await visited();
  await page.setViewportSize({ width: 900, height: 600 });
  await page.goto(pathToFileURL(path).href);
  expect(await page.locator(".about").textContent()).toMatch(/^synthetic the quick brown fox/);
  const wide = (selector: string) => page.locator(selector).first().boundingBox();
  await expect.poll(async () => (await wide(".hs-map-canvas"))!.height).toBeGreaterThan(3 * 60);
});

it("marks what was edited, and says it", async () => {
  const plain = syntheticTrace({ layers: LAYERS, heads: HEADS, tokens: 16, store: "qk", headSize: 8 });
  const edits = [
    { op: "scale", at: "z", layer: 3, head: 7, value: 0 },
    { op: "block", at: "scores", layer: 5, head: 2, query: 6, key: 1 },
  ] as const;
  const receipts = edits.map((_, edit) => ({ edit, touched: 1 }));
  const tensors = new Map(plain.names.map((name) => [name, plain.raw(name)!]));
  const path = await written(new Trace({ ...plain.manifest, edits, receipts }, tensors));
  const page = await visited();
  await page.setViewportSize({ width: 700, height: 560 }); // cells as wide as they are without more room
  await page.emulateMedia({ colorScheme: "light" });
  await page.goto(pathToFileURL(path).href);
  const canvas = page.locator(".hs-map-canvas").first();
  await canvas.waitFor();
  const { left, top, pitch, rowPitch, cell } = mapLayout(
    await canvas.evaluate((element) => element.clientWidth),
    LAYERS,
    HEADS,
    false,
  );
  /** Heads at whose upper right corner there is pink. */
  const marked = () =>
    canvas.evaluate(
      (element, { left, top, pitch, rowPitch, cell, heads, layers, pink }) => {
        const { width, clientWidth } = element as HTMLCanvasElement;
        const context = (element as HTMLCanvasElement).getContext("2d")!;
        const scale = width / clientWidth;
        const found: string[] = [];
        for (let layer = 0; layer < layers; layer++)
          for (let head = 0; head < heads; head++) {
            const at = [left + head * pitch + cell - 3, top + layer * rowPitch - 3, 6, 6] as const;
            const [x, y, w, h] = at.map((side) => Math.round(side * scale)) as [
              number,
              number,
              number,
              number,
            ];
            const { data } = context.getImageData(x, y, w, h);
            for (let i = 0; i < data.length; i += 4)
              if (pink.every((level, c) => Math.abs(level - data[i + c]!) < 4)) {
                found.push(`${layer}.${head}`);
                break;
              }
          }
        return found;
      },
      {
        ...{ left, top, pitch, rowPitch, cell, heads: HEADS, layers: LAYERS },
        pink: [1, 3, 5].map((at) => Number.parseInt(COLORS.light.edit.slice(at, at + 2), 16)),
      },
    );
  await expect.poll(marked, { timeout: 20_000 }).toEqual(["3.7", "5.2"]);
  expect(await page.locator(".note").allInnerTexts()).toEqual([
    "Changed in this run, in pink: zero head 3.7; block 6>1 in 5.2.",
  ]);
});

it("shows every head of a run of 128 tokens", async () => {
  const trace = syntheticTrace({ layers: LAYERS, heads: HEADS, tokens: 128, store: "qk", headSize: 64 });
  const path = await written(trace);

  const page = await visited();
  await page.setViewportSize({ width: 700, height: 560 }); // cells as wide as they are without more room
  await page.context().setOffline(true);
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  try {
    await page.goto(pathToFileURL(path).href);
    const canvas = page.locator(".hs-map-canvas").first();
    await canvas.waitFor();
    const width = await canvas.evaluate((element) => element.clientWidth);
    const { left, top, pitch, rowPitch, cell } = mapLayout(width, LAYERS, HEADS, false);
    const cells = Array.from({ length: LAYERS * HEADS }, (_, i) => [
      left + (i % HEADS) * pitch,
      top + Math.floor(i / HEADS) * rowPitch,
      Math.floor(cell),
    ]);
    /** Heads that are drawn in fewer than four colours: no pattern looks like that. */
    const empty = (): Promise<number[]> =>
      canvas.evaluate((element, places) => {
        const { width: pixels, clientWidth } = element as HTMLCanvasElement;
        const context = (element as HTMLCanvasElement).getContext("2d")!;
        const scale = pixels / clientWidth;
        return places.flatMap(([x, y, side], i) => {
          const box = [x!, y!, side!, side!].map((at) => Math.round(at * scale)) as [
            number,
            number,
            number,
            number,
          ];
          const { data } = context.getImageData(...box);
          return new Set(new Uint32Array(data.buffer)).size < 4 ? [i] : [];
        });
      }, cells);
    await expect.poll(empty, { timeout: 20_000 }).toEqual([]);
    expect(asked).toEqual([pathToFileURL(path).href]);
  } finally {
    await page.context().setOffline(false);
  }
});
