// Changing the model in the page: the paper's use cases by clicks, and what an edit's row can do.

import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compareLogits, logitsAt } from "../../src/analysis/index.ts";
import { folderSource } from "../../src/checkpoint/node.ts";
import { type Model, openModel } from "../../src/engine/index.ts";
import { nodeRuntime } from "../../src/engine/runtime/node.ts";
import { editsFromText } from "../../src/trace/index.ts";
import { formatNumber } from "../../src/views/index.ts";
import { param, ROOT, usePage } from "./page.ts";

const { show } = usePage();
const SHE = "The doctor asked the nurse a question. She";
const LIVE = `model=stories-gpt2&text=${encodeURIComponent(SHE)}&l=3&h=2&pin=12`;

let model: Model;
beforeAll(async () => {
  model = await openModel(await folderSource(join(ROOT, "models/stories-gpt2")), {
    runtime: await nodeRuntime(),
  });
});
afterAll(() => model.dispose());

/** Choose an entry of the gallery, and count clicks from here on. */
async function choose(page: Page, title: string): Promise<void> {
  await page.locator(".gallery-button").click();
  await page.evaluate(() => {
    const counted = globalThis as unknown as { clicks: number };
    counted.clicks = 0;
    addEventListener("pointerdown", () => counted.clicks++, true);
  });
  await page.locator(".pop .item", { hasText: title }).click();
}

/** Clicks since the gallery was open. */
const clicks = (page: Page) => page.evaluate(() => (globalThis as unknown as { clicks: number }).clicks);

const rows = (page: Page) => page.locator("table.next tbody tr");
const cells = (page: Page) =>
  rows(page).evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent!)));
const control = (page: Page) => page.locator(".control");
const goesOn = (page: Page, name: string) => page.locator(`.goes-on .${name} mark`);

/** What Node says of the next token, as the table writes it: before, after. */
async function truth(text: string, edits: string): Promise<[string, string][]> {
  const run = async (given: string) => (await model.run({ text }, { edits: editsFromText(given) })).trace;
  const [before, after] = [await run(""), await run(edits)];
  const percent = (share: number) => `${(100 * share).toFixed(100 * share >= 10 ? 0 : 1)}%`;
  const larger = (row: { before: { probability: number }; after: { probability: number } }) =>
    Math.max(row.before.probability, row.after.probability);
  return compareLogits(logitsAt(before), logitsAt(after), { top: 8 })
    .sort((a, b) => larger(b) - larger(a))
    .slice(0, 8)
    .map((row) => [percent(row.before.probability), percent(row.after.probability)]);
}

describe("the paper's use cases", () => {
  it("She or He: block the edge from the pronoun, and see before and after", async () => {
    const page = await show();
    await choose(page, "She, after doctor and nurse");
    const word = page.locator(".hs-right .hs-word", { hasText: "doctor" });
    await word.click({ button: "right" });
    const { trace } = await model.run({ text: SHE });
    const doctor = trace.stream("text").tokens.findIndex(({ text }) => text === " doctor");
    const weight = formatNumber(trace.attention("self", 3, 2, 12, 13)[doctor]!);
    const menu = page.locator(".menu.change");
    expect(await menu.locator("h4").textContent()).toBe(`She → doctor in head 3.2, weight ${weight}`);
    expect(await menu.locator("button:has(kbd)").allTextContents()).toEqual([
      "Block before softmax X",
      "Show its neurons N",
    ]);
    await page.getByRole("button", { name: "Block before softmax" }).click();
    await page.locator(".edit small", { hasText: "Reached 1 weight" }).waitFor({ timeout: 30_000 });
    expect(await clicks(page)).toBe(3);
    const edit = param(page, "edits")!;
    expect(edit).toMatch(/^block 12>\d+ in 3\.2$/);
    const expected = await truth(SHE, edit);
    const shown = (await cells(page)).map(([, , before, after]) => [before, after]);
    expect(shown).toEqual(expected);
    expect(shown.some(([before, after]) => before !== after)).toBe(true);
    await expect.poll(() => control(page).textContent(), { timeout: 30_000 }).toContain("identical");
    expect(await goesOn(page, "before").textContent()).not.toBe("");
    expect(await goesOn(page, "after").textContent()).not.toBe("");
    expect(await page.locator(".hs-squares .hs-edited").allTextContents()).toEqual(["2"]);
  }, 90_000);

  it("distance decay: scale its neurons, and the slope and the continuation change", async () => {
    const page = await show("", { height: 1800 }); // the head stays in the list wherever it ranks
    await choose(page, "Near words first");
    const row = page.locator('.frow[data-layer="2"][data-head="1"] .value');
    const before = Number(await row.textContent());
    await page.locator(".hs-scale").click();
    await page.locator(".menu.change .item", { hasText: /^Zero the \d+ that make it/ }).click();
    await page.locator(".edit small", { hasText: "Reached" }).waitFor({ timeout: 30_000 });
    expect(await clicks(page)).toBe(3);
    expect(param(page, "edits")).toMatch(/^scale q[\d,]+ of 2\.1 by 0$/);
    const changed = /q[\d,]+/.exec(param(page, "edits")!)![0].slice(1).split(",");
    await page.getByRole("button", { name: "Neurons", exact: true }).click();
    const label = () => page.locator(".hs-neuron-table").getAttribute("aria-label");
    await expect.poll(label).toContain(`edited: ${changed.map((unit) => `q${unit}`).join(", ")}`);
    await page.getByRole("button", { name: "Edits and next token" }).click();
    const after = Number((await row.textContent())!.replace("\u2212", "-"));
    expect(after).toBeLessThan(before - 0.05);
    await expect.poll(() => goesOn(page, "after").count(), { timeout: 30_000 }).toBe(1);
    expect(await goesOn(page, "after").textContent()).not.toBe(await goesOn(page, "before").textContent());
  }, 90_000);
});

describe("the list of edits", () => {
  it("switches, undoes, orders and removes, and the address and the trace hold it", async () => {
    const page = await show(`${LIVE}&edits=zero+head+3.2;!zero+head+4.4&panel=edits&dock=open`);
    const switches = page.locator(".edit [role=switch]");
    const sentences = page.locator(".edit b");
    await page.locator(".edit small", { hasText: "Reached 13 places" }).waitFor({ timeout: 30_000 });
    expect(await sentences.allTextContents()).toEqual(["zero head 3.2", "zero head 4.4"]);
    expect((await cells(page)).map(([, , before, after]) => [before, after])).toEqual(
      await truth(SHE, "zero head 3.2"),
    );
    await switches.nth(1).click();
    await expect.poll(() => param(page, "edits")).toBe("zero head 3.2;zero head 4.4");
    await expect
      .poll(async () => (await cells(page)).map(([, , before, after]) => [before, after]))
      .toEqual(await truth(SHE, "zero head 3.2; zero head 4.4"));
    await switches.nth(1).press("Alt+ArrowUp");
    await expect.poll(() => param(page, "edits")).toBe("zero head 4.4;zero head 3.2");
    await page.keyboard.press("z");
    await expect.poll(() => param(page, "edits")).toBe("zero head 3.2;zero head 4.4");
    await page.keyboard.press("Shift+Z");
    await expect.poll(() => param(page, "edits")).toBe("zero head 4.4;zero head 3.2");
    await page.keyboard.press("e");
    await expect.poll(() => param(page, "edits")).toBe("!zero head 4.4;!zero head 3.2");
    expect(await page.locator(".hs-edited").count()).toBe(0);
    await page.getByRole("button", { name: "Remove zero head 4.4" }).click();
    await expect.poll(() => param(page, "edits")).toBe("!zero head 3.2");
  }, 90_000);

  it("turns a value by slider", async () => {
    const page = await show(`${LIVE}&edits=scale+head+4.4+by+0.5&panel=edits&dock=open`);
    const slider = page.locator(".edit input[type=range]");
    await page.locator(".edit small", { hasText: "Reached" }).waitFor({ timeout: 30_000 });
    await slider.focus();
    for (const _ of [1, 2, 3]) await page.keyboard.press("ArrowLeft");
    await expect.poll(() => param(page, "edits"), { timeout: 20_000 }).toBe("scale head 4.4 by 0.35");
    await expect
      .poll(async () => (await cells(page)).map(([, , before, after]) => [before, after]))
      .toEqual(await truth(SHE, "scale head 4.4 by 0.35"));
  }, 90_000);

  it("refuses what cannot be, in the edit's own words, and keeps what was shown", async () => {
    const page = await show(`${LIVE}&edits=zero+head+9.9;nonsense&panel=edits`);
    const alert = page.locator(".notice[role=alert]");
    await alert.waitFor();
    expect(await alert.textContent()).toMatch(/nonsense|zero head 9\.9/);
  }, 90_000);

  it("is offered where one looks: map, squares, matrix, words, by pointer and by keyboard", async () => {
    const page = await show(LIVE);
    const title = page.locator(".menu.change h4");
    await page.locator(".hs-squares button").nth(4).click({ button: "right" });
    expect(await title.textContent()).toBe("head 3.4");
    await page.keyboard.press("Escape");
    await page.locator(".hs-map-plane").hover({ position: { x: 60, y: 40 } });
    await page.locator(".hs-map-plane").click({ button: "right", position: { x: 60, y: 40 } });
    expect(await title.textContent()).toMatch(/^head \d\.\d$/);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await page.locator(".hs-left .hs-word").nth(1).hover();
    await page.locator(".hs-left .hs-word").nth(1).click({ button: "right" });
    expect(await title.textContent()).toBe("doctor in layer 3");
    expect(await page.locator(".menu.change .item").allTextContents()).toEqual([
      "Zero the stream of doctor",
      "Scale the stream of doctor…",
    ]);
    await page.keyboard.press("Escape");
    await page.locator(".hs-matrix-field").focus();
    await page.keyboard.press("ArrowDown");
    await page.locator(".hs-matrix-field").dispatchEvent("contextmenu", { button: 0 });
    expect(await title.textContent()).toMatch(/ → .* in head 3\.2, weight [\d.]+$/);
    const [row, column] = (await title.textContent())!.split(" in ")[0]!.split(" → ");
    const cell = await page
      .locator(".at-point")
      .evaluate((anchor) => ({ x: parseFloat(anchor.style.left), y: parseFloat(anchor.style.top) }));
    await page.keyboard.press("Escape");
    // The Menu key means the same cell again, and arrows go on from it.
    await page.keyboard.press("ContextMenu");
    expect(await title.textContent()).toContain(`${row} → ${column} in head 3.2`);
    await page.keyboard.press("Escape");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ContextMenu");
    expect(await title.textContent()).toMatch(/^doctor → The in head 3\.2/);
    await page.keyboard.press("Escape");
    const items = page.locator(".menu.change .item");
    const box = (await page.locator(".hs-matrix-field").boundingBox())!;
    await page.mouse.click(box.x + 4, cell.y, { button: "right" });
    expect(await title.textContent()).toBe(`${row} in head 3.2`);
    expect((await items.allTextContents())[0]).toBe("Set this row to 0");
    await page.keyboard.press("Escape");
    await page.mouse.click(cell.x, box.y + 4, { button: "right" });
    expect(await title.textContent()).toBe(`to ${column} in head 3.2`);
    expect((await items.allTextContents())[0]).toBe("Block this column");
    await items.first().click();
    await expect.poll(() => param(page, "edits"), { timeout: 30_000 }).toMatch(/^block [\d,]+>\d+ in 3\.2$/);
    await page.locator(".edit small", { hasText: "Reached" }).waitFor();
  }, 60_000);

  it("is offered at a neuron: in the query's row and in the ranking, by right click and Menu key", async () => {
    const page = await show(`${LIVE}&panel=neurons&dock=open`);
    const title = page.locator(".menu.change h4");
    const first = page.locator(".hs-neurons .hs-acts").first();
    await first.click({ button: "right" });
    const name = /^q\d+ of head 3\.2$/;
    expect(await title.textContent()).toMatch(name);
    await page.keyboard.press("Escape");
    await first.focus();
    await page.keyboard.press("ContextMenu");
    expect(await title.textContent()).toMatch(name);
    await page.keyboard.press("Escape");
    const box = (await page.locator(".hs-neurons .hs-cells").boundingBox())!;
    // The query's components stand in the first block, above the rows of keys.
    for (let y = 4; y < 80 && (await title.count()) === 0; y += 8) {
      await page.mouse.move(box.x + 120, box.y + y);
      await page.mouse.click(box.x + 120, box.y + y, { button: "right" });
    }
    expect(await title.textContent()).toMatch(name);
    await page.locator(".menu.change .item", { hasText: "Zero q" }).click();
    await expect.poll(() => param(page, "edits")).toMatch(/^scale q\d+ of 3\.2 by 0$/);
  }, 60_000);

  it("is offered to a finger that is held still, without any event of the browser for it", async () => {
    const page = await show(LIVE, { width: 1280, height: 800, hasTouch: true });
    await page.evaluate(() => {
      for (const type of ["contextmenu", "selectstart"])
        addEventListener(type, (event) => event.stopImmediatePropagation(), true);
    });
    const touch = await page.context().newCDPSession(page);
    const hold = async (selector: string, n: number) => {
      const box = (await page.locator(selector).nth(n).boundingBox())!;
      const [x, y] = selector === ".hs-matrix-field" ? [0.35, 0.7] : [0.5, 0.5];
      const touchPoints = [{ x: box.x + box.width * x, y: box.y + box.height * y }];
      await touch.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints });
      return touchPoints[0]!;
    };
    const lift = () => touch.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    const title = page.locator(".menu.change h4");
    const pins = param(page, "pin");
    for (const [selector, n, expected] of [
      [".hs-squares button", 4, "head 3.4"],
      [".hs-left .hs-word", 1, "doctor in layer 3"],
      [".hs-right .hs-word", 1, /^She → doctor in head 3\.2, weight \.\d\d$/],
      [".hs-map-plane", 0, /^head \d\.\d$/],
      [".hs-matrix-field", 0, / → .* in head 3\.2, weight [\d.]+$/],
    ] as const) {
      await hold(selector, n);
      await expect.poll(() => title.textContent({ timeout: 10_000 })).toMatch(expected);
      await lift();
      await title.waitFor();
      expect([param(page, "pin"), param(page, "l"), param(page, "h")]).toEqual([pins, "3", "2"]);
      expect(await page.evaluate(() => String(getSelection()))).toBe("");
      await page.keyboard.press("Escape");
      await title.waitFor({ state: "detached" });
    }
  }, 90_000);
});
