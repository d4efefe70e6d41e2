import { expect, it } from "vitest";
import { events, lastEvent, update, useStage } from "./browser.ts";

const stage = useStage();

it("shows a state, isolated from other origins, and keeps what callbacks report", async () => {
  const page = await stage.open("harness/text");
  await page.click("button");
  expect(await lastEvent(page, "press")).toEqual({ isolated: true });
  await update(page, { theme: "dark" });
  expect(await lastEvent(page, "update")).toEqual({ theme: "dark" });
  expect(await events(page)).toHaveLength(2);
});

it("has the bundled fonts", async () => {
  const page = await stage.open("harness/text");
  const loaded = await page.evaluate(() => document.fonts.check('620 15px "Inter Variable"'));
  expect(loaded).toBe(true);
});

it("notices warnings and failed requests", async () => {
  const page = await stage.open("harness/broken");
  await page.waitForLoadState("networkidle");
  const problems = stage.problems.splice(0).join("\n");
  expect(problems).toContain("a warning");
  expect(problems).toContain("/missing.png 404");
});

it("lists every state", async () => {
  const page = await stage.visit("/test/browser/gallery.html");
  await page.waitForSelector("html[data-ready]", { state: "attached" });
  expect(await page.locator("a").allTextContents()).toContain("harness/text");
});
