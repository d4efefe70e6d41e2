// A long run is looked at before its last layer is there. The messages between page and engine are held in the middle.

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, expect, it } from "vitest";
import { freshToken } from "../../src/cli/native/access.ts";
import { parseSafetensors, type Tensor, viewTensor, writeSafetensors } from "../../src/tensor/index.ts";
import { useStage } from "./browser.ts";
import { serveNative } from "./native-stage.ts";
import { ROOT, status } from "./page.ts";

const LAYERS = 70;
const OWN = 5;

const token = freshToken();
const models = mkdtempSync(join(tmpdir(), "headscope-layers-"));
afterAll(() => rmSync(models, { recursive: true, force: true }));

/** stories-gpt2 with its five layers again and again, so many that a run has several parts. */
function deepModel(): void {
  const [from, to] = [join(ROOT, "models/stories-gpt2"), join(models, "deep")];
  mkdirSync(to);
  cpSync(join(from, "tokenizer.json"), join(to, "tokenizer.json"));
  const config = JSON.parse(readFileSync(join(from, "config.json"), "utf8")) as object;
  writeFileSync(join(to, "config.json"), JSON.stringify({ ...config, n_layer: LAYERS }));
  const file = new Uint8Array(readFileSync(join(from, "model.safetensors")));
  const tensors = new Map<string, Tensor>();
  for (const [name, entry] of parseSafetensors(file).tensors) {
    const [, before, layer, after] = /^(.*\bh\.)(\d+)(\..*)$/.exec(name) ?? [];
    const tensor = viewTensor(entry, file);
    if (layer === undefined) tensors.set(name, tensor);
    for (let i = Number(layer); i < LAYERS; i += OWN) tensors.set(`${before}${i}${after}`, tensor);
  }
  writeFileSync(join(to, "model.safetensors"), writeSafetensors(tensors, { format: "pt" }));
}

const stage = useStage(() => {
  deepModel();
  return serveNative({ token, places: { models, pace: { first: 0, apart: 0 } } });
});

/** From now on the engine's answers wait behind the first arrays, until the function that this gives is called. */
async function holdBehindFirstArrays(page: Page): Promise<{ held: () => boolean; release: () => void }> {
  const waiting: (() => void)[] = [];
  let holding: "no" | "yes" | "over" = "no";
  await page.routeWebSocket(/engine/, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((message) => {
      if (holding === "yes") waiting.push(() => socket.send(message));
      else socket.send(message);
      if (holding === "no" && typeof message !== "string") holding = "yes";
    });
  });
  return {
    held: () => waiting.length > 0,
    release: () => {
      holding = "over";
      for (const send of waiting.splice(0)) send();
    },
  };
}

const ready = (page: Page) =>
  page.waitForSelector("html[data-ready]", { state: "attached", timeout: 25_000 });

/** The page with a run of the deep model of which only the first layers have come. */
async function inTheMiddle() {
  const page = await stage.visit("/");
  await ready(page);
  const { held, release } = await holdBehindFirstArrays(page);
  await page.goto(`${new URL(page.url()).origin}/#token=${token}`);
  await page.reload();
  await ready(page);
  stage.problems.length = 0; // The reload stopped what the first visit was reading.
  const before = await words(page);
  await page.evaluate(() => {
    location.hash = "model=deep&text=Lily+saw+a+big+cat.";
  });
  await expect.poll(held, { timeout: 20_000 }).toBe(true);
  await expect.poll(() => words(page), { timeout: 20_000 }).toEqual(WORDS);
  return { page, release, before };
}

const WORDS = ["Lily", "saw", "a", "big", "cat", "."];
const words = (page: Page) => page.locator(".hs-left .hs-word").allTextContents();

/** True if there is a picture in the map's cells of a layer: more colours than a blank one has. */
const painted = (page: Page, layer: number) =>
  page.locator("canvas.hs-map-canvas").evaluate(
    (canvas: HTMLCanvasElement, [row, rows]) => {
      const ratio = canvas.width / canvas.clientWidth;
      const label = document.querySelector<HTMLElement>(".hs-map-layers span")!;
      const pitch = (canvas.clientHeight - 2 * (label.offsetTop - 16)) / rows!;
      const top = Math.round((label.offsetTop - 8 + row! * pitch) * ratio);
      const { data } = canvas.getContext("2d")!.getImageData(40, top, 160, 24);
      const colors = new Set<string>();
      for (let i = 0; i < data.length; i += 4) colors.add(data.subarray(i, i + 3).join());
      return colors.size > 6;
    },
    [layer, LAYERS] as const,
  );

it("shows the first layers, then the others", async () => {
  const { page, release } = await inTheMiddle();
  await expect.poll(() => painted(page, 0)).toBe(true);
  expect([await painted(page, 20), await painted(page, 60)]).toEqual([true, false]);
  expect(await page.locator(".btn.share").isDisabled()).toBe(true);
  expect(await status(page)).toBe("running");
  expect(await page.locator(".notices").textContent()).not.toContain("Recorded run");
  expect(await page.locator(".find .chip").count()).toBe(0);
  release();
  await expect.poll(() => painted(page, 60)).toBe(true);
  await expect.poll(() => page.locator(".find .chip").count()).toBeGreaterThan(0);
  expect(await status(page)).toMatch(/^live/);
  expect(await page.locator(".btn.share").isDisabled()).toBe(false);
}, 90_000);

it("goes back to the run before when it is stopped in the middle, and leaves the model open", async () => {
  const { page, release, before } = await inTheMiddle();
  await page.locator(".run", { hasText: "Stop" }).click();
  expect(await words(page)).toEqual(before);
  expect(await page.locator(".notice[role=alert]").textContent()).toContain("deep was stopped");
  release();
  await page.evaluate(() => {
    location.hash = "model=deep&text=A+cat.";
  });
  await expect.poll(() => words(page), { timeout: 20_000 }).toEqual(["A", "cat", "."]);
  await expect.poll(() => painted(page, 60)).toBe(true);
}, 90_000);
