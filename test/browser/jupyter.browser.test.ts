// A real JupyterLab, where Python has one: what a trace and a widget draw, follow, say and keep.

import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, BrowserContext, Frame, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { command, type Lab, ready, runInKernel, startLab, writeNotebook } from "../support/jupyter.ts";
import { missing, pythonWith, ROOT } from "../support/python.ts";
import { launch } from "./chromium.ts";

const NEEDED = ["numpy", "safetensors", "jupyterlab", "ipykernel", "anywidget"];
const python = pythonWith(...NEEDED);
if (!python) process.stderr.write(`notebook: ${missing(...NEEDED)}\n`);

const LIGHT = "#FFFFFF";
const DARK = "#15171C";

/** Keeps what is on the screen for people to look at, where HEADSCOPE_SHOTS names a folder. */
async function keep(page: Page, name: string, seen = page.locator(".jp-OutputArea").first()): Promise<void> {
  const folder = process.env.HEADSCOPE_SHOTS;
  if (!folder) return;
  await seen.scrollIntoViewIfNeeded();
  await page.waitForTimeout(1000);
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

const surface = (element: Element): string => (element as HTMLElement).style.getPropertyValue("--surface");

describe.skipIf(!python)("in JupyterLab", () => {
  let lab: Lab;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let frame: Frame;
  const failures: string[] = [];

  beforeAll(async () => {
    [lab, browser] = await Promise.all([startLab(python!), launch()]);
    const trace = join(ROOT, "gallery", "traces", "gpt2-john-smith.safetensors");
    writeNotebook(join(lab.folder, "a.ipynb"), [
      `import headscope\nt = headscope.load(${JSON.stringify(trace)})`,
      "t.view(layer=4, heads=[11])",
      "w = t.widget(layer=4, heads=[11], height=420)\nw",
      "t.widget(view='matrix', height=300)",
    ]);
    context = await browser.newContext({ viewport: { width: 1300, height: 1000 } });
    page = await context.newPage();
    page.on("pageerror", (error) => failures.push(error.message));
    await page.goto(lab.page("a.ipynb"), { waitUntil: "domcontentloaded" });
    await ready(page);
    await command(page, "notebook:run-all-cells");
    const drawn = await page.waitForSelector(".jp-OutputArea iframe", { state: "attached", timeout: 60_000 });
    frame = (await drawn.contentFrame())!;
  });

  afterAll(async () => {
    await browser?.close();
    await lab?.stop();
    expect(failures).toEqual([]);
  });

  const widget = () => page.locator(".hs-panel").first();

  it("draws the static page and two widgets", async () => {
    await frame.waitForSelector(".hs-panel");
    await page.locator(".hs-panel").nth(1).waitFor();
    expect(await frame.locator(".hs-layer").textContent()).toBe("Layer 4");
    expect(await widget().locator(".hs-layer").textContent()).toBe("Layer 4");
    expect(await page.locator(".jp-OutputArea .hs-panel").count()).toBe(2);
    const ids = await page.locator(".hs-panel [id]").evaluateAll((all) => all.map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
    await keep(page, "light-page");
    await keep(page, "light-widget", widget());
  });

  it("follows the notebook's theme", async () => {
    const both = async () => [
      await frame.locator(".hs-panel").evaluate(surface),
      await widget().evaluate(surface),
    ];
    await expect.poll(both).toEqual([LIGHT, LIGHT]);
    await command(page, "apputils:change-theme", { theme: "JupyterLab Dark" });
    await expect.poll(both, { timeout: 20_000 }).toEqual([DARK, DARK]);
    // JupyterLab hides its cells while it changes, and what was laid out then was empty.
    await expect.poll(() => widget().getByText("Fred").first().isVisible(), { timeout: 5000 }).toBe(true);
    await keep(page, "dark-page");
    await keep(page, "dark-widget", widget());
  });

  it("tells Python what was chosen, and Python chooses; the list of layers opens in the shadow root", async () => {
    await widget().locator(".hs-layer").click();
    await widget().locator(".hs-layers li").nth(2).click();
    await expect.poll(() => runInKernel(page, "print(w.selection['layer'])")).toBe("2");
    await runInKernel(page, "w.selection = {**w.selection, 'layer': 7, 'heads': [2, 3], 'focus': 3}");
    await expect.poll(() => widget().locator(".hs-layer").textContent()).toBe("Layer 7");
    expect(await widget().locator('.hs-squares [aria-pressed="true"]').count()).toBe(2);
  });

  it("keeps its keys to itself", async () => {
    const cells = await page.locator(".jp-Cell").count();
    await widget().locator(".hs-layer").focus();
    for (const key of ["j", "b", "a"]) await page.keyboard.press(key);
    expect(await page.locator(".jp-Cell").count()).toBe(cells);
  });

  it("sends the scores of its heads", async () => {
    await runInKernel(page, "w.request_scores()");
    const asked = () =>
      runInKernel(page, "print(len(w.scores.get('self', {}).get('previous', {}).get('values', [])))");
    await expect.poll(asked, { timeout: 20_000 }).toBe("144");
  });

  it("keeps both pictures over a restart of the kernel", async () => {
    await page.evaluate(() =>
      window.jupyterapp!.shell.currentWidget!.sessionContext!.session!.kernel!.restart(),
    );
    await ready(page);
    expect(await frame.locator(".hs-panel").count()).toBe(1);
    await widget().locator(".hs-squares button").first().click();
    expect(await widget().locator('.hs-squares [aria-pressed="true"]').count()).toBe(3);
    await keep(page, "restarted-page");
    await keep(page, "restarted-widget", widget());
  });

  it("draws the saved page without a kernel, and a picture with a sentence where it is not trusted", async () => {
    await command(page, "docmanager:save");
    const saved = join(lab.folder, "a.ipynb");
    await expect.poll(() => readFileSync(saved, "utf8").includes("srcdoc"), { timeout: 20_000 }).toBe(true);
    copyFileSync(saved, join(lab.folder, "again.ipynb"));
    const strange = readFileSync(saved, "utf8").replace("import headscope", "# strange\\nimport headscope");
    writeFileSync(join(lab.folder, "strange.ipynb"), strange);
    await page.evaluate(() => window.jupyterapp!.serviceManager.sessions.shutdownAll());

    const again = await context.newPage();
    await again.goto(lab.page("again.ipynb"), { waitUntil: "domcontentloaded" });
    const kept = await again.waitForSelector(".jp-OutputArea iframe", { state: "attached", timeout: 60_000 });
    await (await kept.contentFrame())!.waitForSelector(".hs-panel");
    await keep(again, "reopened");
    await keep(again, "reopened-end", again.locator(".jp-Cell").last());

    const untrusted = await context.newPage();
    await untrusted.goto(lab.page("strange.ipynb"), { waitUntil: "domcontentloaded" });
    const picture = untrusted.locator(".jp-OutputArea img");
    await picture.waitFor({ timeout: 60_000 });
    expect(await untrusted.locator(".jp-OutputArea iframe").count()).toBe(0);
    expect(await untrusted.getByText("This notebook is not trusted").isVisible()).toBe(true);
    expect(await picture.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(12 * 19 + 3);
    await keep(untrusted, "untrusted", picture);
  });
});
