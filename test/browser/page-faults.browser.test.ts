// Faults that using the page showed, each standing for its kind: what is cut, what cannot be told apart, what is missing.

import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { filled, param, usePage } from "./page.ts";

const { show: open } = usePage();
const JOHN = "trace=gallery/traces/gpt2-john-smith.safetensors&l=4&h=11&pin=8";

const box = async (page: Page, selector: string) => (await page.locator(selector).first().boundingBox())!;

it.each([1280, 1440, 1920])("the caption of a matrix ends before its list, %d wide", async (width) => {
  const page = await open(`${JOHN}&view=matrix`, { width });
  const [legend, side] = [await box(page, ".hs-matrix-legend"), await box(page, ".hs-matrix-side")];
  expect(legend.x + legend.width).toBeLessThanOrEqual(side.x);
});

it("an active head is chosen among several without being switched off", async () => {
  const page = await open("trace=gallery/traces/stories-gpt2-mia.safetensors&l=4&h=0,2,4&focus=4");
  await page.locator(".hs-squares button").nth(2).click();
  await expect.poll(() => [param(page, "h"), param(page, "focus")]).toEqual(["0,2,4", "2"]);
  await page.locator(".hs-squares button").nth(2).click();
  await expect.poll(() => param(page, "h")).toBe("0,4");
});

it("the gallery stands in groups and is walked through", async () => {
  const page = await open();
  await page.locator(".gallery-button").click();
  await filled(page, ".menu.gallery").waitFor();
  expect(await page.locator(".gallery h2").allTextContents()).toEqual([
    "Figures of the paper",
    "Small models",
    "Translators",
  ]);
  const on = page.locator(".gallery .item.on");
  const before = await on.textContent();
  await page.getByRole("button", { name: "Next", exact: true }).click();
  await expect.poll(() => on.textContent()).not.toBe(before);
  await page.getByRole("button", { name: "Previous", exact: true }).click();
  await expect.poll(() => on.textContent()).toBe(before);
});

it("an example that is not among the chips has one, too", async () => {
  const page = await open("trace=gallery/traces/gpt2-at-the-store.safetensors&l=3&h=6,7");
  expect(await page.locator(".begin .chip.on").textContent()).toBe("Items of a list");
});

it("a score is explained without a pointer", async () => {
  const page = await open(JOHN);
  const before = await page.locator(".says-score").textContent();
  expect(before!.length).toBeGreaterThan(20);
  await page.locator(".find .chip", { hasText: "Entropy" }).click();
  await expect.poll(() => page.locator(".says-score").textContent()).not.toBe(before);
});

it("the head view alone has the place of all panels, and Escape gives it back before it unpins", async () => {
  const page = await open(`${JOHN}&view=lines`, { width: 1920, height: 1080 });
  const span = async () => (await box(page, ".hs-right")).x - (await box(page, ".hs-left")).x;
  const [before, lines] = [await box(page, ".panel.head"), await span()];
  const button = page.getByRole("button", { name: "Head view alone" });
  await button.click();
  expect(await button.getAttribute("aria-pressed")).toBe("true");
  await expect.poll(async () => (await box(page, ".panel.head")).width).toBe(1920);
  expect((await box(page, ".panel.head")).height).toBeGreaterThan(before.height);
  expect(await page.locator(".dock").isVisible()).toBe(false);
  expect(await span()).toBeGreaterThanOrEqual(lines);
  await page.keyboard.press("Escape");
  await expect.poll(() => page.locator(".dock").isVisible()).toBe(true);
  expect(param(page, "pin")).toBe("8");
  await page.keyboard.press("f");
  await expect.poll(() => page.locator(".find").isVisible()).toBe(false);
  await page.keyboard.press("f");
  await expect.poll(() => page.locator(".find").isVisible()).toBe(true);
});

it("a button shows keys and gestures", async () => {
  const page = await open(JOHN);
  await page.getByRole("button", { name: "Keys and gestures" }).click();
  expect(await filled(page, "dialog[open]").textContent()).toContain("Mouse and touch");
});

it("forced colours leave active heads, bars and ramps their own", async () => {
  const page = await open(JOHN, { forcedColors: "active" });
  const data = [".hs-weights .hs-bars", ".hs-ranking .hs-track i"];
  for (const selector of [".hs-squares [aria-pressed=true]", ".hs-ramp", ".bar i", ".switch", ...data])
    expect(
      await page
        .locator(selector)
        .first()
        .evaluate((e) => getComputedStyle(e).forcedColorAdjust),
      selector,
    ).toBe("none");
  const border = (tab: string) =>
    page
      .locator(`.dock .tabs button${tab}`)
      .first()
      .evaluate((e) => getComputedStyle(e).borderBottomColor);
  expect(await border(":not(.on)")).not.toBe(await border(".on"));
});

it("the magnifier is closed by the click that opens its head", async () => {
  const page = await open(JOHN);
  const map = await box(page, ".hs-map-plane");
  await page.mouse.move(map.x + 60, map.y + 60);
  await page.locator(".hs-magnifier:popover-open").waitFor();
  await page.mouse.down();
  await page.mouse.up();
  await expect.poll(() => page.locator(".hs-magnifier:popover-open").count()).toBe(0);
});
