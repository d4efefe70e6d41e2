// The menu of edits: the weight it is about, in a comparison too, and that all of it is inside the window.

import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { usePage } from "./page.ts";

const { show } = usePage();
const TEXT = "Tom saw a big cat. She";
const at = (more: Record<string, string> = {}) =>
  String(new URLSearchParams({ model: "stories-gpt2", text: TEXT, l: "3", h: "2", pin: "6", ...more }));

const menu = (page: Page) => page.locator(".menu.change");

it("tells the weight of the run itself where a difference is shown", async () => {
  const page = await show(at({ b: "Tom saw a big cat. He", compare: "side" }));
  await page.locator(".hbody.compare section").nth(1).waitFor({ timeout: 30_000 });
  const title = async () => {
    await page.locator(".hs-right .hs-word", { hasText: "cat" }).first().click({ button: "right" });
    const text = await menu(page).locator("h4").textContent();
    await page.keyboard.press("Escape");
    return text;
  };
  const weight = await title();
  expect(weight).toMatch(/^She → cat in head 3\.2, weight \.\d\d$/);
  await page.getByRole("button", { name: "Difference", exact: true }).click();
  await expect.poll(() => page.locator(".hbody.compare section").count()).toBe(0);
  expect(await title()).toBe(weight);
}, 60_000);

it.each([
  [{ width: 390, height: 600 }, true],
  [{ width: 1280, height: 720 }, false],
])(
  "is inside a window of %j",
  async (size, phone) => {
    const page = await show(at({ b: "Tom saw a big cat. He" }), size);
    if (phone) await page.getByRole("button", { name: "Head", exact: true }).click();
    await page.locator(".hs-right .hs-word").last().click({ button: "right" });
    await menu(page).locator("h4").waitFor();
    await page.waitForFunction(() => {
      const { bottom } = document.querySelector(".menu.change")!.getBoundingClientRect();
      return bottom <= innerHeight;
    });
    const box = (await menu(page).boundingBox())!;
    expect(box.x).toBeGreaterThanOrEqual(0);
    expect(box.y).toBeGreaterThanOrEqual(0);
    expect(box.x + box.width).toBeLessThanOrEqual(size.width);
    expect(box.y + box.height).toBeLessThanOrEqual(size.height);
  },
  60_000,
);
