// A notebook that was executed and exported by nbconvert, opened from a file where there is no network.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Frame, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeNotebook } from "../support/jupyter.ts";
import { missing, pythonWith, ROOT, runPython } from "../support/python.ts";
import { launch } from "./chromium.ts";

const NEEDED = ["numpy", "safetensors", "nbconvert", "ipykernel"];
const python = pythonWith(...NEEDED);
if (!python) process.stderr.write(`nbconvert: ${missing(...NEEDED)}\n`);

const MINUTES = 60_000;
const LIGHT = "#FFFFFF";
const DARK = "#15171C";

describe.skipIf(!python)("a notebook exported by nbconvert", () => {
  const folder = mkdtempSync(join(tmpdir(), "headscope-nbconvert-"));
  const asked: { frame: Frame; url: string }[] = [];
  const failures: string[] = [];
  let browser: Browser;
  let page: Page;
  let frames: Frame[];

  beforeAll(async () => {
    const notebook = join(folder, "a.ipynb");
    const trace = join(ROOT, "gallery", "traces", "gpt2-john-smith.safetensors");
    writeNotebook(notebook, [
      `import sys; sys.path.insert(0, ${JSON.stringify(join(ROOT, "python"))})`,
      `import headscope\nt = headscope.load(${JSON.stringify(trace)})`,
      "t.view(layer=4, heads=[11])",
      "t.view(view='matrix', layer=4, heads=[11], theme='dark')",
    ]);
    await runPython(python!, ["-m", "nbconvert", "--execute", "--to", "html", notebook], 5 * MINUTES);
    browser = await launch();
    const context = await browser.newContext({ viewport: { width: 1200, height: 1400 }, offline: true });
    await context.route(/^(https?|wss?):/, (route) => route.abort());
    page = await context.newPage();
    page.on("request", (request) => asked.push({ frame: request.frame(), url: request.url() }));
    page.on("pageerror", (error) => failures.push(error.message));
    await page.goto(pathToFileURL(join(folder, "a.html")).href);
    const shown = await page.locator("iframe").all();
    frames = await Promise.all(
      shown.map(async (one) => (await (await one.elementHandle())!.contentFrame())!),
    );
    await Promise.all(frames.map((frame) => frame.waitForSelector(".hs-panel")));
  }, 6 * MINUTES);

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("draws both pictures, and not the one for places without scripts", async () => {
    expect(frames).toHaveLength(2);
    expect(await frames[0]!.locator(".hs-layer").textContent()).toBe("Layer 4");
    for (const frame of frames) await expect.poll(() => colorsIn(frame)).toBeGreaterThan(20);
    expect(await page.locator('img[alt^="Attention of all heads"]').first().isVisible()).toBe(false);
  });

  it("answers clicks", async () => {
    const [first] = frames;
    await first!.locator(".hs-layer").click();
    await first!.locator(".hs-layers li").nth(2).click();
    await expect.poll(() => first!.locator(".hs-layer").textContent()).toBe("Layer 2");
  });

  it("follows the export's light and dark, except where a theme was asked for", async () => {
    const both = () =>
      Promise.all(
        frames.map((frame) =>
          frame
            .locator(".hs-panel")
            .evaluate((panel: HTMLElement) => panel.style.getPropertyValue("--surface")),
        ),
      );
    await expect.poll(both).toEqual([LIGHT, DARK]);
    for (const [isLight, surface] of [
      ["false", DARK],
      ["true", LIGHT],
    ] as const) {
      await page.evaluate((value) => {
        document.body.dataset.jpThemeLight = value;
      }, isLight);
      await expect.poll(both).toEqual([surface, DARK]);
    }
  });

  it("asks for nothing from its pictures", () => {
    const own = asked.filter(
      ({ frame, url }) => frame !== page.mainFrame() && !/^(about|data|blob):/.test(url),
    );
    expect(own.map(({ url }) => url)).toEqual([]);
    expect(failures).toEqual([]);
  });
});

/** How many colours the most colourful canvas of a frame holds. */
function colorsIn(frame: Frame): Promise<number> {
  return frame.locator("canvas").evaluateAll((all) => {
    const counts = (all as HTMLCanvasElement[]).map((canvas) => {
      const { width, height } = canvas;
      if (width === 0 || height === 0) return 0;
      const { data } = canvas.getContext("2d")!.getImageData(0, 0, width, height);
      return new Set(new Uint32Array(data.buffer)).size;
    });
    return Math.max(...counts);
  });
}
