// The built page, served by our own server with the bundled models and the gallery, opened in Chromium for tests.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { build } from "../../scripts/build.mjs";
import { serve } from "../../src/cli/serve.ts";
import { readTrace, type Trace } from "../../src/trace/index.ts";
import { type OpenOptions, type Stage, useStage } from "./browser.ts";

/** The repository's folder. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A stage on which the page can be opened at an address's parameters. */
export interface PageStage extends Stage {
  /** Open the page and wait until its first picture stands. */
  show(hash?: string, options?: OpenOptions): Promise<Page>;
}

/** Build and serve the page for the tests of one file. */
export function usePage(): PageStage {
  const stage = useStage(async () => {
    if (!process.env.HEADSCOPE_TEST_RUN) await build(); // npm test has just built
    const [app, models, gallery] = [join(ROOT, "dist/app"), join(ROOT, "models"), join(ROOT, "gallery")];
    const serving = await serve({ app, models, gallery, port: 0 });
    return { url: `http://localhost:${serving.port}`, close: serving.close };
  });
  const show = async (hash = "", options: OpenOptions = {}): Promise<Page> => {
    const page = await stage.visit(`/${hash && `#${hash}`}`, options);
    await page.waitForSelector("html[data-ready]", { state: "attached", timeout: 25_000 });
    return page;
  };
  return { ...stage, show };
}

/** What the breadcrumb says. */
export const crumbs = (page: Page) => page.locator(".crumb button:not(.item)").allTextContents();

/** A parameter of the page's address. */
export const param = (page: Page, name: string) =>
  new URLSearchParams(new URL(page.url()).hash.slice(1)).get(name);

/** Whether the run is live. */
export const status = (page: Page) => page.locator(".live").textContent();

/** A popover or a dialog, once the code of what it shows was fetched. */
export const filled = (page: Page, panel: string) => page.locator(`${panel}:not(:has(.later))`);

/** Open a checkpoint folder of this machine in the page. */
export async function pickFolder(page: Page, folder: string): Promise<void> {
  await page.locator(".btn.model").click();
  await page.locator("input[webkitdirectory]").setInputFiles(folder);
}

/** What the status popover says: where the model runs, and in which precision. */
export async function statusFacts(page: Page): Promise<string> {
  await page.locator(".live").click();
  const text = await filled(page, ".pop.status").textContent();
  await page.keyboard.press("Escape");
  return text!;
}

/** What the page would save of the run that it shows. */
export async function traceOf(page: Page): Promise<Trace> {
  await page.locator(".btn.share").click();
  const [saved] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: /^Trace/ }).click(),
  ]);
  await page.keyboard.press("Escape");
  return readTrace(new Uint8Array(readFileSync((await saved.path())!)));
}
