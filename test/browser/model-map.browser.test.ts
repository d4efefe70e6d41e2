import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import type { Selection } from "../../src/views/index.ts";
import { events, lastEvent, update, useStage } from "./browser.ts";
import { expectPicture } from "./picture.ts";

const stage = useStage();

/** Middle of the cell of a place in a 12 x 12 map of 368 px: pitch 28, row pitch 31, cells of 24. */
const cell = (layer: number, head: number) => ({ x: 26 + head * 28 + 12, y: 18 + layer * 31 + 12 });
const plane = (page: Page) => page.locator(".hs-map-plane");
const selected = async (page: Page) => (await lastEvent(page, "select")) as Selection;

describe("pictures", () => {
  it.each([
    ["gpt2", "light"],
    ["gpt2", "dark"],
    ["ranked", "light"],
    ["marian", "dark"],
    ["unrecorded", "light"],
    ["windowed", "light"],
    ["cut", "light"],
  ] as const)("%s, %s", async (state, theme) => {
    const page = await stage.open(`model-map/${state}`, { theme, width: 480, height: 640 });
    await expectPicture(page, `map-${state}-${theme}`);
  });

  it("show nothing of the run before while those of the next one are awaited", async () => {
    const painted = async (state: string, busy: boolean): Promise<number> => {
      const page = await stage.open(`model-map/${state}`);
      expect(await page.locator(".hs-map[data-busy]").count()).toBe(busy ? 1 : 0);
      return page.locator("canvas.hs-map-canvas").evaluate((canvas: HTMLCanvasElement) => {
        const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
        return data.filter((value, i) => i % 4 === 3 && value > 0).length;
      });
    };
    expect(await painted("grid", false)).toBeGreaterThan(10_000);
    expect(await painted("replaced", true)).toBe(0);
  });

  it("are sharp on a dense screen", async () => {
    const page = await stage.open("model-map/grid", { ratio: 2, width: 480, height: 640 });
    const size = await page
      .locator("canvas.hs-map-canvas")
      .evaluate((c: HTMLCanvasElement) => [c.width, c.clientWidth]);
    expect(size).toEqual([736, 368]);
  });
});

describe("a map of some layers and heads", () => {
  it("keeps their numbers in labels, clicks, frames and its table", async () => {
    const page = await stage.open("model-map/cut");
    expect(await page.locator(".hs-map-layers span").allTextContents()).toEqual(["2", "4", "9"]);
    expect(await page.locator(".hs-map-heads span").allTextContents()).toEqual(["0", "3", "5", "11"]);
    expect(await page.locator(".hs-map-mark").count()).toBe(2);
    expect(await plane(page).getAttribute("aria-label")).toBe("Model map, 3 layers of 4 heads");
    await plane(page).focus();
    for (const key of ["ArrowDown", "ArrowLeft", "Enter"]) await page.keyboard.press(key);
    expect(await selected(page)).toMatchObject({ layer: 9, heads: [5], focus: 5 });
    await update(page, { selection: { ...(await selected(page)), layer: 3 } });
    expect(await page.locator(".hs-map-mark").count()).toBe(0);
    expect(await page.locator(".hs-map-ring").isVisible()).toBe(false);
    await update(page, { table: true });
    expect(await page.locator("table thead").textContent()).toMatch(/Head 0\s*Head 3\s*Head 5\s*Head 11/);
  });
});

describe("pointer", () => {
  it("a click opens a head", async () => {
    const page = await stage.open("model-map/grid");
    await plane(page).click({ position: cell(7, 2) });
    expect(await selected(page)).toMatchObject({ layer: 7, heads: [2], focus: 2 });
  });

  it("a click that opens a head closes the magnifier, also one that has not opened yet", async () => {
    const page = await stage.open("model-map/grid");
    const magnifier = page.locator(".hs-magnifier");
    await plane(page).hover({ position: cell(7, 2) });
    await magnifier.waitFor({ state: "visible" });
    await plane(page).click({ position: cell(7, 2) });
    await magnifier.waitFor({ state: "hidden" });
    await page.mouse.move(900, 800);
    await plane(page).click({ position: cell(3, 2) });
    await page.waitForTimeout(250);
    expect(await magnifier.isVisible()).toBe(false);
  });

  it("a shift-click adds and takes away heads of the same layer, but not the last", async () => {
    const page = await stage.open("model-map/grid");
    const shift = { modifiers: ["Shift"] as "Shift"[] };
    await plane(page).click({ position: cell(4, 0), ...shift });
    expect(await selected(page)).toMatchObject({ layer: 4, heads: [0, 3, 7, 11], focus: 0 });
    await plane(page).click({ position: cell(4, 0), ...shift });
    expect(await selected(page)).toMatchObject({ heads: [3, 7, 11], focus: 3 });
    await plane(page).click({ position: cell(5, 1), ...shift });
    await plane(page).click({ position: cell(5, 1), ...shift });
    expect(await selected(page)).toMatchObject({ layer: 5, heads: [1], focus: 1 });
  });

  it("a double click asks for the matrix", async () => {
    const page = await stage.open("model-map/grid");
    await plane(page).dblclick({ position: cell(2, 9) });
    expect(await lastEvent(page, "matrix")).toEqual({ block: "self", layer: 2, head: 9 });
  });

  it("hovering shows the head beside the map, never over it, and leaving hides it", async () => {
    const page = await stage.open("model-map/grid");
    await plane(page).hover({ position: cell(5, 2) });
    expect(await lastEvent(page, "hover")).toEqual({ layer: 5, head: 2, query: null, key: null });
    const magnifier = page.locator(".hs-magnifier");
    await magnifier.waitFor({ state: "visible" });
    expect(await magnifier.locator("h3").textContent()).toContain("Head 5.2");
    expect(await magnifier.locator("dt").allTextContents()).toEqual(["Previous token", "First token"]);
    const [map, popover] = [await page.locator(".hs-map").boundingBox(), await magnifier.boundingBox()];
    expect(popover!.x).toBeGreaterThanOrEqual(map!.x + map!.width);
    await page.mouse.move(900, 800);
    await magnifier.waitFor({ state: "hidden" });
    expect(await lastEvent(page, "hover")).toBeNull();
  });

  it("on a narrow screen the magnifier is below the map", async () => {
    const page = await stage.open("model-map/grid", { width: 400, height: 900 });
    await plane(page).hover({ position: cell(5, 2) });
    const magnifier = page.locator(".hs-magnifier");
    await magnifier.waitFor({ state: "visible" });
    const [map, popover] = [await page.locator(".hs-map").boundingBox(), await magnifier.boundingBox()];
    expect(popover!.y).toBeGreaterThanOrEqual(map!.y + map!.height);
  });

  it("a finger drags the magnifier and opens where it is lifted", async () => {
    const page = await stage.open("model-map/grid", {
      width: 400,
      height: 900,
      hasTouch: true,
      isMobile: true,
    });
    const box = (await plane(page).boundingBox())!;
    const touch = await page.context().newCDPSession(page);
    const at = (layer: number, head: number) => [
      { x: box.x + cell(layer, head).x, y: box.y + cell(layer, head).y },
    ];
    await touch.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: at(1, 1) });
    await touch.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: at(3, 4) });
    const magnifier = page.locator(".hs-magnifier");
    await magnifier.waitFor({ state: "visible" });
    expect(await magnifier.locator("h3").textContent()).toContain("Head 3.4");
    await touch.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    expect(await selected(page)).toMatchObject({ layer: 3, heads: [4], focus: 4 });
    await magnifier.waitFor({ state: "hidden" });
  });

  it("a head that was not recorded does not open", async () => {
    const page = await stage.open("model-map/unrecorded");
    await plane(page).click({ position: { x: 26 + 3 * 10 + 4, y: 18 + 5 * 10 + 4 } });
    expect(await events(page, "select")).toEqual([]);
  });
});

describe("keyboard", () => {
  it("arrows move from the selected head, Enter opens, Shift Enter adds", async () => {
    const page = await stage.open("model-map/grid");
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Shift+Enter");
    expect(await selected(page)).toMatchObject({ layer: 4, heads: [3, 7, 10, 11], focus: 10 });
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Enter");
    expect(await selected(page)).toMatchObject({ layer: 3, heads: [10], focus: 10 });
  });

  it("says where it is as a grid", async () => {
    const page = await stage.open("model-map/grid");
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowDown");
    const grid = page.getByRole("grid", { name: "Model map, 12 layers of 12 heads" });
    expect(await grid.getAttribute("aria-rowcount")).toBe("12");
    const active = await grid.getAttribute("aria-activedescendant");
    const current = page.locator(`[id="${active}"]`);
    expect(await current.textContent()).toMatch(/^Head 5\.11, previous token (\.|0|1)/);
    expect(await grid.getByRole("gridcell").count()).toBe(12);
  });

  it("reveals cells of a map that scrolls, and keeps layer labels", async () => {
    const page = await stage.open("model-map/wide");
    await page.keyboard.press("Tab");
    await page.keyboard.press("End");
    const scroll = await page.locator(".hs-map-scroll").evaluate((element) => element.scrollLeft);
    expect(scroll).toBeGreaterThan(300);
    const labels = (await page.locator(".hs-map-layers").boundingBox())!;
    expect(labels.x).toBeGreaterThanOrEqual(16);
  });
});

describe("props", () => {
  it("the ring slides to the new head, and not for people who want no motion", async () => {
    const page = await stage.open("model-map/grid");
    const duration = (p: Page) =>
      p.locator(".hs-map-ring").evaluate((ring) => getComputedStyle(ring).transitionDuration);
    await plane(page).click({ position: cell(0, 0) });
    expect(await duration(page)).toBe("0.24s");
    const still = await stage.open("model-map/grid", { reducedMotion: "reduce" });
    await plane(still).click({ position: cell(0, 0) });
    expect(await duration(still)).toBe("0s");
  });

  it("sorting by score puts the largest first and back again", async () => {
    const page = await stage.open("model-map/grid");
    await update(page, { sort: "score" });
    await plane(page).hover({ position: { x: 30, y: 15 } });
    const magnifier = page.locator(".hs-magnifier dd").first();
    expect(Number(await magnifier.textContent())).toBeGreaterThan(0.9);
    await plane(page).click({ position: { x: 30, y: 15 } });
    const top = await selected(page);
    await update(page, { sort: "layers" });
    await plane(page).click({ position: cell(top.layer, top.focus) });
    expect(await selected(page)).toEqual(top);
  });

  it("another theme repaints", async () => {
    const page = await stage.open("model-map/grid");
    const pixel = () =>
      page
        .locator("canvas.hs-map-canvas")
        .evaluate((canvas: HTMLCanvasElement) => [
          ...canvas.getContext("2d")!.getImageData(28, 40, 1, 1).data,
        ]);
    const light = await pixel();
    await update(page, { theme: "dark" });
    expect(await pixel()).not.toEqual(light);
  });

  it.each(["late", "slow"])(
    "thumbnails from a worker or of rows to come appear as they arrive: %s",
    async (state) => {
      const page = await stage.open(`model-map/${state}`);
      const painted = () =>
        page.locator("canvas.hs-map-canvas").evaluate((canvas: HTMLCanvasElement) => {
          const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
          return data.filter((_, i) => i % 4 === 3 && data[i]! > 0).length;
        });
      await expect.poll(painted).toBeGreaterThan(state === "late" ? 48 * 30 * 30 : 6 * 30 * 30 * 0.6);
    },
  );

  it("outlines the head that another view points at", async () => {
    const page = await stage.open("model-map/grid");
    const shown = page.locator(".hs-map-cursor.shown");
    await update(page, { hover: { layer: 2, head: 9, query: 4, key: 1 } });
    expect(await shown.count()).toBe(1);
    await update(page, { hover: { layer: 2, head: null, query: 4, key: null } });
    expect(await shown.count()).toBe(0);
    expect(await events(page, "hover")).toEqual([]);
  });

  it("a source that fails says why", async () => {
    const page = await stage.open("model-map/failing");
    expect(await page.getByRole("alert").textContent()).toContain("ran out of memory");
  });

  it("follows the width of its panel", async () => {
    const page = await stage.open("model-map/grid");
    await page.evaluate(() => {
      document.querySelector<HTMLElement>("#stage")!.style.width = "800px";
    });
    await expect.poll(() => page.locator("canvas.hs-map-canvas").evaluate((c) => c.clientWidth)).toBe(768);
  });

  it("as a table holds the scores, and its cells open heads", async () => {
    const page = await stage.open("model-map/table");
    const table = page.getByRole("table", { name: "Heads by layer: previous token" });
    expect(await table.getByRole("columnheader").allTextContents()).toContain("Head 11");
    await table.getByRole("button").nth(14).click();
    expect(await selected(page)).toMatchObject({ layer: 1, heads: [2], focus: 2 });
    await update(page, { table: false });
    await plane(page).waitFor({ state: "visible" });
  });

  it("destroy leaves nothing behind, twice", async () => {
    const page = await stage.open("model-map/grid");
    const left = await page.evaluate(() => {
      const { gallery } = globalThis as unknown as { gallery: { view: { destroy(): void } } };
      gallery.view.destroy();
      gallery.view.destroy();
      return document.querySelectorAll(".hs-map, .hs-magnifier").length;
    });
    expect(left).toBe(0);
  });
});
