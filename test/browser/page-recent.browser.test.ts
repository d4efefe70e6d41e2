// Recent runs: shown again at once where they were left, walked through with arrow keys, removed, run again after a reload.

import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { filled, param, status, usePage } from "./page.ts";

const stage = usePage();
const LIVE = "model=stories-gpt2&text=Lily+saw+a+cat";
const RECORDED = "trace=gallery/traces/gpt2-john-smith.safetensors&l=4&h=11&pin=8";

const field = (page: Page) => page.locator("[data-field=text]");
const items = (page: Page) => page.locator(".menu.recent .item");
const list = (page: Page) => filled(page, ".menu.recent");
const texts = (page: Page) => page.locator(".menu.recent .text").allTextContents();
const current = (page: Page) => page.locator(".menu.recent [aria-current=true] .text").allTextContents();
const focused = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute("data-part") ?? "");
/** The words of the head view, without the spaces between them. */
const words = async (page: Page) => (await page.locator(".hs-left .hs-word").allTextContents()).join("");

async function run(page: Page, text: string): Promise<void> {
  await field(page).fill(text);
  await field(page).press("Enter");
  await expect.poll(() => words(page), { timeout: 20_000 }).toBe(text.replaceAll(" ", ""));
}

/** Counts what workers are asked to run from now on. */
async function countRuns(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    const asked: unknown[] = [];
    Object.assign(globalThis, { asked });
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (this: Worker, message: { kind?: string }, ...rest: unknown[]) {
      if (message.kind === "run") asked.push(message);
      return Reflect.apply(post, this, [message, ...rest]);
    } as typeof post;
  });
  return () => page.evaluate(() => (globalThis as unknown as { asked: unknown[] }).asked.length);
}

it("shows a run again at once, where it was left, by click, Enter and arrow", async () => {
  const page = await stage.show(LIVE);
  await page.locator(".hs-left .hs-word").nth(1).click();
  expect(param(page, "pin")).toBe("1");
  await run(page, "Tom ran");
  await run(page, "Tom ran home");
  const runs = await countRuns(page);
  const button = page.getByRole("button", { name: "Recent runs" });
  await button.click();
  await list(page).waitFor();
  expect(await texts(page)).toEqual(["Tom ran home", "Tom ran", "Lily saw a cat"]);
  expect(await current(page)).toEqual(["Tom ran home"]);
  expect(await items(page).nth(0).locator("small").textContent()).toBe("stories-gpt2, 3 tokens");
  await items(page).nth(2).click();
  await expect.poll(() => field(page).inputValue()).toBe("Lily saw a cat");
  expect([param(page, "pin"), param(page, "text")]).toEqual(["1", "Lily saw a cat"]);
  expect(await page.locator(".menu.recent").count()).toBe(0);

  await page.locator(".hs-left .hs-word").nth(2).click();
  await page.locator("body").press("r");
  await page.keyboard.press("ArrowUp");
  await expect.poll(() => current(page)).toEqual(["Tom ran"]);
  await page.keyboard.press("Home");
  await expect.poll(() => field(page).inputValue()).toBe("Tom ran home");
  await page.keyboard.press("End");
  await expect.poll(() => param(page, "pin")).toBe("2");
  await page.keyboard.press("Escape");
  expect(await page.locator(".menu.recent").count()).toBe(0);
  await page.locator("body").press("r");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await expect.poll(() => field(page).inputValue()).toBe("Tom ran");
  expect(await runs()).toBe(0);
  await page.goBack();
  await expect.poll(() => field(page).inputValue()).toBe("Lily saw a cat");
  expect(await runs()).toBe(0);
}, 60_000);

it("is one tab stop, and Delete or the button at its end removes a run", async () => {
  const page = await stage.show(RECORDED);
  await page.getByRole("button", { name: "Close this notice" }).click();
  await page.evaluate((hash) => {
    location.hash = hash;
  }, LIVE);
  await expect.poll(() => status(page), { timeout: 20_000 }).toContain("live");
  await page.locator("body").press("r");
  await list(page).waitFor();
  expect(await texts(page)).toEqual(["Lily saw a cat", "John Smith is also the son of Fred Smith"]);
  expect(await items(page).nth(1).locator("small").textContent()).toBe("gpt2, 9 tokens, recorded");
  expect(await page.locator(".menu.recent [tabindex='0']").count()).toBe(1);
  expect(await focused(page)).toBe("item");
  await page.keyboard.press("ArrowRight");
  expect(await focused(page)).toBe("remove");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Delete");
  await expect.poll(() => texts(page)).toEqual(["John Smith is also the son of Fred Smith"]);
  expect(await current(page)).toEqual([]);
  await expect.poll(() => focused(page)).toBe("item");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await expect.poll(() => items(page).count()).toBe(0);
  expect(await page.locator(".menu.recent").textContent()).toContain("No run yet.");
  expect(await words(page)).toBe("Lilysawacat");
  await page.keyboard.press("Escape");
  expect(await page.locator(".menu.recent").count()).toBe(0);
}, 60_000);

it("after a reload a run is an address that runs again, and says so", async () => {
  const page = await stage.show(LIVE);
  await page.locator(".hs-left .hs-word").nth(1).click();
  await run(page, "Tom ran");
  await page.reload();
  await page.waitForSelector("html[data-ready]", { state: "attached", timeout: 25_000 });
  await page.getByRole("button", { name: "Recent runs" }).click();
  await list(page).waitFor();
  expect(await texts(page)).toEqual(["Tom ran", "Lily saw a cat"]);
  expect(await items(page).nth(1).locator("small").textContent()).toBe("stories-gpt2, 4 tokens, runs again");
  await page.keyboard.press("ArrowDown");
  expect(await field(page).inputValue()).toBe("Tom ran");
  await page.keyboard.press("Enter");
  await expect.poll(() => words(page), { timeout: 20_000 }).toBe("Lilysawacat");
  expect(param(page, "pin")).toBe("1");
  await page.getByRole("button", { name: "Recent runs" }).click();
  expect(await current(page)).toEqual(["Lily saw a cat"]);
  expect(await page.locator(".menu.recent small").allTextContents()).toEqual([
    "stories-gpt2, 4 tokens",
    "stories-gpt2, 2 tokens",
  ]);
}, 60_000);

it("fits a phone, and an empty list says what comes there", async () => {
  const page = await stage.show("trace=https://elsewhere.test/run.safetensors", { width: 390, height: 844 });
  await page.locator(".notice", { hasText: "elsewhere.test" }).waitFor();
  await page.getByRole("button", { name: "Recent runs" }).click();
  expect(await list(page).textContent()).toContain("No run yet.");
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBe(390);
  const above = await page
    .locator(".top > :visible")
    .evaluateAll((all) => all.filter((one) => one.getBoundingClientRect().top < 30).length);
  expect(above).toBe(6);
});
