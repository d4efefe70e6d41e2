// Parts of the page that are fetched when they are first opened: what stands there until they come, where the focus goes,
// and what can be done where they do not come.

import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { filled, usePage } from "./page.ts";

const stage = usePage();
const JOHN = "trace=gallery/traces/gpt2-john-smith.safetensors&l=4&h=11&pin=8";
/** Asked for again under another address, too. */
const INSIDES = /assets\/insides-[^/]*\.js/;

const focus = (page: Page) =>
  page.evaluate(() => {
    const { activeElement: at } = document;
    return at?.getAttribute("aria-label") ?? at?.textContent ?? "";
  });

it("a popover is there at once, and takes the focus into what it shows when that has come", async () => {
  const page = await stage.show(JOHN);
  let come = () => {};
  const held = new Promise<void>((resolve) => {
    come = resolve;
  });
  let asked = 0;
  await page.route(INSIDES, async (route) => {
    asked++;
    await held;
    await route.continue();
  });
  await page.locator(".btn.model").click();
  const panel = page.getByRole("dialog", { name: "Models" });
  expect(await panel.getByRole("status").textContent()).toBe("Loading …");
  await expect.poll(() => focus(page)).toBe("Models");
  come();
  await filled(page, ".menu.models").waitFor();
  await expect.poll(() => focus(page)).toContain("Hugging Face id");
  await page.keyboard.press("Escape");
  await expect.poll(() => focus(page)).toContain("gpt2");
  for (const open of [page.locator(".gallery-button"), page.getByRole("button", { name: "Recent runs" })]) {
    await open.click();
    await page.locator(".menu").waitFor();
    expect(
      await page
        .locator(".later [role=status]")
        .isVisible()
        .catch(() => false),
    ).toBe(false);
    await page.keyboard.press("Escape");
  }
  expect(asked).toBe(1);
});

it("a dialog has its focus, and is closed while it waits", async () => {
  const page = await stage.show(JOHN);
  await page.route(INSIDES, () => undefined);
  await page.keyboard.press("?");
  const sheet = page.getByRole("dialog", { name: "Keys, gestures and documentation" });
  expect(await sheet.getByRole("status").textContent()).toBe("Loading …");
  await page.keyboard.press("Escape");
  await sheet.waitFor({ state: "detached" });
  await page.unrouteAll({ behavior: "ignoreErrors" });
  stage.problems.length = 0;
});

it.each([
  ["the models", (page: Page) => page.locator(".btn.model").click(), ".menu.models", INSIDES],
  ["the keys", (page: Page) => page.keyboard.press("?"), "dialog[open]", INSIDES],
  [
    "Share",
    (page: Page) => page.locator(".btn.share").click(),
    ".menu.share",
    /assets\/share-panel-[^/]*\.js/,
  ],
] as const)("%s: what did not come is asked for again, by keyboard too", async (_, open, panel, code) => {
  const page = await stage.show(JOHN);
  await page.route(code, (route) => route.abort());
  await open(page);
  const alert = page.locator(`${panel} [role=alert]`);
  expect(await alert.textContent()).toMatch(/did not come.*Try again/);
  await expect.poll(() => focus(page)).toBe("Try again");
  await page.keyboard.press("Enter");
  await expect.poll(() => focus(page)).toBe("Try again");
  expect(await page.locator(`${panel} .later`).count()).toBe(1);
  await page.unrouteAll();
  await page.keyboard.press("Enter");
  await filled(page, panel).waitFor();
  expect(await filled(page, panel).evaluate((e) => e.contains(document.activeElement))).toBe(true);
  await page.keyboard.press("Escape");
  await page.locator(panel).waitFor({ state: "detached" });
  const told = stage.problems.splice(0).filter((problem) => !/ERR_FAILED|dynamically imported/.test(problem));
  expect(told).toEqual([]);
});
