// The page with the words of its lines in rows: the button, the key, the address, undo, figures, two runs, layers, a phone.

import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { param, usePage } from "./page.ts";

const { show } = usePage();
const JOHN = "trace=gallery/traces/gpt2-john-smith.safetensors&l=4&h=11&pin=8";
const LYING = `${JOHN}&orientation=horizontal`;

/** Whether the words of a list follow each other along a line. */
const lies = async (page: Page, within = "") => {
  const words = page.locator(`${within} .hs-left .hs-word`);
  const [a, b] = [(await words.nth(0).boundingBox())!, (await words.nth(1).boundingBox())!];
  return b.x > a.x && Math.abs(b.y - a.y) < 2;
};
const turn = (page: Page) => page.getByRole("button", { name: "Words in rows" });

describe("words in rows", () => {
  it("come by the button and by R, stand in the address, and are undone", async () => {
    const page = await show(JOHN);
    expect(await lies(page)).toBe(false);
    await turn(page).click();
    expect(await lies(page)).toBe(true);
    expect(param(page, "orientation")).toBe("horizontal");
    expect(await turn(page).getAttribute("aria-pressed")).toBe("true");
    await page.keyboard.press("w");
    expect(await lies(page)).toBe(false);
    expect(param(page, "orientation")).toBe(null);
    await page.keyboard.press("z");
    await expect.poll(() => param(page, "orientation")).toBe("horizontal");
    expect(await lies(page)).toBe(true);
    expect(await page.locator("output.undone").textContent()).toContain("direction of the words");
  });

  it("pin by click, shift click and keys, and are shown by the other views", async () => {
    const page = await show(LYING);
    const words = page.locator(".hs-left .hs-word");
    await words.nth(6).click();
    expect(param(page, "pin")).toBe("6");
    await words.nth(3).click({ modifiers: ["Shift"] });
    expect(param(page, "pin")).toBe("6,3");
    await page.locator(".hs-left").press("Home");
    await page.locator(".hs-left").press("ArrowRight");
    await page.locator(".hs-left").press("Enter");
    expect(param(page, "pin")).toBe("1");
    await page.locator(".hs-right .hs-word").nth(2).hover();
    expect(await page.locator(".hs-left .hs-faint").count()).toBeGreaterThan(0);
    await page.keyboard.press("Escape");
    expect(await turn(page).isVisible()).toBe(true);
    await page.keyboard.press("m");
    expect(await turn(page).count()).toBe(0);
    await page.keyboard.press("t");
    expect(await page.locator(".matrix-view table").count()).toBe(1);
  });

  it("are merged words, where attention is read so", async () => {
    const page = await show(
      "model=stories-gpt2&text=Lily+unwrapped+a+teddybear.&l=1&h=1&read=words&orientation=horizontal",
    );
    const words = page.locator(".hs-left .hs-word");
    await expect.poll(() => words.allTextContents(), { timeout: 30_000 }).toContain("unwrapped");
    expect(await lies(page)).toBe(true);
    expect(await page.locator(".hs-tie").count()).toBe(0);
  }, 60_000);

  it("of several layers stand below each other", async () => {
    const page = await show(`${LYING}&beside=5`);
    const lefts = page.locator('.hs-left [data-position="4"]');
    expect(await lefts.count()).toBe(2);
    const [a, b] = [(await lefts.nth(0).boundingBox())!, (await lefts.nth(1).boundingBox())!];
    expect(Math.abs(a.x - b.x)).toBeLessThan(1);
    expect(b.y - a.y).toBeGreaterThan(200);
  });

  it("of two runs stand below each other", async () => {
    const page = await show(
      "model=stories-gpt2&text=Tom+saw+a+cat.+She&b=Tom+saw+a+cat.+He&compare=side&l=3&h=2&orientation=horizontal",
    );
    const sides = page.locator(".hbody.compare section");
    await expect.poll(() => sides.count(), { timeout: 30_000 }).toBe(2);
    const [a, b] = [(await sides.nth(0).boundingBox())!, (await sides.nth(1).boundingBox())!];
    expect([a.x, b.y > a.y]).toEqual([b.x, true]);
    expect(await lies(page, ".hbody.compare section:first-child")).toBe(true);
    await sides.nth(0).locator(".hs-left .hs-word").nth(1).click();
    await expect
      .poll(() => sides.nth(1).locator('.hs-left [aria-selected="true"]').allTextContents())
      .toEqual(["saw"]);
  }, 60_000);

  it("go along into figures, the command line and the offline page", async () => {
    const page = await show(LYING);
    await page.locator(".btn.share").click();
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.getByRole("button", { name: /Copy as command line/ }).click();
    await expect
      .poll(() => page.evaluate(() => navigator.clipboard.readText()))
      .toContain(" --orientation horizontal ");
    const preview = page.getByRole("img", { name: "Preview of the figure: Lines" });
    const svg = decodeURIComponent((await preview.getAttribute("src"))!);
    const places = [...svg.matchAll(/<text x="([\d.]+)" y="([\d.]+)"[^>]*>(?:John|Smith)</g)].map(
      (m) => m[2],
    );
    expect(new Set(places).size).toBeLessThan(places.length);
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: /Offline page/ }).click(),
    ]);
    const path = join(mkdtempSync(join(tmpdir(), "headscope-lying-")), "page.html");
    await file.saveAs(path);
    expect(readFileSync(path, "utf8")).toContain('"orientation":"horizontal"');
    await page.goto(pathToFileURL(path).href);
    await expect.poll(() => page.locator(".hs-word").count()).toBeGreaterThan(10);
    expect(await lies(page)).toBe(true);
  });

  it("fit a phone: columns for a finger, scrolled along, nothing wider than the window", async () => {
    const page = await show(LYING, { width: 390, height: 844, hasTouch: true });
    const words = page.locator(".hs-left .hs-word");
    const [a, b] = [(await words.nth(7).boundingBox())!, (await words.nth(8).boundingBox())!];
    expect(b.x - a.x).toBeGreaterThanOrEqual(39);
    await words.nth(7).tap();
    expect(param(page, "pin")).toBe("7");
    expect(await turn(page).isVisible()).toBe(true);
    const button = (await turn(page).boundingBox())!;
    expect(Math.min(button.width, button.height)).toBeGreaterThanOrEqual(36);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  });

  it("of a long text and of one word are drawn", async () => {
    const page = await show("model=stories-gpt2&text=Hello&orientation=horizontal");
    await expect.poll(() => page.locator(".hs-left .hs-word").count(), { timeout: 30_000 }).toBe(1);
    const text = Array(60).fill("Lily and Tom saw a cat.").join("+").replaceAll(" ", "+");
    const long = await show(`model=stories-gpt2&text=${text}&view=lines&orientation=horizontal`);
    await expect
      .poll(() => long.locator(".hs-left .hs-word").count(), { timeout: 30_000 })
      .toBeGreaterThan(50);
    const scroll = long.locator(".hs-scroll");
    expect(
      await scroll.evaluate((e) => e.scrollWidth > 2 * e.clientWidth && e.scrollHeight <= e.clientHeight),
    ).toBe(true);
  }, 60_000);
});
