// Two pages on the engines of one computer that has room for one model: the one that was idle gives way, is told, and
// opens its model again at the next run.

import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { freshToken } from "../../src/cli/native/access.ts";
import { useStage } from "./browser.ts";
import { serveNative } from "./native-stage.ts";
import { status, statusFacts } from "./page.ts";

const token = freshToken();
/** Less than two copies of the model need, and more than none. */
const LIMIT = 1_000_000;
const LIVE = "model=stories-gpt2&text=Lily+saw+a+big+cat.+Lily";

const stage = useStage(() => serveNative({ token, limit: LIMIT }));

async function show(): Promise<Page> {
  const page = await stage.visit(`/#${LIVE}&token=${token}`);
  await page.waitForSelector("html[data-ready]", { state: "attached", timeout: 25_000 });
  await expect.poll(() => status(page), { timeout: 20_000 }).toMatch(/^live/);
  return page;
}

async function runs(page: Page, text: string): Promise<void> {
  await page.locator("[data-field=text]").fill(text);
  await page.locator(".run").click();
  const words = () => page.locator(".hs-left .hs-word").allTextContents();
  await expect.poll(words, { timeout: 20_000 }).toContain(text.split(" ").at(-1)!);
}

it("the page that was idle gives way with a notice, keeps its picture, and opens its model again", async () => {
  const first = await show();
  const closed = first.locator(".notice", { hasText: "stories-gpt2 was closed" });
  expect(await closed.count()).toBe(0);
  const second = await show();
  await closed.waitFor({ timeout: 20_000 });
  expect(await closed.textContent()).toContain("The next run opens it again.");
  expect(await first.locator(".hs-left .hs-word").count()).toBe(7);
  await runs(second, "Tom saw a dog");
  await runs(first, "Lily saw a dog");
  expect(await closed.count()).toBe(0);
  expect(await statusFacts(first)).toMatch(/Runs onthis computer/);
  await second.locator(".notice", { hasText: "stories-gpt2 was closed" }).waitFor({ timeout: 20_000 });
  await runs(second, "Tom saw a cat");
  expect(await statusFacts(second)).toMatch(/Runs onthis computer/);
}, 90_000);
