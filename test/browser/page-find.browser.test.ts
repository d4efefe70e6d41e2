// Find heads with the reader's own question.

import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { param, usePage } from "./page.ts";

const { show } = usePage();
const JOHN = "trace=gallery/traces/gpt2-john-smith.safetensors&l=4&h=11&pin=8";
const first = (page: Page) => page.locator(".frow .id").first().textContent();

describe("find heads, one's own question", () => {
  it("from the pinned word to another: heads ranked by that weight, kept in the address", async () => {
    const page = await show(JOHN);
    await page.locator(".own summary").click();
    await page.locator(".own select").selectOption({ label: "Fred 7" });
    expect(await page.locator(".find .chip.on").textContent()).toBe("Smith → Fred");
    expect(await page.locator(".hs-map").textContent()).toContain("Smith → Fred");
    expect(await first(page)).toBe("Head 4.11");
    expect([param(page, "to"), param(page, "score")]).toEqual(["7", "words"]);
    await page.reload();
    await page.waitForSelector("html[data-ready]", { state: "attached" });
    expect(await page.locator(".find .chip.on").textContent()).toBe("Smith → Fred");
  });

  it("a region of the matrix: its rows pinned, heads ranked by what they give to its columns, one step to undo", async () => {
    const page = await show(`${JOHN}&view=matrix`, { width: 1440 });
    const before = await page.locator(".find .chip.on").textContent();
    const cell = async (row: number, column: number) => {
      const label = page.locator(".hs-matrix-labels .row").nth(row);
      const top = (await label.boundingBox())!;
      const left = (await page.locator(".hs-matrix-labels .column").nth(column).boundingBox())!;
      return { x: left.x + left.width / 2, y: top.y + top.height / 2 };
    };
    const [from, to] = [await cell(7, 1), await cell(8, 2)];
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(to.x, to.y, { steps: 4 });
    await page.mouse.up();
    await expect.poll(() => param(page, "pin")).toBe("7,8");
    expect([param(page, "to"), param(page, "score")]).toEqual(["1,2", "words"]);
    expect(await page.locator(".find .chip.on").textContent()).toBe("Fred, Smith → Smith, is");
    expect(await page.locator(".hs-matrix-side h3").textContent()).toBe("2 words mean");
    expect(await page.locator(".own option:checked").textContent()).toBe("2 words");
    await page.keyboard.press("z");
    await expect.poll(() => param(page, "pin")).toBe("8");
    expect(param(page, "to")).toBeNull();
    expect(await page.locator(".find .chip.on").textContent()).toBe(before);
    await page.keyboard.press("Shift+Z");
    await expect.poll(() => param(page, "to")).toBe("1,2");
    await page.locator(".hs-matrix-field").focus();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
  });

  it("a pattern as a sentence, and what is wrong with one", async () => {
    const page = await show(JOHN);
    await page.locator(".own summary").click();
    const field = page.getByLabel("Your own pattern");
    await field.fill("from any to the token before it");
    await field.press("Enter");
    await expect
      .poll(() => page.locator(".find .chip.on").textContent())
      .toBe("from any to the token before it");
    expect(await first(page)).toBe("Head 4.11");
    await field.fill("from here to eternity");
    await field.press("Enter");
    expect(await page.locator(".own [role=alert]").textContent()).toContain('"here" is no condition');
  });

  it("a probe on random repeated tokens ranks heads of the open model, and leaves the run on screen", async () => {
    const page = await show("model=stories-gpt2&text=Lily+saw+a+cat.+Lily+liked+the");
    await page.locator(".own summary").click();
    await page.getByRole("button", { name: "Probe on random repeated tokens" }).click();
    await expect.poll(() => page.locator(".find .chip.on").textContent()).toBe("Induction, probed");
    expect(Number(await page.locator(".frow .bar ~ *").first().textContent())).toBeGreaterThan(0.3);
    expect(await page.locator(".hs-left .hs-word").first().textContent()).toBe("Lily");
  });
});

describe("thumbnails of Find heads", () => {
  /** Colours of a canvas; the selected head has its own in the map. */
  const colors = (page: Page, selector: string) =>
    page.evaluate((found) => {
      const canvas = document.querySelector<HTMLCanvasElement>(found)!;
      const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
      const pixels = new Uint32Array(data.buffer);
      return [...new Set(pixels)].filter((pixel) => pixel !== 0).sort((a, b) => a - b);
    }, selector);

  it.each([
    ["a run", JOHN],
    ["averages over words", `${JOHN}&read=words`],
    [
      "a difference, in the colours of signs",
      "model=stories-gpt2&text=Lily+saw+a+cat&b=Tom+saw+a+dog&compare=difference",
    ],
  ])("have the colours that the map has: %s", async (_, hash) => {
    const page = await show(hash);
    await page.locator(".frow").first().waitFor();
    await expect
      .poll(() => colors(page, ".frow:not(.on) canvas").then((all) => all.length))
      .toBeGreaterThan(2);
    const map = new Set(await colors(page, ".hs-map-canvas"));
    const strange = (await colors(page, ".frow:not(.on) canvas")).filter((color) => !map.has(color));
    expect(strange).toEqual([]);
  });
});
