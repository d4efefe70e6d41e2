// What the page does while something is awaited, stopped or broken: it says so, and can go on.

import { expect, it } from "vitest";
import { status, usePage } from "./page.ts";

const stage = usePage();

it("loads a runtime that failed to load when it is tried again", async () => {
  const page = await stage.show();
  const cut = (url: URL) => /ort[.-]/.test(url.pathname);
  await page.route(cut, (route) => route.abort());
  await page.locator("[data-field=text]").fill("Lily saw a cat.");
  await page.locator(".run").click();
  const notice = page.locator(".notice[role=alert]");
  await expect.poll(() => notice.locator("h4").textContent()).toBe("The runtime could not be loaded");
  await page.unroute(cut);
  await notice.getByRole("button", { name: "Try again" }).click();
  await expect.poll(() => status(page), { timeout: 20_000 }).toMatch(/^live/);
  expect(await notice.count()).toBe(0);
  expect(stage.problems.filter((problem) => !/ERR_FAILED/.test(problem))).toEqual([]);
  stage.problems.length = 0;
});
