import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import type { Hover, Selection } from "../../src/views/index.ts";
import { events, goOn, lastEvent, update, useStage } from "./browser.ts";
import { expectPicture } from "./picture.ts";

const stage = useStage();

const field = (page: Page) => page.locator(".hs-matrix-field");
const selected = async (page: Page) => (await lastEvent(page, "select")) as Selection;

/** Middle of a cell of the 9 x 9 matrix of `matrix/causal`, from its labels. */
async function middle(page: Page, row: number, column: number): Promise<{ x: number; y: number }> {
  const box = (await field(page).boundingBox())!;
  const rowBox = (await page.locator(".hs-matrix-labels .row").nth(row).boundingBox())!;
  const left = await page
    .locator(".hs-matrix-labels .column")
    .nth(column)
    .evaluate((label) => label.style.left);
  return { x: Number.parseFloat(left), y: rowBox.y - box.y + rowBox.height / 2 };
}

describe("pictures", () => {
  it.each([
    ["gpt2", "light"],
    ["gpt2", "dark"],
    ["bert", "light"],
    ["marian", "dark"],
    ["full", "light"],
    ["crowded", "light"],
    ["asked", "dark"],
    ["hovered", "light"],
    ["hovered", "dark"],
  ] as const)("%s, %s", async (state, theme) => {
    const page = await stage.open(`matrix/${state}`, { theme, width: 1060, height: 740 });
    await expectPicture(page, `matrix-${state}-${theme}`);
  });
});

describe("pointer", () => {
  it("hovering a cell says its weight, score and rank, and reports the cell", async () => {
    const page = await stage.open("matrix/live");
    await field(page).hover({ position: await middle(page, 5, 3) });
    expect((await lastEvent(page, "hover")) as Hover).toEqual({ layer: 0, head: 1, query: 5, key: 3 });
    const tip = page.locator(".hs-tip");
    await tip.waitFor({ state: "visible" });
    expect(await tip.textContent()).toMatch(
      /^over → foxhead 0\.1weight(\.\d{3}|0|1\.000)score−?\d*\.\d+rank in row\d of 6$/,
    );
    await page.mouse.move(900, 700);
    expect(await lastEvent(page, "hover")).toBeNull();
  });

  it("a masked cell has no numbers", async () => {
    const page = await stage.open("matrix/causal");
    await field(page).hover({ position: await middle(page, 2, 7) });
    expect(await page.locator(".hs-tip").isVisible()).toBe(false);
  });

  it("a click pins the row, again unpins it, shift adds; a label works like its row", async () => {
    const page = await stage.open("matrix/causal");
    await field(page).click({ position: await middle(page, 3, 1) });
    expect(await selected(page)).toMatchObject({ pins: [3], side: "query", focus: 1 });
    await field(page).click({ position: await middle(page, 6, 0), modifiers: ["Shift"] });
    expect(await selected(page)).toMatchObject({ pins: [3, 6] });
    await page
      .locator(".hs-matrix-labels .row")
      .nth(6)
      .click({ modifiers: ["Shift"] });
    expect(await selected(page)).toMatchObject({ pins: [3] });
    await field(page).click({ position: await middle(page, 3, 1) });
    expect(await selected(page)).toMatchObject({ pins: [] });
  });

  it("the wheel zooms at the pointer, then a drag moves, a double click fits", async () => {
    const page = await stage.open("matrix/full");
    const words = () => page.locator(".hs-matrix-labels .row").allTextContents();
    expect(await words()).toHaveLength(49);
    await field(page).hover({ position: { x: 400, y: 400 } });
    await page.mouse.wheel(0, -900);
    await expect.poll(async () => (await words()).length).toBeLessThan(20);
    const before = await words();
    await page.mouse.move(400, 400);
    await page.mouse.down();
    await page.mouse.move(400, 250, { steps: 3 });
    await page.mouse.up();
    await expect.poll(words).not.toEqual(before);
    expect(await events(page, "select")).toEqual([]);
    await field(page).dblclick({ position: { x: 400, y: 400 } });
    await expect.poll(async () => (await words()).length).toBe(49);
  });

  it("a right click asks for a menu with the cell, and not on masked cells", async () => {
    const page = await stage.open("matrix/causal");
    const position = await middle(page, 4, 3);
    await field(page).click({ button: "right", position });
    expect(await lastEvent(page, "context")).toMatchObject({
      layer: 0,
      head: 1,
      query: 4,
      key: 3,
      x: expect.closeTo(position.x, 0),
    });
    await field(page).click({ button: "right", position: await middle(page, 1, 6) });
    expect(await events(page, "context")).toHaveLength(1);
  });
});

/** Press at a cell and move to another one. */
async function dragTo(page: Page, from: readonly [number, number], to: readonly [number, number]) {
  const [a, b] = [await middle(page, ...from), await middle(page, ...to)];
  const box = (await field(page).boundingBox())!;
  await page.mouse.move(box.x + a.x, box.y + a.y);
  await page.mouse.down();
  await page.mouse.move(box.x + b.x, box.y + b.y, { steps: 4 });
}

const regions = (page: Page) => events(page, "region");
const spoken = (page: Page) => page.locator(".hs-matrix-spoken").textContent();

describe("a region", () => {
  it("is marked by a drag, framed and weighed, and its rows become pins when it is let go", async () => {
    const page = await stage.open("matrix/causal", { width: 420, height: 440 });
    await dragTo(page, [6, 3], [3, 1]);
    expect(await page.locator(".hs-tip").textContent()).toMatch(
      /^fox … a → quick … foxhead 0\.1rows4columns3mean weight of a row(1|\.\d{3}|1\.000)$/,
    );
    expect(await regions(page)).toEqual([]);
    await expectPicture(page, "matrix-region-light");
    await page.mouse.up();
    expect((await regions(page)).map(({ payload }) => payload)).toEqual([
      {
        selection: { block: "self", layer: 0, heads: [1], focus: 1, pins: [3, 4, 5, 6], side: "query" },
        keys: [1, 2, 3],
      },
    ]);
    expect(await events(page, "select")).toEqual([]);
    expect(await page.locator(".hs-matrix-labels .row.pinned").count()).toBe(4);
    expect(await spoken(page)).toBe("4 rows, 3 columns pinned.");
  });

  it("ends at the border however far the pointer goes, and from labels on is of whole rows", async () => {
    const page = await stage.open("matrix/causal");
    await dragTo(page, [2, 0], [5, 4]);
    await page.mouse.move(1400, 880);
    await page.mouse.up();
    expect((await lastEvent(page, "region")) as object).toMatchObject({
      selection: { pins: [2, 3, 4, 5, 6, 7, 8] },
      keys: [],
    });
    const labels = page.locator(".hs-matrix-labels .row");
    const [first, last] = [(await labels.nth(1).boundingBox())!, (await labels.nth(3).boundingBox())!];
    await page.mouse.move(first.x + first.width - 4, first.y + 8);
    await page.mouse.down();
    await page.mouse.move(last.x + last.width - 4, last.y + 8, { steps: 3 });
    await page.mouse.up();
    expect((await lastEvent(page, "region")) as object).toMatchObject({
      selection: { pins: [1, 2, 3] },
      keys: [],
    });
  });

  it("is given up with Escape, and nothing is pinned", async () => {
    const page = await stage.open("matrix/causal");
    await dragTo(page, [6, 3], [3, 1]);
    await page.keyboard.press("Escape");
    expect(await page.locator(".hs-tip").isVisible()).toBe(false);
    await page.mouse.move(200, 200);
    await page.mouse.up();
    expect([await regions(page), await events(page, "select")]).toEqual([[], []]);
    await field(page).click({ position: await middle(page, 3, 1) });
    expect(await selected(page)).toMatchObject({ pins: [3] });
  });

  it("needs Shift where the matrix is zoomed", async () => {
    const page = await stage.open("matrix/full");
    await field(page).hover({ position: { x: 400, y: 400 } });
    await page.mouse.wheel(0, -900);
    const drag = async () => {
      await page.mouse.move(400, 400);
      await page.mouse.down();
      await page.mouse.move(400, 300, { steps: 3 });
      await page.mouse.up();
    };
    await expect
      .poll(() => page.locator(".hs-matrix-legend .what").textContent())
      .toContain("drag to move, Shift drag to pin a region");
    await drag();
    expect(await regions(page)).toEqual([]);
    const before = await page.locator(".hs-matrix-labels .row").allTextContents();
    await page.keyboard.down("Shift");
    await drag();
    await page.keyboard.up("Shift");
    const { selection } = (await lastEvent(page, "region")) as { selection: Selection };
    expect(selection.pins.length).toBeGreaterThan(1);
    expect(await page.locator(".hs-matrix-labels .row").allTextContents()).toEqual(before);
  });

  it("of more rows than can be pinned is said to be, and pins none", async () => {
    const page = await stage.open("matrix/long");
    await page.mouse.move(300, 200);
    await page.mouse.down();
    await page.mouse.move(400, 400, { steps: 3 });
    expect(await page.locator(".hs-tip p").textContent()).toBe(
      "At most 64 rows can be pinned. Zoom in to mark fewer.",
    );
    await page.mouse.up();
    expect(await regions(page)).toEqual([]);
    expect(await spoken(page)).toMatch(/^\d+ rows, \d+ columns marked\. At most 64 rows can be pinned\.$/);
  });

  it("is not marked by a finger, which moves", async () => {
    const page = await stage.open("matrix/causal", { hasTouch: true });
    const touch = await page.context().newCDPSession(page);
    const [a, b] = [await middle(page, 6, 3), await middle(page, 3, 1)];
    const send = (type: "touchStart" | "touchMove" | "touchEnd", at?: { x: number; y: number }) =>
      touch.send("Input.dispatchTouchEvent", { type, touchPoints: at ? [at] : [] });
    await send("touchStart", a);
    await send("touchMove", { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
    await send("touchMove", b);
    await send("touchEnd");
    expect([await regions(page), await events(page, "select")]).toEqual([[], []]);
  });

  it("is marked and pinned by keys", async () => {
    const page = await stage.open("matrix/causal");
    await page.keyboard.press("Tab");
    for (const key of ["ArrowDown", "ArrowDown", "ArrowDown"]) await page.keyboard.press(key);
    for (const key of ["Shift+ArrowDown", "Shift+ArrowRight", "Shift+ArrowRight"])
      await page.keyboard.press(key);
    expect(await spoken(page)).toBe(
      "brown … fox → the … brown, 2 rows, 3 columns marked. Enter pins the rows.",
    );
    await page.keyboard.press("Escape");
    expect(await page.locator(".hs-matrix-labels .near").count()).toBe(2);
    await page.keyboard.press("Enter");
    expect(await selected(page)).toMatchObject({ pins: [3] });
    await page.keyboard.press("Shift+ArrowUp");
    await page.keyboard.press("Enter");
    expect((await lastEvent(page, "region")) as object).toMatchObject({
      selection: { pins: [2, 3] },
      keys: [2],
    });
    await page.keyboard.press("Shift+ArrowUp");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Enter");
    expect(await selected(page)).toMatchObject({ pins: [0] });
    expect(await regions(page)).toHaveLength(1);
  });

  it("selects its rows where nobody asks for regions", async () => {
    const page = await stage.open("matrix/causal");
    await page.evaluate(() => {
      const { gallery } = globalThis as unknown as { gallery: { view: { update(p: object): void } } };
      gallery.view.update({ onRegion: undefined });
    });
    await dragTo(page, [2, 0], [4, 1]);
    await page.mouse.up();
    expect(await selected(page)).toMatchObject({ pins: [2, 3, 4], side: "query" });
  });
});

describe("keyboard", () => {
  it("moves through cells, speaks them, pins rows", async () => {
    const page = await stage.open("matrix/causal");
    await page.keyboard.press("Tab");
    for (const key of ["ArrowDown", "ArrowDown", "ArrowDown", "ArrowRight"]) await page.keyboard.press(key);
    expect(await lastEvent(page, "hover")).toMatchObject({ query: 2, key: 1 });
    expect(await page.locator(".hs-matrix-spoken").textContent()).toMatch(/^brown → quick, /);
    await page.keyboard.press("Enter");
    expect(await selected(page)).toMatchObject({ pins: [2] });
    await page.keyboard.press("+");
    await page.keyboard.press("-");
    await page.keyboard.press("Escape");
    expect(await lastEvent(page, "hover")).toBeNull();
  });
});

describe("props", () => {
  it("another head draws other weights and says so", async () => {
    const page = await stage.open("matrix/causal");
    await update(page, {
      selection: { block: "self", layer: 0, heads: [3], focus: 3, pins: [], side: "query" },
    });
    expect(await page.locator(".hs-matrix-legend").textContent()).toContain("head 0.3");
    expect(await page.getByRole("img").getAttribute("aria-label")).toContain("Head 0.3");
  });

  it("pinned keys outline columns, and a filter slices", async () => {
    const page = await stage.open("matrix/causal");
    await update(page, {
      selection: { block: "self", layer: 0, heads: [1], focus: 1, pins: [2], side: "key" },
    });
    expect(await page.locator(".hs-matrix-labels .column.pinned").textContent()).toBe("brown");
    await update(page, { filter: { segments: null, hideFirst: true, hideSpecial: false, strongest: 1 } });
    expect(await page.locator(".hs-matrix-labels .column").allTextContents()).toHaveLength(8);
  });

  it("the list beside a full matrix adds up to 1", async () => {
    const page = await stage.open("matrix/full");
    const numbers = await page.locator(".hs-matrix-side .number").allTextContents();
    const sum = numbers.map(Number).reduce((a, b) => a + b, 0);
    expect(sum).toBeCloseTo(1, 1);
    await update(page, {
      selection: { block: "self", layer: 0, heads: [10], focus: 10, pins: [3, 31], side: "query" },
    });
    expect(await page.locator(".hs-matrix-side h3").textContent()).toBe("2 words mean");
  });

  it("2,048 words appear coarse first and complete in the end", async () => {
    const page = await stage.open("matrix/long");
    const filled = () =>
      page.locator("canvas.hs-matrix-cells").evaluate((canvas: HTMLCanvasElement) => {
        const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
        let count = 0;
        for (let i = 3; i < data.length; i += 4) if (data[i]! > 0) count++;
        return count;
      });
    await expect.poll(filled, { timeout: 20_000 }).toBeGreaterThan(0.49 * 640 * 640);
  });

  it("marks what another view points at, and reports none of it", async () => {
    const page = await stage.open("matrix/causal");
    const near = () => page.locator(".hs-matrix-labels .near").allTextContents();
    await update(page, { hover: { layer: 0, head: 1, query: 5, key: 2 } });
    expect(await near()).toHaveLength(2);
    await update(page, { hover: { layer: 0, head: null, query: 5, key: null } });
    expect(await near()).toHaveLength(1);
    await update(page, { hover: { layer: 0, head: 3, query: 5, key: 2 } });
    expect(await near()).toEqual([]);
    expect(await events(page, "hover")).toEqual([]);
  });

  it("waits for rows that are asked for, and says why they do not come", async () => {
    const page = await stage.open("matrix/slow");
    const note = page.locator(".hs-matrix-note");
    expect(await note.textContent()).toBe("Waiting for 9 rows.");
    await goOn(page);
    await expect.poll(() => note.textContent()).not.toContain("Waiting");
    const ready = await page.locator("canvas.hs-matrix-cells").evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
      return data.filter((_, i) => i % 4 === 3 && data[i]! > 0).length;
    });
    expect(ready).toBeGreaterThan(45 * 30 * 30);
    const broken = await stage.open("matrix/broken");
    expect(await broken.locator(".hs-matrix-note").textContent()).toBe("The kernel was restarted.");
  });

  it("as a table has 50 rows a page, words as headers, nothing where masked", async () => {
    const page = await stage.open("matrix/table");
    const table = page.getByRole("table", { name: "Head 0.1: rows attend to columns" });
    expect(await table.locator("tbody tr").count()).toBe(50);
    expect(await table.locator("tbody tr").first().locator("td").allTextContents()).toEqual([
      "1.000",
      ...Array(49).fill(""),
    ]);
    await page
      .getByRole("navigation", { name: "Pages of rows" })
      .getByRole("button", { name: "Next" })
      .click();
    expect(await table.locator("tbody tr").count()).toBe(20);
    await update(page, { table: false });
    await field(page).waitFor({ state: "visible" });
  });

  it("destroy leaves nothing behind, twice", async () => {
    const page = await stage.open("matrix/long");
    const left = await page.evaluate(() => {
      const { gallery } = globalThis as unknown as { gallery: { view: { destroy(): void } } };
      gallery.view.destroy();
      gallery.view.destroy();
      return document.querySelectorAll(".hs-matrix").length;
    });
    expect(left).toBe(0);
  });
});
