// What is on screen belongs to one run, and stands still: old canvases, the colours of bars, notices, the dock.

import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { usePage } from "./page.ts";

const { show: open } = usePage();
const LONG = `model=stories-gpt2&text=${"Lily+saw+a+big+cat.+".repeat(12)}`;

const run = async (page: Page, text: string): Promise<void> => {
  await page.locator("[data-field=text]").fill(text);
  await page.keyboard.press("Enter");
  await expect.poll(() => page.locator(".live").textContent(), { timeout: 20_000 }).toMatch(/^live/);
  const last = text.split(" ").at(-1)!;
  await expect
    .poll(() => page.locator(".hs-left .hs-word").last().textContent(), { timeout: 20_000 })
    .toBe(last);
};

describe("one run", () => {
  it("a short text after a long one begins with its first word, and does not scroll", async () => {
    const page = await open(`${LONG}&view=lines`);
    expect(await page.locator(".hs-scroll").evaluate((e) => e.scrollHeight - e.clientHeight)).toBeGreaterThan(
      0,
    );
    await run(page, "Lily saw a cat");
    const scroll = await page
      .locator(".hs-scroll")
      .evaluate((e) => [e.scrollTop, e.scrollHeight - e.clientHeight]);
    expect(scroll).toEqual([0, 0]);
  }, 60_000);

  it("bars of heads above the threshold are ink, those below are grey, whatever score stood there before", async () => {
    const page = await open("trace=gallery/traces/gpt2-john-smith.safetensors&l=4&h=11");
    for (const chip of await page.locator(".find .chip").all()) {
      await chip.click();
      const wrong = await page.locator(".frow").evaluateAll((rows) => {
        const probe = document.body.appendChild(document.createElement("i"));
        const css = (name: string) => {
          probe.style.background = `var(${name})`;
          return getComputedStyle(probe).backgroundColor;
        };
        const [ink, grey] = [css("--ink"), css("--text-3")];
        probe.remove();
        return rows.filter((row) => {
          const [bar, tick] = [row.querySelector<HTMLElement>(".bar i")!, row.querySelector("u")!];
          const above = bar.getBoundingClientRect().right >= tick.getBoundingClientRect().left - 0.05;
          const color = getComputedStyle(bar).backgroundColor;
          return !bar.classList.contains("neg") && color !== (above ? ink : grey);
        }).length;
      });
      expect(wrong, (await chip.textContent())!).toBe(0);
    }
  });
});
