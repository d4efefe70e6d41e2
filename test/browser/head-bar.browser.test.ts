import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import type { Selection } from "../../src/views/index.ts";
import { events, lastEvent, useStage } from "./browser.ts";
import { expectPicture } from "./picture.ts";

const stage = useStage();
const square = (page: Page, head: number) => page.locator(`[data-head="${head}"]`);
const selection = async (page: Page) => (await lastEvent(page, "select")) as Selection;

it.each(["three", "many"])("picture: %s", async (name) => {
  const page = await stage.open(`head-bar/${name}`);
  await expectPicture(page, `head-bar-${name}-light`);
});

it("toggles heads, keeps the last one, and leaves only one on a double click", async () => {
  const page = await stage.open("head-bar/one");
  await square(page, 11).click();
  expect(await lastEvent(page, "select")).toBeUndefined();
  await square(page, 3).click();
  expect(await selection(page)).toMatchObject({ heads: [3, 11], focus: 3 });
  await page.waitForTimeout(600);
  await square(page, 5).dblclick();
  expect(await selection(page)).toMatchObject({ heads: [5], focus: 5 });
  await page.waitForTimeout(600);
  await square(page, 5).dblclick();
  expect((await selection(page)).heads).toHaveLength(12);
  await page.locator(".hs-all").click();
  expect((await selection(page)).heads).toEqual([5]);
});

it("steps around the layers and lists them", async () => {
  const page = await stage.open("head-bar/one");
  await page.getByLabel("Next layer").click();
  expect((await selection(page)).layer).toBe(5);
  await page.locator(".hs-layer").click();
  expect(await page.locator(".hs-layers li").allTextContents()).toContain("Layer 11, not recorded");
  await page.keyboard.press("Home");
  await page.keyboard.press("Enter");
  expect((await selection(page)).layer).toBe(0);
  await page.getByLabel("Previous layer").click();
  expect((await selection(page)).layer).toBe(11);
});

it("shows layers side by side with a shift click in the list", async () => {
  const page = await stage.open("head-bar/one");
  const name = page.locator(".hs-layer");
  await name.click();
  await page
    .locator(".hs-layers li")
    .nth(7)
    .click({ modifiers: ["Shift"] });
  expect(await lastEvent(page, "layers")).toEqual([4, 7]);
  expect(await name.textContent()).toBe("Layers 4, 7");
  expect(await page.locator(".hs-layers li[aria-selected=true]").count()).toBe(2);
  await page
    .locator(".hs-layers li")
    .nth(7)
    .click({ modifiers: ["Shift"] });
  expect(await name.textContent()).toBe("Layer 4");
  expect(await events(page, "select")).toEqual([]);
});

it("is a group of toggle buttons for the keyboard", async () => {
  const page = await stage.open("head-bar/three");
  await square(page, 11).focus();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Space");
  expect(await square(page, 10).getAttribute("aria-pressed")).toBe("true");
  expect(await selection(page)).toMatchObject({ heads: [3, 7, 10, 11], focus: 10 });
  await page.keyboard.press("s");
  expect((await selection(page)).heads).toEqual([10]);
});
