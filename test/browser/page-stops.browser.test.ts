// Stop while a model is opened and while it runs for the first time; what the wait says meanwhile.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { param, ROOT, status, usePage } from "./page.ts";

const stage = usePage();
const RECORDED = "trace=gallery/traces/gpt2-john-smith.safetensors&l=4&h=11&pin=8";
/** About 500 tokens: the run does not end before somebody presses Stop. */
const LONG = "One day a cat saw a dog. ".repeat(70);

const notice = (page: Page) => page.locator(".notice h2").first();
const stop = (page: Page) => page.locator(".run-anchor .run", { hasText: "Stop" });

/** Hold the weights back until they are let go. */
async function holdWeights(page: Page): Promise<() => void> {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route("**/model.safetensors", async (route) => {
    await held;
    await route.continue().catch(() => {});
  });
  return release;
}

/** What is cut off on purpose is no problem of the page. */
function forgetCut(): void {
  expect(stage.problems.filter((problem) => !/ERR_(ABORTED|FAILED)/.test(problem))).toEqual([]);
  stage.problems.length = 0;
}

it("Stop while a model is opened leaves the page as it was, and Run opens it again", async () => {
  const page = await stage.show(RECORDED);
  const release = await holdWeights(page);
  await page.locator(".run").click();
  const steps = page.locator(".loading .steps li");
  await steps.first().waitFor();
  expect(await steps.locator("span:nth-child(2)").allTextContents()).toEqual([
    "Read the model",
    "Prepare the model",
    "Run the text",
  ]);
  expect(await page.locator(".loading .now").textContent()).toContain("Read the model");
  await stop(page).click();
  await stop(page).waitFor({ state: "detached" });
  expect(await notice(page).textContent()).toMatch(/stopped/i);
  expect(await status(page)).toBe("recorded run");
  await page.locator(".hs-left .hs-word").nth(7).click();
  expect(param(page, "pin")).toBe("7");
  release();
  await page.unroute("**/model.safetensors");
  await page.locator(".run").click();
  await expect.poll(() => status(page), { timeout: 25_000 }).toMatch(/^live/);
  forgetCut();
}, 60_000);

it("Stop in the first run of a model leaves it open, and what was shown on screen", async () => {
  const page = await stage.show(RECORDED);
  const asked: string[] = [];
  page.on("request", (request) => {
    if (/model\.safetensors$/.test(request.url())) asked.push(request.url());
  });
  const release = await holdWeights(page);
  await page.locator("[data-field=text]").fill(LONG);
  await page.locator(".run").click();
  await page.locator(".loading .now", { hasText: "Read the model" }).waitFor();
  const stopped = page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const watch = new MutationObserver(() => {
          if (!document.querySelector(".loading .now")?.textContent?.includes("Run the text")) return;
          watch.disconnect();
          document.querySelector<HTMLElement>(".loading button")!.click();
          resolve();
        });
        watch.observe(document.body, {
          subtree: true,
          childList: true,
          characterData: true,
          attributes: true,
        });
      }),
  );
  release();
  await stopped;
  await stop(page).waitFor({ state: "detached" });
  expect(await notice(page).textContent()).toMatch(/stopped/i);
  expect(await status(page)).toBe("recorded run");
  const before = asked.length;
  await page.locator("[data-field=text]").fill("One day a cat");
  await page.locator(".run").click();
  await expect.poll(() => status(page), { timeout: 25_000 }).toMatch(/^live/);
  expect(asked.length).toBe(before);
  forgetCut();
}, 60_000);

it("the share of opening and running together only grows", async () => {
  const page = await stage.show(RECORDED);
  await page.evaluate(() => {
    const seen: number[] = [];
    Object.assign(window, { seen });
    new MutationObserver(() => {
      const line = document.querySelector<HTMLElement>(".top-progress");
      if (line) seen.push(Number.parseFloat(line.style.width));
    }).observe(document.body, { subtree: true, childList: true, attributes: true });
  });
  await page.locator(".run").click();
  await expect.poll(() => status(page), { timeout: 25_000 }).toMatch(/^live/);
  const seen = await page.evaluate(() => (window as unknown as { seen: number[] }).seen);
  expect(new Set(seen).size).toBeGreaterThan(1);
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
}, 60_000);

/** Serve the tokenizer with a pattern that takes for ever on many a's; as long as the file is, for ranges of it are asked for. */
async function serveEndless(page: Page): Promise<void> {
  const file = readFileSync(join(ROOT, "models/stories-gpt2/tokenizer.json"));
  const json = JSON.parse(file.toString()) as { pre_tokenizer: unknown };
  const endless = { type: "Split", pattern: { Regex: "(a+)+$" }, behavior: "Isolated", invert: false };
  const both = { type: "Sequence", pretokenizers: [endless, json.pre_tokenizer] };
  const text = Buffer.from(JSON.stringify({ ...json, pre_tokenizer: both }).padEnd(file.length));
  await page.route("**/stories-gpt2/tokenizer.json", async (route) => {
    const [, from, to] = /bytes=(\d+)-(\d+)/.exec(route.request().headers().range ?? "") ?? [];
    const [first, last] = [Number(from ?? 0), Number(to ?? text.length - 1)];
    const response = await route.fetch();
    await route.fulfill({ response, body: text.subarray(first, last + 1) });
  });
}

it("a tokenizer that never ends is given up: the page stays usable, says so, and Run starts anew", async () => {
  const page = await stage.show(RECORDED);
  await serveEndless(page);
  await page.clock.install();
  await page.locator("[data-field=text]").fill(`${"a".repeat(60)}!`);
  await page.locator(".run").click();
  await page.locator(".loading .now", { hasText: "Run the text" }).waitFor();
  await stop(page).click();
  await page.locator(".hs-left .hs-word").nth(7).click();
  expect(param(page, "pin")).toBe("7");
  await page.unroute("**/stories-gpt2/tokenizer.json");
  await page.locator("[data-field=text]").fill("One day a cat");
  await page.locator(".run").click();
  await page.locator(".loading .now", { hasText: "Run the text" }).waitFor();
  await page.clock.fastForward(31_000);
  await page.locator(".notice", { hasText: "did not end within 30 seconds" }).waitFor();
  await page.locator(".run").click();
  await expect.poll(() => status(page), { timeout: 25_000 }).toMatch(/^live/);
  forgetCut();
}, 60_000);
