// What is on screen belongs to one run, and stands still: old canvases, the colours of bars, notices, the dock.

import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { usePage } from "./page.ts";

const { show: open } = usePage();
const MIA = "trace=gallery/traces/stories-gpt2-mia.safetensors&l=4&h=0,2,4&focus=4&pin=11&dock=open";
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

it("a run of one token ends its scoring with a sentence, and its neurons with numbers", async () => {
  const page = await open("model=stories-gpt2&text=Lily");
  await expect.poll(() => page.locator(".hs-left .hs-word").count()).toBe(1);
  const more = page.locator(".find .more");
  await expect.poll(() => more.textContent()).toBe("No score tells the heads of this run apart.");
  expect(await page.locator(".find .chip").count()).toBe(0);
  expect(await page.locator(".dock .hs-neuron-table [role=cell]").allTextContents()).toContain("1.00");
  expect(await page.locator(".dock").textContent()).not.toMatch(/NaN|Infinity|undefined/);
  await run(page, "Lily saw a cat");
  await expect.poll(() => page.locator(".frow").count()).toBeGreaterThan(3);
});

/** Where the panels stand: nothing but the window, a run or the hand may move them. */
const places = (page: Page) =>
  page
    .locator(".left, .head, .dock, .hs-map, .hs-left .hs-word:first-child")
    .evaluateAll((parts) => parts.map((part) => JSON.stringify(part.getBoundingClientRect())));

describe("the layout", () => {
  it("stays when words are pinned and unpinned, and when a notice comes and goes", async () => {
    const page = await open("model=stories-gpt2&text=Lily+saw+a+cat");
    const before = await places(page);
    await page.locator(".hs-right .hs-word").nth(1).click();
    expect(await places(page)).toEqual(before);
    expect(await page.locator(".dock").textContent()).toContain("Click a word on the left");
    await page.keyboard.press("Escape");
    expect(await page.locator(".hs-pinned").count()).toBe(0);
    expect(await places(page)).toEqual(before);
    await page.locator("[data-field=text]").fill("a cat and ".repeat(400));
    await page.keyboard.press("Enter");
    const alert = page.locator(".notice[role=alert]");
    await alert.waitFor();
    expect(await places(page)).toEqual(before);
    await alert.getByRole("button", { name: "Close" }).click();
    expect(await places(page)).toEqual(before);
  }, 60_000);

  it("keeps the dock for a text of any length, open or closed", async () => {
    const page = await open(LONG);
    const height = () => page.locator(".dock").evaluate((dock) => dock.clientHeight);
    expect(await height()).toBe(356);
    await page.keyboard.press("n");
    expect(await height()).toBe(40);
    await run(page, "Lily saw a cat");
    expect(await height()).toBe(40);
    await page.keyboard.press("Escape");
    await page.keyboard.press("n");
    expect(await height()).toBe(356);
  }, 60_000);

  it.each([
    ["the first picture", "", /^Head 4\.11 of GPT-2/],
    ["a longer example", MIA, /^The name Mia Brown/],
  ])("leaves room for every word of %s on a small laptop", async (_, hash, caption) => {
    const page = await open(hash, { width: 1280, height: 720 });
    const scroll = await page
      .locator(".hs-scroll")
      .evaluate((e) => [e.scrollTop, e.scrollHeight - e.clientHeight]);
    expect(scroll).toEqual([0, 0]);
    expect(await page.locator(".dock .hs-neurons").count()).toBe(1);
    expect(await page.locator(".says").textContent()).toMatch(caption);
  });
});

describe("the text field", () => {
  const area = (page: Page) =>
    page.locator("[data-field=text]").evaluate((e) => [e.clientHeight, e.scrollTop, e.scrollHeight]);

  it("grows to four lines while it has the focus, and shows the first line else", async () => {
    const page = await open("model=stories-gpt2&text=Lily");
    expect(await area(page)).toEqual([20, 0, 20]);
    const field = page.locator("[data-field=text]");
    await field.fill("one\ntwo");
    expect(await area(page)).toEqual([40, 0, 40]);
    await field.fill("one\ntwo\nthree\nfour\nfive\nsix");
    expect((await area(page))[0]).toBe(80);
    await page.keyboard.press("Escape");
    expect(await field.evaluate((e) => e === document.activeElement)).toBe(false);
    expect((await area(page)).slice(0, 2)).toEqual([20, 0]);
    expect(await page.locator(".field.cut").count()).toBe(1);
    await field.fill("word ".repeat(2_000));
    expect((await area(page))[0]).toBe(80);
  });

  it("runs from right to left where the text does", async () => {
    const page = await open(`model=stories-gpt2&text=${encodeURIComponent("مرحبا بالعالم")}`);
    const direction = await page.locator("[data-field=text]").evaluate((e) => getComputedStyle(e).direction);
    expect(direction).toBe("rtl");
  });
});
