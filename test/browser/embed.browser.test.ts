// The example of docs/views.md in a page of its own, with the built package as its users import it.

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { build } from "../../scripts/build.mjs";
import { useStage } from "./browser.ts";
import { serve } from "./server.ts";

const PAGE = "/test/browser/embed.html";

const stage = useStage(async () => {
  await build();
  return serve({ page: PAGE });
});

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");

it("works from headscope/views: two views, one selection, colours of their own", async () => {
  const page = await stage.visit(PAGE);
  await page.locator(".hs-left .hs-pinned").waitFor();
  expect(await page.locator(".hs-weights b").allTextContents()).toEqual(["1.00"]);
  // Head 1.10 of a map of 400 px: cells of 27 px, 31 px apart.
  await page.locator(".hs-map-plane").click({ position: { x: 26 + 10 * 31 + 12, y: 18 + 34 + 12 } });
  expect(await page.locator(".hs-map-layers .current").textContent()).toBe("1");
  await expect.poll(() => page.locator(".hs-weights b").count()).toBeGreaterThan(5);
  const background = await page
    .locator(".hs-head")
    .evaluate((view) => getComputedStyle(view).backgroundColor);
  expect(background).toBe("rgb(255, 255, 255)");
});

it("is what docs/views.md says", () => {
  const lines = (text: string): string[] => text.split("\n").map((line) => line.trim());
  const body = lines(read("embed.html").match(/<div id="map"[\s\S]*<\/script>/)![0]);
  const example = lines(read("../../docs/views.md").match(/```html\n([\s\S]*?)\n```/)![1]!);
  expect(example).toEqual(body);
});
