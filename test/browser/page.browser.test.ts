// The page as a user meets it: built, served by our own server, with the bundled model and the gallery.

import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { crumbs, filled, param, ROOT, status, usePage } from "./page.ts";

const { show: open } = usePage();
const LIVE = "model=stories-gpt2&text=Lily+saw+a+cat.+Lily+liked+the";

describe("the page", () => {
  it("opens on a recorded run with all three scales filled", async () => {
    const page = await open();
    expect(await status(page)).toBe("recorded run");
    expect(await page.locator(".hs-map canvas").count()).toBeGreaterThan(0);
    expect(await page.locator(".hs-word").count()).toBeGreaterThan(10);
    expect(await page.locator(".dock .hs-neurons").count()).toBe(1);
    expect(await page.locator(".frow").count()).toBeGreaterThan(3);
    expect(
      await page.evaluate(() => performance.getEntriesByType("resource").map((r) => r.name)),
    ).not.toContainEqual(expect.stringMatching(/wasm|worker/));
  });

  it("goes from the map to a head, a word and its neurons, and back", async () => {
    const page = await open("trace=gallery/traces/gpt2-john-smith.safetensors&l=0&h=0&pin=none");
    await page.locator(".frow").first().click();
    expect(await crumbs(page)).toEqual(["gpt2", "Layer 4", "Head 11"]);
    await page.locator(".hs-left .hs-word").nth(7).click();
    expect(await crumbs(page)).toEqual(["gpt2", "Layer 4", "Head 11", "Fred"]);
    expect(await page.locator(".dock").textContent()).toContain("How Fred attends in head 4.11");
    expect([param(page, "l"), param(page, "h"), param(page, "pin")]).toEqual(["4", "11", "7"]);
    await page.goBack();
    expect(await crumbs(page)).toEqual(["gpt2", "Layer 4", "Head 11"]);
    await page.goBack();
    await expect.poll(() => crumbs(page)).toEqual(["gpt2", "Layer 0", "Head 0"]);
    await page.goForward();
    await expect.poll(() => crumbs(page)).toEqual(["gpt2", "Layer 4", "Head 11"]);
  });

  it("shows again what its address says", async () => {
    const hash =
      "trace=gallery/traces/bert-cat-rug.safetensors&l=3&h=0,8&focus=8&pin=2,5&view=lines&filter=ab&hide=1&strongest=80&score=same&sort=score&theme=dark";
    const page = await open(hash);
    const named = new URLSearchParams(hash);
    for (const [name, value] of named) expect(param(page, name), name).toBe(value);
    expect(await page.locator(".seg [aria-pressed=true]").allTextContents()).toEqual([
      "A→B",
      "Score",
      "Lines",
    ]);
    expect(await page.locator("html").getAttribute("data-theme")).toBe("dark");
  });

  it("runs a typed text in the worker", async () => {
    const page = await open(LIVE);
    expect(await status(page)).toMatch(/^live, \d/);
    await page.locator("[data-field=text]").fill("One day a dog ran to the park");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.locator(".hs-left .hs-word").allTextContents()).toContain("park");
    expect(param(page, "text")).toBe("One day a dog ran to the park");
    await page.goBack();
    await expect.poll(() => page.locator(".hs-left .hs-word").first().textContent()).toBe("Lily");
  }, 60_000);

  it("keeps the picture when a text is too long, and offers to cut it", async () => {
    const page = await open(LIVE);
    await page.locator("[data-field=text]").fill("a cat and ".repeat(400));
    await page.keyboard.press("Enter");
    const alert = page.locator(".notice[role=alert]");
    await alert.waitFor();
    expect(await alert.textContent()).toMatch(
      /longer than stories-gpt2 can read.*Nothing was cut\..*stays below/,
    );
    expect(await page.locator(".hs-left .hs-word").first().textContent()).toBe("Lily");
    await alert.getByRole("button", { name: /first/ }).click();
    await alert.waitFor({ state: "detached" });
    await expect
      .poll(() => page.locator(".field i").textContent(), { timeout: 15_000 })
      .toMatch(/\d+ tokens/);
  }, 60_000);

  it("says what is wrong with a file that is no run, and keeps the picture", async () => {
    const page = await open();
    await page.locator(".btn.model").click();
    const files = [{ name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("hello") }];
    await page.locator("input[type=file]:not([webkitdirectory])").setInputFiles(files);
    expect(await page.locator(".notice[role=alert]").textContent()).toContain("Nothing here can be opened");
    expect(await page.locator(".hs-word").count()).toBeGreaterThan(10);
  });

  it("runs a checkpoint folder that was picked on this machine", async () => {
    const page = await open();
    await page.locator(".btn.model").click();
    await page.locator("input[webkitdirectory]").setInputFiles(join(ROOT, "models/stories-gpt2"));
    await expect.poll(() => status(page), { timeout: 20_000 }).toMatch(/^live, \d/);
    await expect.poll(() => param(page, "model")).toBe("opened:stories-gpt2");
    await page.goBack();
    await expect.poll(() => status(page)).toBe("recorded run");
    await page.goForward();
    await expect.poll(() => status(page)).toMatch(/^live/);
  }, 60_000);

  it("is driven by keys", async () => {
    const page = await open("trace=gallery/traces/gpt2-john-smith.safetensors&l=4&h=11&pin=8");
    await page.keyboard.press("]");
    await page.keyboard.press("3");
    await page.keyboard.press("k");
    await page.keyboard.press("m");
    expect(await crumbs(page)).toEqual(["gpt2", "Layer 5", "Head 3", "Fred"]);
    expect(param(page, "view")).toBe("matrix");
    await page.keyboard.press("?");
    await page.locator("dialog[open]").waitFor();
    await page.keyboard.press("Escape");
    await page.locator("dialog").waitFor({ state: "detached" });
    await page.keyboard.press("Escape");
    await expect.poll(() => param(page, "pin")).toBe("none");
  });

  it("opens every entry of the gallery", async () => {
    const page = await open();
    const open1 = page.locator(".gallery-button");
    await open1.click();
    await filled(page, ".pop.gallery").waitFor();
    const titles = await page.locator(".pop .item").count();
    for (let i = 0; i < titles; i++) {
      if (i > 0) await open1.click();
      await page.locator(".pop .item").nth(i).click();
      await expect.poll(() => page.locator(".hs-word").count()).toBeGreaterThan(4);
      expect(await page.locator(".notice[role=alert]").count()).toBe(0);
    }
  }, 90_000);

  it("says below the chips what the example on screen shows, until that is closed", async () => {
    const page = await open("trace=gallery/traces/gpt2-john-smith.safetensors&l=4&h=11");
    const says = page.locator(".notice .says");
    expect(await says.textContent()).toMatch(/^Head 4\.11 of GPT-2 .*Vig 2019, figure 1, left$/);
    await page.locator(".notice .chip", { hasText: "Fades with distance, 1.10" }).click();
    await expect.poll(() => says.textContent()).toMatch(/^Head 1\.10 of GPT-2 fades/);
    await page.locator(".gallery-button").click();
    await page.locator(".pop .item", { hasText: "A translator's encoder" }).click();
    await expect.poll(() => says.textContent()).toMatch(/^An encoder looks both ways/);
    const close = page.getByRole("button", { name: "Close this notice" });
    const [chip, cross] = [
      await page.locator(".notice .chip").first().boundingBox(),
      await close.boundingBox(),
    ];
    expect(cross!.y).toBeLessThan(chip!.y + chip!.height);
    await close.click();
    await says.waitFor({ state: "detached" });
  });

  it("says it beside what a model wrote, too", async () => {
    const page = await open("trace=gallery/traces/translate-en-de-swim.safetensors");
    expect(await page.locator(".writing").textContent()).toContain("schwimmen");
    const says = page.locator(".notice .says");
    expect(await says.textContent()).toContain("the word that is about to be translated");
    await page.getByRole("button", { name: "Close this notice" }).click();
    await says.waitFor({ state: "detached" });
  });

  it("shows one panel at a time on a phone", async () => {
    const page = await open("", { width: 390, height: 844 });
    expect(await page.locator(".lines-view").isVisible()).toBe(true);
    expect(await page.locator(".hs-map").isVisible()).toBe(false);
    await page.getByRole("button", { name: "Map", exact: true }).click();
    expect(await page.locator(".hs-map").isVisible()).toBe(true);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide).toBe(390);
  });

  it("loads little script before the runtime", async () => {
    const page = await open();
    const sizes = await page.evaluate(async () => {
      const scripts = performance.getEntriesByType("resource").filter((r) => r.name.endsWith(".js"));
      const packed = scripts.map(async ({ name }) => {
        const { body } = await fetch(name);
        const zip = body!.pipeThrough(new CompressionStream("gzip"));
        return (await new Response(zip).arrayBuffer()).byteLength;
      });
      return Promise.all(packed);
    });
    expect(sizes.reduce((a, b) => a + b, 0)).toBeLessThan(150_000);
  });
});
