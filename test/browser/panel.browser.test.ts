import { expect, it } from "vitest";
import { lastEvent, useStage } from "./browser.ts";

const stage = useStage();

it("keeps the bar of heads in one row: at a cell's width attentions and views are lists", async () => {
  const page = await stage.open("panel/threeAttentions");
  const heights = () =>
    page.locator(".hs-panel-top, .hs-bar").evaluateAll((all) => all.map((e) => e.clientHeight));
  const [top, bar] = await heights();
  expect([top! < 60, bar! < 40]).toEqual([true, true]);
  expect(await page.locator(".hs-panel-top button:text-is('Matrix')").isVisible()).toBe(false);
  await page.getByRole("combobox", { name: "Attention" }).selectOption({ label: "Encoder" });
  expect(await lastEvent(page, "select")).toMatchObject({ block: "encoder" });
  await page.getByRole("combobox", { name: "View" }).selectOption({ label: "Matrix" });
  expect(await page.locator(".hs-panel").getAttribute("data-shown")).toBe("matrix");
});

it("shows them as buttons where there is room, still in one row", async () => {
  const page = await stage.open("panel/threeAttentionsWide");
  expect(await page.locator(".hs-panel-top").evaluate((top) => top.clientHeight)).toBeLessThan(60);
  expect(await page.getByRole("combobox").count()).toBe(0);
  await page.getByRole("button", { name: "Decoder" }).click();
  expect(await lastEvent(page, "select")).toMatchObject({ block: "decoder" });
});

it("says of layers that were left out on purpose that they were, and of others that they were not recorded", async () => {
  const legend = async (state: string) =>
    (await stage.open(`panel/${state}`)).locator(".hs-panel-model .tail").first().textContent();
  expect(await legend("leftOut")).toBe("left out");
  expect(await legend("unrecorded")).toBe("not recorded");
});
