// Ways of reading attention in the page: from the menu of the context bar, in the address, in all views.

import { describe, expect, it } from "vitest";
import { param, usePage } from "./page.ts";

const { show: open } = usePage();
const words = ".hs-left .hs-word";

describe("the menu Attention", () => {
  it("averages the chosen heads and says so where they are drawn", async () => {
    const page = await open("trace=gallery/traces/gpt2-john-smith.safetensors&l=4&h=3,7,11&focus=11&pin=8");
    await page.locator("button.reading").click();
    await page.getByRole("button", { name: "Average of heads" }).click();
    expect([param(page, "read"), param(page, "h")]).toEqual(["mean", "3,7,11"]);
    await expect.poll(() => page.locator(".hs-unit").textContent()).toBe("attention, mean of 3 heads");
    expect(await page.locator(".hs-weights li").first().textContent()).toContain(".16");
    await page.locator(words).nth(6).click();
    expect([param(page, "pin"), param(page, "h"), param(page, "focus")]).toEqual(["6", "3,7,11", "11"]);
    await page.goBack();
    await page.goBack();
    await expect.poll(() => page.locator(".hs-unit").textContent()).toBe("");
  });

  it("merges pieces of words, pins them, and weighs by W_O what the model has run", async () => {
    const page = await open("model=stories-gpt2&text=A+crocodile+sat+down.&l=2&h=1&read=words&pin=1");
    await expect.poll(() => page.locator(words).allTextContents()).toContain("crocodile");
    expect(await page.locator(".hs-left .hs-pinned").allTextContents()).toEqual(["crocodile"]);
    expect(await page.locator(".hs-map-legend").textContent()).toContain("of words");
    await page.locator("button.reading").click();
    await page.getByRole("button", { name: "Attention × |v W_O|" }).click();
    await expect.poll(() => page.locator(".hs-unit").textContent()).toContain("|v W_O|");
    const leftOut = () => page.locator(".hs-left-out").textContent();
    await expect.poll(leftOut, { timeout: 20_000 }).not.toContain("Waiting");
    expect(await page.locator(words).count()).toBeGreaterThan(5);
    expect(await page.locator(".hs-weights li").count()).toBeGreaterThan(0);
  }, 60_000);

  it("shows tokens as the tokenizer spells them, pins them, and keeps that in the address", async () => {
    const page = await open("trace=gallery/traces/stories-gpt2-she.safetensors&l=3&h=2&pin=12");
    await page.locator("button.reading").click();
    await page.getByRole("button", { name: "Raw tokens" }).click();
    await expect.poll(() => page.locator(words).last().textContent()).toBe("ĠShe");
    expect(param(page, "read")).toBe("raw");
    await page.locator(words).nth(1).click();
    expect([param(page, "pin"), await page.locator(".hs-left .hs-pinned").textContent()]).toEqual([
      "1",
      "Ġdoctor",
    ]);
    await page.goBack();
    await page.goBack();
    await expect.poll(() => page.locator(words).last().textContent()).toBe("She");
  });

  it("says why a reading cannot be had", async () => {
    const page = await open("trace=gallery/traces/gpt2-john-smith.safetensors&l=4&h=11&read=z");
    expect(await page.locator("button.reading").textContent()).toBe("Attention ▾");
    await page.locator("button.reading").click();
    const one = page.getByRole("button", { name: /Average of heads/ });
    expect([await one.isDisabled(), await one.textContent()]).toEqual([
      true,
      "Average of headsChoose several heads to average them.",
    ]);
    await page.getByRole("button", { name: "Rank" }).click();
    expect(param(page, "colors")).toBe("rank");
    expect(await page.locator(".hs-matrix").textContent()).toContain("by rank");
    await page.getByRole("slider", { name: /Lines from/ }).fill("20");
    await expect.poll(() => page.locator(".hs-left-out").textContent()).toContain("edges from .20 on");
  });
});
