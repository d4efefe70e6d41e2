// Several copies of the views in one page, as a notebook holds them: in its own tree and in shadow roots.

import type { Locator, Page } from "playwright-core";
import { expect, it } from "vitest";
import { useStage } from "./browser.ts";
import { serve } from "./server.ts";

const PAGE = "/test/browser/copies.html";
const COPIES = [0, 1, 2, 3];
const stage = useStage(() => serve({ page: PAGE }));

async function open(): Promise<{ page: Page; panels: Locator[] }> {
  const page = await stage.visit(PAGE, { width: 1000, height: 1800 });
  await page.locator(".hs-panel .hs-layer").nth(3).waitFor();
  return { page, panels: COPIES.map((i) => page.locator(".hs-panel").nth(i)) };
}

it("has ids of its own in each copy, and names only those", async () => {
  const { page, panels } = await open();
  const ids = await page.locator(".hs-panel [id]").evaluateAll((all) => all.map(({ id }) => id));
  expect(ids.length).toBeGreaterThan(COPIES.length);
  expect(new Set(ids).size).toBe(ids.length);
  for (const panel of panels) {
    const astray = await panel.evaluate((root) => {
      const named = ["aria-controls", "aria-labelledby", "aria-describedby", "aria-activedescendant", "for"];
      const all = named.flatMap((name) =>
        [...root.querySelectorAll(`[${name}]`)].map((e) => e.getAttribute(name)!),
      );
      return all
        .flatMap((list) => list.split(/\s+/))
        .filter((id) => id && !root.querySelector(`#${CSS.escape(id)}`));
    });
    expect(astray).toEqual([]);
  }
});

it("brings its style where one of the same name is of another version", async () => {
  const { page, panels } = await open();
  for (const panel of panels) {
    expect(await panel.evaluate((root) => getComputedStyle(root).display)).toBe("flex");
  }
  const kept = await page
    .locator('style[data-headscope="panel"]')
    .evaluateAll((all) => all.map((s) => s.textContent!.length));
  // The other version's, one for both copies in the page, and one in each shadow root.
  expect(kept).toHaveLength(4);
  expect(new Set(kept.filter((length) => length > 100)).size).toBe(1);
});

it("opens its list of layers, takes a click in it, and closes it at a click elsewhere, in a shadow root too", async () => {
  const { page, panels } = await open();
  const shown = panels.slice(2);
  for (const [i, panel] of shown.entries()) {
    await panel.locator(".hs-layer").click();
    await panel
      .locator(".hs-layers li")
      .nth(2 + i)
      .click();
    expect(await panel.locator(".hs-layer").textContent()).toBe(`Layer ${2 + i}`);
  }
  const [third] = shown;
  await third!.locator(".hs-layer").click();
  await third!.locator(".hs-layers").waitFor();
  await page.mouse.click(5, 1795);
  await expect.poll(() => third!.locator(".hs-layers").isVisible()).toBe(false);
  expect(await panels[0]!.locator(".hs-layer").textContent()).toBe("Layer 4");
});

it.each(["matrix", "model", "neuron", "head"])("takes a theme while it is hidden: %s", async (view) => {
  const { page, panels } = await open();
  await page.evaluate((view) => {
    const { panels } = globalThis as unknown as { panels: { update(changed: object): void }[] };
    for (const panel of panels.slice(0, 2)) panel.update({ state: { view, selection: { layer: 4 } } });
  }, view);
  const pictures = (panel: Locator): Promise<string[]> =>
    panel
      .locator("canvas")
      .evaluateAll((all) => all.map((canvas) => (canvas as HTMLCanvasElement).toDataURL()));
  await expect.poll(() => pictures(panels[0]!)).toEqual(await settled(() => pictures(panels[1]!)));
  const light = await pictures(panels[0]!);
  // Hidden and shown again before a frame is drawn: no size has changed since the last one.
  await page.evaluate(() => {
    const { panels } = globalThis as unknown as { panels: { update(changed: object): void }[] };
    const host = document.querySelector<HTMLElement>(".plain")!;
    host.style.display = "none";
    panels[0]!.update({ theme: "dark" });
    host.style.display = "";
    panels[1]!.update({ theme: "dark" });
  });
  const dark = await settled(() => pictures(panels[1]!));
  expect(dark).not.toEqual(light);
  await expect.poll(() => pictures(panels[0]!)).toEqual(dark);
});

/** What is read twice alike: views compute their rows in slices of time. */
async function settled(read: () => Promise<string[]>): Promise<string[]> {
  let last = await read();
  await expect
    .poll(
      async () => {
        const before = last;
        last = await read();
        return last.join() === before.join();
      },
      { interval: 300 },
    )
    .toBe(true);
  return last;
}
