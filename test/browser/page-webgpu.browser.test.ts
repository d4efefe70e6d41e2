// The page on WebGPU (Chromium's software adapter): chosen, it runs there, gives WebAssembly's numbers and says so; a
// device that computes wrongly is refused, one that is lost leads back with the picture kept; where there is no WebGPU,
// WebAssembly runs and the page says why.

import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { build } from "../../scripts/build.mjs";
import { serve } from "../../src/cli/serve.ts";
import type { Trace } from "../../src/trace/index.ts";
import { ABSENT } from "../goldens/webgpu.ts";
import { type Stage, useStage } from "./browser.ts";
import { isPinned } from "./chromium.ts";
import { filled, ROOT, status, statusFacts, traceOf } from "./page.ts";

/** Of attention and other tensors, as in the goldens; largest values count as at least 1. */
const TOLERANCE = 1e-4;
/** The first run compiles each shader on the processor, twice. */
const SLOW = 120_000;
const LIVE = "model=stories-gpt2&text=Lily+saw+a+big+cat.+Lily";

async function served() {
  await build();
  const [app, models, gallery] = [join(ROOT, "dist/app"), join(ROOT, "models"), join(ROOT, "gallery")];
  const serving = await serve({ app, models, gallery, port: 0 });
  return { url: `http://localhost:${serving.port}`, close: serving.close };
}

async function show(stage: Stage, hash = LIVE): Promise<Page> {
  const page = await stage.visit(`/#${hash}`);
  await page.waitForSelector("html[data-ready]", { state: "attached", timeout: 25_000 });
  await expect.poll(() => status(page), { timeout: 30_000 }).toMatch(/^live/);
  return page;
}

async function choose(page: Page, name: "This browser" | "WebGPU"): Promise<void> {
  await page.locator(".live").click();
  await page.getByRole("button", { name, exact: true }).click();
  await page.keyboard.press("Escape");
}

/** Run another text, wait until its words stand, and give what the status says. */
async function runs(page: Page, text: string): Promise<string> {
  await page.locator("[data-field=text]").fill(text);
  await page.locator(".run").click();
  const last = text.split(" ").at(-1)!;
  const words = () => page.locator(".hs-left .hs-word").allTextContents();
  await expect.poll(words, { timeout: SLOW }).toContain(last);
  await expect.poll(() => page.locator(".loading").count(), { timeout: 20_000 }).toBe(0);
  return statusFacts(page);
}

function expectEqual(found: Trace, expected: Trace): void {
  expect(found.names.sort()).toEqual(expected.names.sort());
  for (const name of expected.names) {
    const [a, b] = [found.tensor(name)!.data, expected.tensor(name)!.data];
    const far = b.reduce((most, value, i) => Math.max(most, Math.abs(value - a[i]!)), 0);
    const large = b.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    expect(far / large, name).toBeLessThan(TOLERANCE);
  }
}

/** End the process in which the browser computes graphics, as a driver that fails does. */
async function crashGpu(browser: Browser): Promise<void> {
  const session = await browser.newBrowserCDPSession();
  await session.send("Browser.crashGpuProcess");
}

/**
 * Let the device compute another function than it is asked for: every shader's exp becomes exp2, as a driver with a fault in one
 * instruction would do it, without any error.
 */
async function spoilDevice(page: Page): Promise<void> {
  const fault = `
    const make = GPUDevice.prototype.createShaderModule;
    GPUDevice.prototype.createShaderModule = function (described) {
      return make.call(this, { ...described, code: described.code.replace(/\\bexp\\(/g, "exp2(") });
    };`;
  await page.route("**/gpu-worker-*.js", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${await response.text()};${fault}` });
  });
}

describe("with WebGPU", () => {
  const stage = useStage(served, { webgpu: true });

  it("refuses a device that computes wrongly, says by how much, and runs WebAssembly", {
    timeout: 3 * SLOW,
  }, async () => {
    const page = await show(stage);
    await runs(page, "Tom saw a dog");
    const web = await traceOf(page);
    await spoilDevice(page);
    await choose(page, "WebGPU");
    await runs(page, "Lily saw a big cat");
    const said = await runs(page, "Tom saw a dog");
    const why = /WebAssembly runs in its place\. (.*)$/.exec(said)?.[1] ?? said;
    if (!isPinned() && ABSENT.test(why)) {
      console.warn(`NO WEBGPU ON THIS MACHINE: ${why}`);
      return;
    }
    expect(said).toMatch(/Runs onthis browser, WebAssembly, \d+ threads?, float32/);
    expect(why).toMatch(
      /^Its numbers differ from WebAssembly's: [\w.]+ of a test model by \d(\.\d)?e[+-]\d, at most 0\.0001 is allowed\.$/,
    );
    expectEqual(await traceOf(page), web);
    await page.locator(".btn.model").click();
    expect(await filled(page, ".menu.models").textContent()).toContain(why);
  });

  it("runs there when it is chosen, gives the same numbers, and leads back when it is lost", {
    timeout: 5 * SLOW,
  }, async () => {
    const page = await show(stage);
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    expect(await runs(page, "Tom saw a dog")).toMatch(
      /Runs onthis browser, WebAssembly, \d+ threads?, float32/,
    );
    const web = await traceOf(page);
    expect(asked.filter((url) => /asyncify|gpu-worker/.test(url))).toEqual([]);

    await choose(page, "WebGPU");
    const said = await runs(page, "Lily saw a big cat");
    if (!isPinned() && said.includes("WebGPU is not used")) {
      console.warn(`NO WEBGPU ON THIS MACHINE: ${said}`);
      return;
    }
    expect(said).toMatch(/Runs onthis browser, WebGPU on \S.*, float32/);
    expect(said).toContain("Its numbers were compared with WebAssembly's.");
    await runs(page, "Tom saw a dog");
    expectEqual(await traceOf(page), web);

    await crashGpu(page.context().browser()!);
    await page.locator("[data-field=text]").fill("Tom saw a cat");
    await page.locator(".run").click();
    const notice = page.locator(".notice[role=alert]");
    await expect.poll(() => notice.locator("h2").textContent(), { timeout: SLOW }).toBe("WebGPU stopped");
    expect(await notice.textContent()).toMatch(/the graphics device was lost/);
    expect(await page.locator(".hs-left .hs-word").allTextContents()).toContain("dog");
    await page.getByRole("button", { name: "Run in WebAssembly" }).click();
    const words = () => page.locator(".hs-left .hs-word").allTextContents();
    await expect.poll(words, { timeout: 30_000 }).toContain("cat");
    expect(await statusFacts(page)).toMatch(
      /this browser, WebAssembly.*WebGPU is not used, WebAssembly runs in its place\. .*lost/,
    );
    stage.problems.splice(0);
  });
});

describe("without WebGPU", () => {
  const stage = useStage(served);

  it("keeps the choice through a reload", async () => {
    const page = await show(stage);
    const pressed = async () => {
      await page.locator(".live").click();
      const chosen = filled(page, ".pop.status").locator(".where [aria-pressed=true]");
      const name = await chosen.textContent();
      await page.keyboard.press("Escape");
      return name;
    };
    expect(await pressed()).toBe("This browser");
    await choose(page, "WebGPU");
    await page.reload();
    await page.waitForSelector("html[data-ready]", { state: "attached", timeout: 25_000 });
    await expect.poll(() => status(page), { timeout: 30_000 }).toMatch(/^live/);
    expect(await pressed()).toBe("WebGPU");
    expect(await statusFacts(page)).toContain("WebGPU is not used, WebAssembly runs in its place.");
    expect(page.url()).not.toMatch(/webgpu|where/i);
    const told = stage.problems.splice(0).filter((problem) => !problem.includes("No available adapters"));
    expect(told).toEqual([]);
  }, 60_000);

  it("runs WebAssembly where WebGPU is chosen, and says why in the status and in the model picker", async () => {
    const page = await show(stage);
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    await choose(page, "WebGPU");
    const said = await runs(page, "Tom saw a dog");
    expect(said).toMatch(/Runs onthis browser, WebAssembly, \d+ threads?, float32/);
    const why = /WebAssembly runs in its place\. (.*)$/.exec(said)![1];
    expect(why).toMatch(ABSENT);
    await page.locator(".btn.model").click();
    expect(await filled(page, ".menu.models").textContent()).toContain(why!);
    await page.keyboard.press("Escape");
    expect(asked.filter((url) => url.includes("asyncify"))).toEqual([]);
    await choose(page, "This browser");
    expect(await runs(page, "Lily saw a cat")).not.toContain("WebGPU is not used");
    const told = stage.problems.splice(0).filter((problem) => !problem.includes("No available adapters"));
    expect(told).toEqual([]);
  }, 60_000);
});
