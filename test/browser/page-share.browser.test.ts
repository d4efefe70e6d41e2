// Share: figures, numbers, the offline page, as files that a reader would save.

import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { usePage } from "./page.ts";

const stage = usePage();
const folder = mkdtempSync(join(tmpdir(), "headscope-share-"));
const JOHN = "trace=gallery/traces/gpt2-john-smith.safetensors&l=4&h=11&pin=8";

async function openShare(hash = JOHN): Promise<Page> {
  const page = await stage.show(hash);
  await page.locator(".btn.share").click();
  return page;
}

/** The file that a press saves. */
async function saved(
  page: Page,
  press: () => Promise<void>,
): Promise<{ name: string; bytes: Buffer; path: string }> {
  const [file] = await Promise.all([page.waitForEvent("download"), press()]);
  const path = join(folder, file.suggestedFilename());
  await file.saveAs(path);
  return { name: file.suggestedFilename(), bytes: readFileSync(path), path };
}

const kind = (page: Page, name: string) =>
  page.locator(".share-figure .kinds").getByRole("button", { name, exact: true });

describe("share", () => {
  it("previews the view and saves it as SVG, PNG, PDF and CSV", async () => {
    const page = await openShare();
    const preview = page.getByRole("img", { name: "Preview of the figure: Lines" });
    await preview.waitFor();
    // 85 mm are 321 px: letters are as large as on paper.
    await expect.poll(async () => Math.round((await preview.boundingBox())!.width)).toBe(321);
    const svg = await saved(page, () => kind(page, "SVG").click());
    expect(svg.name).toBe("gpt2-john-smith-is-also-4.11-head.svg");
    expect(svg.bytes.toString()).toMatch(/^<svg .*width="240\.945pt"/);
    expect(svg.bytes.toString()).toContain(">Fred</text>");
    const png = await saved(page, () => kind(page, "PNG").click());
    expect(png.bytes.subarray(1, 4).toString()).toBe("PNG");
    expect(png.bytes.readUInt32BE(16)).toBe(1004);
    const pdf = await saved(page, () => kind(page, "PDF").click());
    expect(pdf.bytes.subarray(0, 5).toString()).toBe("%PDF-");
    expect(pdf.bytes.toString("latin1")).toMatch(/\/BaseFont \/\w+\+Inter/);
    const csv = await saved(page, () => kind(page, "CSV").click());
    expect(csv.bytes.toString()).toContain("7,Fred,");
  });

  it("scrolls the preview of a tall figure, by keyboard too", async () => {
    const page = await openShare();
    await page.locator(".share-figure").getByRole("button", { name: "All heads" }).click();
    await page.getByRole("img", { name: "Preview of the figure: All heads" }).waitFor();
    const frame = page.getByRole("region", { name: "Preview" });
    const below = () => frame.evaluate((e) => e.scrollHeight - e.clientHeight - e.scrollTop);
    await expect.poll(below).toBeGreaterThan(20);
    await frame.focus();
    await page.keyboard.press("End");
    await expect.poll(below).toBeLessThan(2);
  });

  it("draws other views, wider, dark or without a ground", async () => {
    const page = await openShare();
    await page.locator(".share-figure").getByRole("button", { name: "Matrix" }).click();
    await page.locator(".share-figure").getByRole("button", { name: "170 mm" }).click();
    await page.locator(".share-figure").getByRole("button", { name: "Dark" }).click();
    const svg = (await saved(page, () => kind(page, "SVG").click())).bytes.toString();
    expect(svg).toMatch(/width="481\.89pt"/);
    expect(svg).toContain('fill="#15171C"');
    await page.locator(".share-figure").getByRole("button", { name: "Transparent" }).click();
    await page.locator(".share-figure").getByLabel("Caption with model, text and head").uncheck();
    const bare = (await saved(page, () => kind(page, "SVG").click())).bytes.toString();
    expect(bare).not.toContain("caption");
    expect(bare).not.toMatch(/<rect width="[\d.]+" height="[\d.]+" fill="#FFFFFF"\/>/);
  });

  it("saves one page that works without a network", async () => {
    const page = await openShare();
    const file = await saved(page, () => page.getByRole("button", { name: /Offline page/ }).click());
    expect(file.name).toBe("gpt2-john-smith-is-also-all.html");
    expect(file.bytes.length).toBeLessThan(2e6);
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    await page.goto(pathToFileURL(file.path).href);
    await expect.poll(() => page.locator(".hs-word").count()).toBeGreaterThan(10);
    expect(await page.locator(".hs-map canvas").count()).toBe(1);
    expect(await page.locator(".hs-neuron-table").count()).toBe(1);
    expect(asked).toHaveLength(1);
  });

  it("copies the command line, Python and numbers", async () => {
    const page = await openShare();
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
    await page.getByRole("button", { name: /Copy as command line/ }).click();
    await expect
      .poll(clipboard)
      .toBe(
        "npx headscope view gpt2-john-smith-is-also.trace.safetensors --view head --layer 4 --head 11 --pin 8 --strongest 0.95 --width 85mm -o figure.svg",
      );
    await page.getByRole("button", { name: /Copy as Python/ }).click();
    await expect.poll(clipboard).toContain('weights = trace.attention("self", 4, 11)');
    await page.locator(".share-figure").getByRole("button", { name: "Matrix" }).click();
    await page.locator(".share-figure").getByRole("button", { name: "170 mm" }).click();
    await page.locator(".share-figure").getByLabel("Caption with model, text and head").uncheck();
    await page.getByRole("button", { name: /Copy as Python/ }).click();
    await expect
      .poll(clipboard)
      .toContain('view="matrix", layer=4, heads=[11], pin=[8], width="170mm", caption=False)');
    await page.getByRole("button", { name: /Copy as command line/ }).click();
    await expect
      .poll(clipboard)
      .toContain("--view matrix --layer 4 --head 11 --pin 8 --width 170mm --no-caption -o");
    await page.getByText("gpt2-john-smith-is-also.trace.safetensors is what Trace saves.").waitFor();
    await page.locator(".share-figure").getByRole("button", { name: "Lines" }).click();
    await page.getByRole("button", { name: "Copy numbers" }).click();
    await expect.poll(clipboard).toMatch(/^position\tword\t4\.11 Smith at 8\n/);
  });
});
