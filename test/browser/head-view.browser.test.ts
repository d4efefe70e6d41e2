import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import type { Selection } from "../../src/views/index.ts";
import { events, goOn, lastEvent, update, useStage } from "./browser.ts";
import { expectPicture } from "./picture.ts";
import type { Gallery } from "./state.ts";

const stage = useStage();

const left = (page: Page, position: number) => page.locator(`.hs-left [data-position="${position}"]`);
const right = (page: Page, position: number) => page.locator(`.hs-right [data-position="${position}"]`);
const numbers = (page: Page) => page.locator(".hs-weights b").allTextContents();
const selection = async (page: Page) => (await lastEvent(page, "select")) as Selection;

describe("pictures", () => {
  it.each([
    ["pinned", "light"],
    ["threeHeads", "dark"],
    ["pair", "light"],
    ["hairlines", "light"],
    ["late", "dark"],
  ] as const)("%s, %s", async (name, theme) => {
    const page = await stage.open(`head-view/${name}`, { theme });
    await page.locator(".hs-head:not([aria-busy])").waitFor();
    await expectPicture(page, `head-view-${name}-${theme}`);
  });

  it("on a phone", async () => {
    const page = await stage.open("head-view/phone", { width: 390, height: 844 });
    await expectPicture(page, "head-view-phone-light");
  });
});

describe("the minimap", () => {
  const strip = (page: Page) => page.locator(".hs-minimap");
  const scrolled = (page: Page) => page.locator(".hs-scroll").evaluate((element) => element.scrollTop);

  it("stands where a text does not fit, and nowhere else", async () => {
    const page = await stage.open("head-view/late");
    await strip(page).waitFor();
    const [box, view] = [(await strip(page).boundingBox())!, (await page.locator(".hs-head").boundingBox())!];
    expect(box.x + box.width).toBe(view.x + view.width);
    for (const number of await page.locator(".hs-weights b").all()) {
      const { x, width } = (await number.boundingBox())!;
      expect(x + width).toBeLessThanOrEqual(box.x);
    }
    const short = await stage.open("head-view/pinned");
    await short.waitForTimeout(100);
    expect(await strip(short).isVisible()).toBe(false);
  });

  it("scrolls to where it is pressed, and follows a drag", async () => {
    const page = await stage.open("head-view/late");
    await strip(page).waitFor();
    const { x, y, width, height } = (await strip(page).boundingBox())!;
    await page.mouse.move(x + width / 2, y);
    await page.mouse.down();
    await expect.poll(() => scrolled(page)).toBe(0);
    const first = () => page.locator(".hs-left .hs-word").first().getAttribute("data-position");
    await expect.poll(first).toBe("0");
    await page.mouse.move(x - 40, y + height / 2, { steps: 3 });
    const total = await page.locator(".hs-content").evaluate((element) => element.clientHeight);
    await expect.poll(() => scrolled(page)).toBeCloseTo(total / 2 - height / 2, -1);
    await page.mouse.up();
    await page.mouse.move(x, y + 4);
    expect(await scrolled(page)).toBeCloseTo(total / 2 - height / 2, -1);
  });

  it("shows what is pointed at, and is no stop for keys or ears", async () => {
    const page = await stage.open("head-view/late");
    await strip(page).waitFor();
    const pixels = () =>
      strip(page).evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL().length + canvas.toDataURL());
    const before = await pixels();
    await page.locator(".hs-left .hs-word").nth(2).hover();
    await expect.poll(pixels).not.toBe(before);
    expect(await strip(page).getAttribute("aria-hidden")).toBe("true");
    expect(await strip(page).getAttribute("tabindex")).toBeNull();
  });

  it("leaves a phone its room", async () => {
    const page = await stage.open("head-view/phone", { width: 390, height: 300 });
    await page.waitForTimeout(100);
    expect(await strip(page).isVisible()).toBe(false);
  });
});

describe("words", () => {
  it("show mean received until one is pinned, then its weights", async () => {
    const page = await stage.open("head-view/unpinned");
    expect(await page.locator(".hs-title").last().textContent()).toBe("mean received");
    expect(await numbers(page)).toHaveLength(9);
    await left(page, 8).click();
    expect(await selection(page)).toMatchObject({ pins: [8], side: "query" });
    expect(await numbers(page)).toEqual(["1.00"]);
    expect(await page.locator(".hs-title").last().textContent()).toBe("weight");
  });

  it("that a model wrote are underlined, and a line stands where they begin", async () => {
    const page = await stage.open("head-view/written");
    for (const side of ["left", "right"]) {
      const words = page.locator(`.hs-${side} .hs-word`);
      expect(await page.locator(`.hs-${side} .hs-written`).count()).toBe((await words.count()) - 1);
      const begins = page.locator(`.hs-${side} .hs-begins`);
      expect(await begins.allTextContents()).toEqual(["Sie"]);
      expect(await begins.locator("span").getAttribute("title")).toMatch(/position 1, written by the model$/);
    }
    expect(await left(page, 0).locator("span").getAttribute("title")).not.toContain("written");
    const plain = await stage.open("head-view/pinned");
    expect(await plain.locator(".hs-written").count()).toBe(0);
  });

  it("are previewed on hover and left as they were after it", async () => {
    const page = await stage.open("head-view/pinned");
    await left(page, 3).hover();
    expect(await events(page, "select")).toEqual([]);
    expect(await lastEvent(page, "hover")).toEqual({ layer: 4, head: null, query: 3, key: null });
    const shade = await right(page, 2)
      .locator("span")
      .evaluate((word) => word.style.background);
    expect(shade).toContain("color-mix");
    await page.mouse.move(320, 405);
    expect(await lastEvent(page, "hover")).toBeNull();
    expect(
      await right(page, 2)
        .locator("span")
        .evaluate((word) => word.style.background),
    ).toBe("");
  });

  it("that another view points at are shown as the view's own, and not reported", async () => {
    const page = await stage.open("head-view/pinned");
    await update(page, { hover: { layer: 4, head: 11, query: 3, key: 2 } });
    for (const word of [left(page, 3), right(page, 2)])
      expect(await word.getAttribute("class")).toContain("hs-hovered");
    expect(await page.locator(".hs-title").last().textContent()).toBe("weight");
    expect(await page.locator(".hs-left .hs-hovered").count()).toBe(1);
    expect(await events(page, "hover")).toEqual([]);
    await update(page, { hover: { layer: 5, head: 11, query: 3, key: 2 } });
    expect(await page.locator(".hs-hovered").count()).toBe(0);
    await update(page, { hover: { layer: 4, head: null, query: null, key: 5 } });
    expect(await right(page, 5).getAttribute("class")).toContain("hs-hovered");
    await update(page, { hover: null });
    expect(await numbers(page)).toEqual(["1.00"]);
  });

  it("join the pins with shift, and leave with Escape", async () => {
    const page = await stage.open("head-view/pinned");
    await left(page, 5).click({ modifiers: ["Shift"] });
    expect((await selection(page)).pins).toEqual([8, 5]);
    await page.mouse.move(5, 5);
    expect(await numbers(page)).toEqual([".50", ".50"]);
    await page.locator(".hs-title").last().click();
    expect(await numbers(page)).toEqual(["1.00", "1.00"]);
    expect(await page.locator(".hs-title").last().textContent()).toBe("sum of 2 words");
    await page.locator(".hs-left").press("Escape");
    expect((await selection(page)).pins).toEqual([]);
  });

  it("on the right say who attends to them", async () => {
    const page = await stage.open("head-view/unpinned");
    await right(page, 7).click();
    expect(await selection(page)).toMatchObject({ pins: [7], side: "key" });
    await page.mouse.move(5, 5);
    expect(await page.locator(".hs-weights li").allTextContents()).toEqual(["Smith1.00"]);
    expect(
      await left(page, 8)
        .locator("span")
        .evaluate((word) => word.style.background),
    ).toContain("color-mix");
  });

  it("are reached by keyboard", async () => {
    const page = await stage.open("head-view/unpinned");
    const words = page.locator(".hs-left");
    await words.focus();
    await words.press("End");
    expect(await lastEvent(page, "hover")).toMatchObject({ query: 8 });
    const active = await words.getAttribute("aria-activedescendant");
    expect(await page.locator(`#${active}`).textContent()).toBe("Smith");
    await words.press("Enter");
    expect((await selection(page)).pins).toEqual([8]);
    await words.press("k");
    expect((await selection(page)).pins).toEqual([7]);
    await words.press("Shift+J");
    expect((await selection(page)).pins).toEqual([7, 8]);
    expect(await page.locator('.hs-left [aria-selected="true"]').allTextContents()).toEqual([
      "Fred",
      "Smith",
    ]);
    await words.press("ArrowRight");
    expect(await page.evaluate(() => document.activeElement?.className)).toContain("hs-right");
  });
});

it("a line says its weight, score and rank", async () => {
  const page = await stage.open("head-view/fadesWithDistance");
  const word = await left(page, 8).boundingBox();
  await page.mouse.move(300, word!.y + word!.height / 2);
  expect(await page.locator(".hs-tip").textContent()).toBe(
    "Smith → Smithhead 1.10weight.186score−.92rank in row1 of 9",
  );
  expect(await lastEvent(page, "hover")).toEqual({ layer: 1, head: 10, query: 8, key: 8 });
  await page.mouse.move(620, 20);
  expect(await page.locator(".hs-tip").isVisible()).toBe(false);
});

describe("what is shown", () => {
  it("says what was left out and where the rest is", async () => {
    const page = await stage.open("head-view/wordPieces");
    expect(await page.locator(".hs-left-out").textContent()).toMatch(
      /^\d+ of 378 edges, 9\d % of the attention mass$/,
    );
    expect(await page.locator(".hs-rest").textContent()).toMatch(/^\d+ others \.\d\d$/);
    await update(page, { filter: { segments: null, hideFirst: true, hideSpecial: false, strongest: 1 } });
    expect(await page.locator(".hs-right .hs-word").count()).toBe(26);
    await update(page, { filter: { segments: null, hideFirst: false, hideSpecial: false, strongest: 1 } });
    expect(await page.locator(".hs-right .hs-word").count()).toBe(27);
  });

  it("slices a pair without renormalising", async () => {
    const page = await stage.open("head-view/pair");
    const all = await numbers(page);
    await update(page, {
      filter: { segments: { query: 0, key: 1 }, hideFirst: false, hideSpecial: false, strongest: 1 },
    });
    expect(all).toContain((await numbers(page))[0]);
    expect(await page.locator(".hs-rest").textContent()).toContain("hidden .0");
    expect(await page.locator(".hs-sentence").count()).toBe(0);
  });

  it("ties pieces of a word and shows hostile text as text", async () => {
    const pieces = await stage.open("head-view/wordPieces");
    expect(await pieces.locator(".hs-tie").count()).toBe(8);
    const page = await stage.open("head-view/hostile");
    const words = await page.locator(".hs-left .hs-word").allTextContents();
    expect(words.slice(0, 6)).toEqual(["<script>alert(1)</script>", "שלום", "␣", "⏎", "U+0000", "U+0085"]);
    expect(await page.locator("#stage script").count()).toBe(0);
  });

  it("has another list on each side of an encoder-decoder", async () => {
    const page = await stage.open("head-view/cross");
    expect(await page.locator(".hs-left .hs-word").count()).toBe(14);
    expect(await page.locator(".hs-right .hs-word").count()).toBe(7);
  });

  it("puts source and target of a translation into one list", async () => {
    const page = await stage.open("head-view/joined");
    expect(await page.locator(".hs-left .hs-word").count()).toBe(21);
    expect(await page.locator(".hs-sentence").allTextContents()).toEqual(["Source", "Target"]);
  });

  it("waits for rows that are asked for, and shows them when they come", async () => {
    const page = await stage.open("head-view/slow");
    const foot = page.locator(".hs-left-out");
    expect(await foot.textContent()).toBe("Waiting for 9 rows.");
    expect(await page.locator(".hs-left .hs-word").count()).toBe(9);
    await goOn(page);
    await page.locator(".hs-left-out:not(:text('Waiting'))").waitFor();
    expect(await numbers(page)).toEqual(["1.00"]);
  });

  it("says why rows do not come, and keeps saying it", async () => {
    const page = await stage.open("head-view/broken");
    const foot = page.locator(".hs-left-out");
    expect(await foot.textContent()).toBe("The kernel was restarted.");
    await left(page, 3).hover();
    expect(await foot.textContent()).toBe("The kernel was restarted.");
  });

  it("says that a layer was not recorded, and comes back", async () => {
    const page = await stage.open("head-view/unrecorded");
    expect(await page.locator(".hs-message").textContent()).toBe("Layer 2 was not recorded.");
    await update(page, {
      selection: { block: "self", layer: 0, heads: [3], focus: 3, pins: [], side: "query" },
    });
    expect(await page.locator(".hs-message").isVisible()).toBe(false);
    expect(await page.locator(".hs-left .hs-word").count()).toBe(34);
  });
});

it("keeps the last word clear of the line below when its box gets lower", async () => {
  const page = await stage.open("head-view/phone", { width: 390, height: 844 });
  await page.locator(".hs-head").evaluate((head) => {
    (head.parentElement as HTMLElement).style.height = "330px";
  });
  const bottom = (selector: string) =>
    page.locator(selector).evaluate((element) => element.getBoundingClientRect());
  const [scroll, foot] = [await bottom(".hs-scroll"), await bottom(".hs-left-out")];
  expect(scroll.bottom).toBeLessThanOrEqual(foot.top);
});

it("is laid out again where it was hidden for less than a frame, as when a notebook changes its theme", async () => {
  const page = await stage.open("head-view/pinned");
  const before = await right(page, 0).boundingBox();
  expect(before!.width).toBeGreaterThan(0);
  await page.evaluate(() => {
    const place = document.querySelector<HTMLElement>(".hs-head")!.parentElement!;
    place.style.display = "none";
    // As no orientation was named, everything is placed anew.
    (globalThis as unknown as { gallery: Gallery }).gallery.view!.update({ orientation: "vertical" });
    place.style.display = "";
  });
  await expect.poll(() => right(page, 0).boundingBox()).toEqual(before);
});

it("opens with the pinned word in sight", async () => {
  const page = await stage.open("head-view/late");
  const [scroll, word] = [
    await page.locator(".hs-scroll").boundingBox(),
    await left(page, 250).boundingBox(),
  ];
  expect(word!.y + word!.height).toBeLessThanOrEqual(scroll!.y + scroll!.height);
});

describe("2,048 words", () => {
  it("keeps few of them in the document and follows the scroll", async () => {
    const page = await stage.open("head-view/words2048");
    expect(await page.locator(".hs-word").count()).toBeLessThan(400);
    await page.locator(".hs-scroll").evaluate((element) => {
      element.scrollTop = 13_500;
    });
    await left(page, 1000).waitFor();
    expect(await page.locator(".hs-word").count()).toBeLessThan(500);
    await left(page, 1000).click();
    expect((await selection(page)).pins).toEqual([1000]);
    expect(await page.locator(".hs-left-out").textContent()).toMatch(/, words 9\d\d to 1,0\d\d$/);
  });
});

describe("layers side by side", () => {
  const panel = (page: Page, n: number) => page.locator(".hs-of-layer").nth(n);

  it("share pins and what is pointed at, and leave and join", async () => {
    const page = await stage.open("head-view/beside");
    await expectPicture(page, "head-view-beside-light");
    expect(await page.locator(".hs-layer-name").allTextContents()).toEqual(["Layer 1", "Layer 4", "Layer 5"]);
    expect(await page.locator(".hs-left .hs-pinned").allTextContents()).toEqual(["Smith", "Smith", "Smith"]);
    await panel(page, 2).locator('.hs-left [data-position="3"]').hover();
    expect(await lastEvent(page, "hover")).toEqual({ layer: 5, head: null, query: 3, key: null });
    expect(await page.locator(".hs-left .hs-hovered").allTextContents()).toEqual(["also", "also", "also"]);
    await panel(page, 0).locator('.hs-left [data-position="5"]').click();
    expect(await selection(page)).toMatchObject({ layer: 1, pins: [5] });
    await update(page, { layers: [5] });
    expect(await page.locator(".hs-of-layer").count()).toBe(1);
    await update(page, { layers: [3] });
    expect(await page.locator(".hs-layer-name").allTextContents()).toEqual(["Layer 3"]);
    expect(await page.locator(".hs-layer-name").isVisible()).toBe(false);
  });
});
