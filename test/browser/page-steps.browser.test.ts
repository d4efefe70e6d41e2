// Undo and redo of what was done to the view, beside edits, and Escape that puts a tip away first.

import { describe, expect, it } from "vitest";
import { param, usePage } from "./page.ts";

const { show } = usePage();
const JOHN = "trace=gallery/traces/gpt2-john-smith.safetensors&l=4&h=11&pin=8";

describe("Z", () => {
  it("takes gestures back one by one, and Shift Z does them again", async () => {
    const page = await show(JOHN);
    const words = page.locator(".hs-left .hs-word");
    await words.nth(6).click();
    await page.keyboard.press("]");
    await page.keyboard.press("m");
    const state = () => ["pin", "l", "view"].map((name) => param(page, name));
    expect(state()).toEqual(["6", "5", "matrix"]);
    await page.keyboard.press("z");
    await expect.poll(state).toEqual(["6", "5", null]);
    expect(await page.locator("output.undone").textContent()).toBe("Undone: view. Shift Z brings it back.");
    await page.keyboard.press("z");
    await expect.poll(state).toEqual(["6", "4", null]);
    await page.keyboard.press("z");
    await expect.poll(state).toEqual(["8", "4", null]);
    await page.keyboard.press("z");
    expect(state()).toEqual(["8", "4", null]);
    for (const _ of [1, 2, 3]) await page.keyboard.press("Shift+Z");
    await expect.poll(state).toEqual(["6", "5", "matrix"]);
    await page.keyboard.press("h");
    expect(await page.locator("output.undone").textContent()).toBe("");
  });

  it("takes a slider's whole way, and leaves typing to the browser", async () => {
    const page = await show(JOHN);
    const slider = page.locator("label.opt", { hasText: "Strongest" }).locator("input");
    const box = (await slider.boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.9, box.y + box.height / 2);
    await page.mouse.down();
    for (const share of [0.8, 0.6, 0.4]) await page.mouse.move(box.x + box.width * share, box.y + 5);
    await page.mouse.up();
    await expect.poll(() => Number(param(page, "strongest"))).toBeLessThan(60);
    await page.keyboard.press("z");
    await expect.poll(() => param(page, "strongest")).toBe(null);
    await page.keyboard.press("m");
    await page.locator("textarea, input[type=text]").first().focus();
    await page.keyboard.press("z");
    expect(param(page, "view")).toBe("matrix");
  });

  it("has one past for edits and gestures", async () => {
    const page = await show("model=stories-gpt2&text=Lily+saw+a+dog.&l=1&h=1&pin=2&panel=edits&dock=open");
    await page.locator(".edit-list .adds .chip").first().click();
    await expect.poll(() => param(page, "edits"), { timeout: 30_000 }).toBe("zero head 1.1");
    await page.keyboard.press("m");
    const undo = page.getByRole("button", { name: "Undo", exact: true });
    await undo.click();
    await expect.poll(() => [param(page, "view"), param(page, "edits")]).toEqual([null, "zero head 1.1"]);
    await undo.click();
    await expect.poll(() => param(page, "edits")).toBe(null);
    await page.getByRole("button", { name: "Redo", exact: true }).click();
    await expect.poll(() => param(page, "edits")).toBe("zero head 1.1");
  }, 60_000);
});

it("Escape puts a tip away before it unpins, and Z pins again", async () => {
  const page = await show(`${JOHN}&view=matrix`);
  const label = (await page.locator(".hs-matrix-labels .row").nth(5).boundingBox())!;
  await page.mouse.move(label.x + label.width + 16, label.y + label.height / 2);
  const tip = page.locator(".hs-matrix .hs-tip");
  await tip.waitFor();
  await page.keyboard.press("Escape");
  expect([await tip.isVisible(), param(page, "pin")]).toEqual([false, "8"]);
  await page.keyboard.press("Escape");
  expect(param(page, "pin")).toBe("none");
  await page.keyboard.press("z");
  await expect.poll(() => param(page, "pin")).toBe("8");
});
