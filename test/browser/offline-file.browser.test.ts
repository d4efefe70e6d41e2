// The offline file of 12 x 12 heads on 128 tokens, opened from the disk without a network: under 2 MB, every head drawn.

import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { build } from "../../scripts/build.mjs";
import { printHtml } from "../../src/export/html.ts";
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

it("shows every head of a run of 128 tokens", async () => {
  const trace = syntheticTrace({ layers: LAYERS, heads: HEADS, tokens: 128, store: "qk", headSize: 64 });
  const selection = { block: "self", layer: 4, heads: [11], focus: 11, pins: [], side: "query" } as const;
  const script = readFileSync(
    fileURLToPath(new URL("../../dist/panel/headscope.js", import.meta.url)),
    "utf8",
  );
  const { html } = await printHtml(trace, { selection, state: { view: "model", selection }, script });
  expect(html.length).toBeLessThan(2e6);
  const path = join(mkdtempSync(join(tmpdir(), "headscope-offline-")), "run.html");
  writeFileSync(path, html);

  const page = await stage.visit(PAGE);
  await page.setViewportSize({ width: 700, height: 700 });
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
