// Boundaries between the panels: dragged, moved by keys, put back, remembered by the browser, absent on a phone.

import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { param, usePage } from "./page.ts";

const stage = usePage();
const JOHN = "trace=gallery/traces/gpt2-john-smith.safetensors&l=4&h=11&pin=8";

const box = async (page: Page, selector: string) => (await page.locator(selector).first().boundingBox())!;
const map = (page: Page) => page.getByRole("separator", { name: "Width of the map" });
const dock = (page: Page) => page.getByRole("separator", { name: "Height of the dock" });
const widthOfMap = async (page: Page) => (await box(page, ".panel.left")).width;
const heightOfDock = async (page: Page) => (await box(page, ".dock")).height;
const near = (px: number) => [Math.floor(px), Math.ceil(px)];

/** Press in the middle of a boundary and move it by `x` and `y`. */
async function hold(page: Page, line: ReturnType<typeof map>, x: number, y: number): Promise<void> {
  const at = (await line.boundingBox())!;
  const [from, down] = [at.x + at.width / 2, at.y + at.height / 2];
  await page.mouse.move(from, down);
  await page.mouse.down();
  await page.mouse.move(from + x / 2, down + y / 2);
  await page.mouse.move(from + x, down + y);
}

describe("the boundary of the map", () => {
  it("is dragged as far as both sides have room, and a double click puts it back", async () => {
    const page = await stage.show(JOHN);
    const before = await widthOfMap(page);
    await hold(page, map(page), 150, 0);
    await page.mouse.up();
    expect(near(before + 150)).toContain(await widthOfMap(page));
    expect((await box(page, ".panel.head")).x).toBeCloseTo((await widthOfMap(page)) + 1, 0);
    await hold(page, map(page), 2000, 0);
    await page.mouse.up();
    expect((await box(page, ".panel.head")).width).toBeGreaterThanOrEqual(778);
    await hold(page, map(page), -2000, 0);
    await page.mouse.up();
    expect(await widthOfMap(page)).toBe(280);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(1440);
    await map(page).dblclick();
    expect(await widthOfMap(page)).toBe(before);
    expect(param(page, "pin")).toBe("8");
  });

  it("goes back to where it was on Escape while it is held", async () => {
    const page = await stage.show(JOHN);
    const before = await widthOfMap(page);
    await hold(page, map(page), 100, 0);
    expect(await widthOfMap(page)).toBeGreaterThan(before + 90);
    await page.keyboard.press("Escape");
    await page.mouse.move(900, 300);
    await page.mouse.up();
    expect(await widthOfMap(page)).toBe(before);
  });

  it("moves by keys, says where it is, and does nothing else", async () => {
    const page = await stage.show(JOHN);
    await map(page).focus();
    const values = () =>
      map(page).evaluate((e) =>
        ["now", "min", "max"].map((name) => Number(e.getAttribute(`aria-value${name}`))),
      );
    const [now, min, max] = (await values()) as [number, number, number];
    await page.keyboard.press("ArrowRight");
    expect((await values())[0]).toBe(now + 16);
    await page.keyboard.press("Shift+ArrowLeft");
    expect((await values())[0]).toBe(now - 48);
    await page.keyboard.press("Home");
    expect((await values())[0]).toBe(min);
    await page.keyboard.press("End");
    expect((await values())[0]).toBe(max);
    expect(near(await widthOfMap(page))).toContain(max);
    await page.keyboard.press("Enter");
    expect((await values())[0]).toBe(now);
    expect([param(page, "l"), param(page, "h"), param(page, "pin")]).toEqual(["4", "11", "8"]);
  });

  it("is remembered by the browser and is in no link; a narrower window keeps room for the words", async () => {
    const page = await stage.show(JOHN);
    const address = page.url();
    await hold(page, map(page), 300, 0);
    await page.mouse.up();
    const wide = await widthOfMap(page);
    expect(page.url()).toBe(address);
    await page.reload();
    await page.waitForSelector("html[data-ready]", { state: "attached", timeout: 25_000 });
    expect(await widthOfMap(page)).toBe(wide);
    await page.setViewportSize({ width: 900, height: 700 });
    await expect.poll(() => widthOfMap(page)).toBeLessThanOrEqual(480);
    await page.setViewportSize({ width: 1440, height: 900 });
    await expect.poll(() => widthOfMap(page)).toBe(wide);
  });
});

describe("the boundary of the dock", () => {
  it("is dragged upwards and down, moved by keys, and put back", async () => {
    const page = await stage.show(JOHN);
    const before = await heightOfDock(page);
    await hold(page, dock(page), 0, -120);
    await page.mouse.up();
    expect(near(before + 120)).toContain(await heightOfDock(page));
    await dock(page).focus();
    await page.keyboard.press("Home");
    expect(await heightOfDock(page)).toBe(120);
    await page.keyboard.press("ArrowUp");
    expect(await heightOfDock(page)).toBe(136);
    await page.keyboard.press("End");
    expect((await box(page, ".panel.head")).height).toBeGreaterThanOrEqual(198);
    await page.keyboard.press("Enter");
    expect(await heightOfDock(page)).toBe(before);
  });

  it("is there only while the dock is open", async () => {
    const page = await stage.show(`${JOHN}&dock=closed`);
    expect(await dock(page).count()).toBe(0);
    await page.locator(".tabs button").first().click();
    await dock(page).waitFor();
  });
});

it("a phone has no boundaries, a folded map none of its own, the head view alone none", async () => {
  const phone = await stage.show(JOHN, { width: 390, height: 844 });
  expect(await phone.getByRole("separator").count()).toBe(0);
  const tablet = await stage.show(JOHN, { width: 1024, height: 768 });
  await tablet.getByRole("button", { name: "Fold the map" }).click();
  expect(await map(tablet).count()).toBe(0);
  const page = await stage.show(JOHN);
  await page.keyboard.press("f");
  await expect.poll(() => map(page).isVisible()).toBe(false);
  expect(await dock(page).isVisible()).toBe(false);
});
