// The head view with words along the top and the bottom. Pictures are of Latin letters, which the page's own font has.

import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import type { Selection } from "../../src/views/index.ts";
import { events, lastEvent, update, useStage } from "./browser.ts";
import { expectPicture } from "./picture.ts";

const stage = useStage();

const query = (page: Page, position: number) => page.locator(`.hs-left [data-position="${position}"]`);
const key = (page: Page, position: number) => page.locator(`.hs-right [data-position="${position}"]`);
const numbers = (page: Page) => page.locator(".hs-weights b").allTextContents();
const selection = async (page: Page) => (await lastEvent(page, "select")) as Selection;
const open = (name: string, options = {}) => stage.open(`head-horizontal/${name}`, options);

/** Middle of a word's letters on the screen. */
async function middle(word: ReturnType<typeof query>) {
  const box = (await word.locator("span").boundingBox())!;
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

describe("pictures", () => {
  it.each([
    ["unpinned", "light"],
    ["threeHeads", "dark"],
    ["toOneWord", "light"],
    ["pair", "light"],
    ["wordPieces", "light"],
    ["longWords", "dark"],
    ["edited", "light"],
    ["words256Pinned", "light"],
  ] as const)("%s, %s", async (name, theme) => {
    const page = await open(name, { theme });
    await page.locator(".hs-head:not([aria-busy])").waitFor();
    await expectPicture(page, `head-horizontal-${name}-${theme}`);
  });

  it("on a phone", async () => {
    const page = await open("phone", { width: 390, height: 844 });
    await expectPicture(page, "head-horizontal-phone-light");
  });
});

describe("words in rows", () => {
  it("stand in the order of the text, queries over keys, lines between them", async () => {
    const page = await open("pinned");
    const [first, last, below] = [
      await middle(query(page, 0)),
      await middle(query(page, 8)),
      await middle(key(page, 0)),
    ];
    expect(first.x).toBeLessThan(last.x);
    expect(Math.abs(first.x - below.x)).toBeLessThan(1);
    expect(first.y).toBeLessThan(below.y - 72);
    expect(await numbers(page)).toEqual(["1.00"]);
    expect(await page.locator(".hs-words").first().getAttribute("aria-orientation")).toBe("horizontal");
  });

  it("are pinned by a click, joined with shift, and previewed on hover", async () => {
    const page = await open("unpinned");
    await query(page, 8).click();
    expect(await selection(page)).toMatchObject({ pins: [8], side: "query" });
    await query(page, 5).click({ modifiers: ["Shift"] });
    expect((await selection(page)).pins).toEqual([8, 5]);
    await key(page, 7).hover();
    expect(await lastEvent(page, "hover")).toEqual({ layer: 4, head: null, query: null, key: 7 });
    expect(await page.locator(".hs-weights.hs-of-query li").getAttribute("aria-label")).toBe("Smith 1.00");
    await key(page, 7).click();
    expect(await selection(page)).toMatchObject({ pins: [7], side: "key" });
  });

  it("are reached by arrow keys along their axis", async () => {
    const page = await open("unpinned");
    const words = page.locator(".hs-left");
    await words.focus();
    await words.press("ArrowRight");
    await words.press("ArrowRight");
    expect(await lastEvent(page, "hover")).toMatchObject({ query: 1 });
    await words.press("ArrowLeft");
    expect(await lastEvent(page, "hover")).toMatchObject({ query: 0 });
    await words.press("End");
    await words.press("Enter");
    expect((await selection(page)).pins).toEqual([8]);
    await words.press("ArrowDown");
    expect(await page.evaluate(() => document.activeElement?.className)).toContain("hs-right");
    await page.locator(".hs-right").press("ArrowUp");
    expect(await page.evaluate(() => document.activeElement?.className)).toContain("hs-left");
  });

  it("have lines that say their weight", async () => {
    const page = await open("pinned");
    const [from, to] = [await middle(query(page, 8)), await middle(key(page, 7))];
    await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2);
    expect(await page.locator(".hs-tip").textContent()).toMatch(/^Smith → Fredhead 4\.11weight1\.00/);
    expect(await lastEvent(page, "hover")).toEqual({ layer: 4, head: 11, query: 8, key: 7 });
  });

  it("and their numbers stand at their own column", async () => {
    const page = await open("longWords");
    await update(page, {
      selection: { block: "self", layer: 0, heads: [1], focus: 1, pins: [], side: "query" },
    });
    const items = page.locator(".hs-weights li");
    expect(await items.count()).toBe(15);
    const lean = await page.evaluate(() => {
      const boxes = (selector: string) =>
        [...document.querySelectorAll(selector)].map((element) => element.getBoundingClientRect());
      const words = boxes(".hs-right .hs-word");
      return boxes(".hs-weights li").map(({ left, width }, i) => left + width / 2 - words[i]!.left);
    });
    for (const distance of lean) expect(Math.abs(distance)).toBeLessThan(12);
  });
});

describe("scripts", () => {
  it("from the right begin at the right, and arrow left is the next word", async () => {
    const page = await open("hebrewText");
    expect((await middle(query(page, 0))).x).toBeGreaterThan((await middle(query(page, 10))).x);
    const words = page.locator(".hs-left");
    await words.focus();
    await words.press("Home");
    await words.press("ArrowLeft");
    expect(await lastEvent(page, "hover")).toMatchObject({ query: 1 });
  });

  it("of Chinese and Japanese stand upright, letter below letter", async () => {
    const page = await open("japaneseText");
    expect(await page.locator(".hs-left.hs-stacked").count()).toBe(1);
    const word = query(page, 4).locator("span");
    expect(await word.textContent()).toBe("コンピューター");
    const box = (await word.boundingBox())!;
    expect(box.height).toBeGreaterThan(2 * box.width);
  });

  it("mixed: each side in its own direction", async () => {
    const page = await open("cross");
    expect(await page.locator(".hs-from-right").count()).toBe(0);
    expect(await page.locator(".hs-left .hs-word").count()).toBe(14);
    expect(await page.locator(".hs-right .hs-word").count()).toBe(7);
  });

  it("hostile text stays text", async () => {
    const page = await open("hostile");
    const words = await page.locator(".hs-left .hs-word").allTextContents();
    expect(words.slice(0, 4)).toEqual(["<script>alert(1)</script>", "שלום", "␣", "⏎"]);
    expect(await page.locator("#stage script").count()).toBe(0);
  });
});

describe("long texts", () => {
  const scroll = (page: Page) =>
    page.locator(".hs-scroll").evaluate(({ scrollLeft, scrollTop, scrollWidth, clientWidth }) => ({
      ...{ scrollLeft, scrollTop, scrollWidth, clientWidth },
    }));

  it("are scrolled along, also by a wheel, with few words in the document", async () => {
    const page = await open("words2048");
    expect(await page.locator(".hs-word").count()).toBeLessThan(400);
    const { scrollWidth, clientWidth } = await scroll(page);
    expect(scrollWidth).toBeGreaterThan(50 * clientWidth);
    await page.mouse.move(320, 200);
    await page.mouse.wheel(0, 300);
    await expect.poll(async () => (await scroll(page)).scrollLeft).toBe(300);
    await page.locator(".hs-scroll").evaluate((element) => {
      element.scrollLeft = 18_000;
    });
    await query(page, 1000).waitFor();
    expect(await page.locator(".hs-word").count()).toBeLessThan(500);
    await query(page, 1000).click();
    expect((await selection(page)).pins).toEqual([1000]);
    expect(await page.locator(".hs-left-out").textContent()).toMatch(/, words 9\d\d to 1,0\d\d$/);
    await page.mouse.move(5, 5);
    await page.locator(".hs-left").press("End");
    expect(await lastEvent(page, "hover")).toMatchObject({ query: 2047 });
    const { scrollLeft } = await scroll(page);
    expect(scrollLeft).toBeGreaterThan(scrollWidth - clientWidth - 120);
  });

  it("open with the pinned word in sight, from the right where they run from there", async () => {
    const page = await open("phone", { width: 390, height: 844 });
    const word = (await query(page, 8).boundingBox())!;
    expect(word.x + word.width).toBeLessThanOrEqual(390);
    const arabic = await open("longArabic");
    const { scrollLeft, scrollWidth, clientWidth } = await scroll(arabic);
    expect(scrollWidth).toBeGreaterThan(clientWidth);
    expect(scrollLeft).toBeGreaterThan(scrollWidth - clientWidth - 60);
  });

  it("in a low box are scrolled down, too", async () => {
    const page = await open("low");
    const { scrollTop } = await scroll(page);
    expect(scrollTop).toBe(0);
    const [box, foot] = [
      await page.locator(".hs-scroll").boundingBox(),
      await page.locator(".hs-left-out").boundingBox(),
    ];
    expect(box!.y + box!.height).toBeLessThanOrEqual(foot!.y);
  });
});

it("turns and turns back while it is shown, with its pins", async () => {
  const page = await open("pinned");
  await update(page, { orientation: "vertical" });
  expect((await middle(query(page, 0))).y).toBeLessThan((await middle(query(page, 8))).y);
  expect(await numbers(page)).toEqual(["1.00"]);
  await expectPicture(page, "head-view-pinned-light");
  await update(page, { orientation: "horizontal" });
  expect((await middle(query(page, 0))).x).toBeLessThan((await middle(query(page, 8))).x);
  expect(await numbers(page)).toEqual(["1.00"]);
  expect(await events(page, "select")).toEqual([]);
});

it("layers stand below each other, a word at the same place in each", async () => {
  const page = await open("beside");
  const places = await page
    .locator('.hs-left [data-position="4"]')
    .evaluateAll((words) => words.map((word) => word.getBoundingClientRect()).map(({ x, y }) => [x, y]));
  expect(places[0]![0]).toBe(places[1]![0]);
  expect(places[1]![1]! - places[0]![1]!).toBeGreaterThan(200);
});
