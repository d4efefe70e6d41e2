// Opens gallery states in Chromium for tests. A console error or warning, a page error or a failed request
// fails the test in which it happens.

import { mkdirSync } from "node:fs";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import type { ThemeName } from "../../src/views/index.ts";
import { type LaunchOptions, launch } from "./chromium.ts";
import { GALLERY, type Served, serve } from "./server.ts";
import type { Gallery, Reported } from "./state.ts";

/** How a state is opened. */
export interface OpenOptions extends BrowserContextOptions {
  readonly theme?: ThemeName;
  readonly width?: number;
  readonly height?: number;
  /** Device pixels per CSS pixel. */
  readonly ratio?: number;
}

/** A browser and a server for the tests of one file. */
export interface Stage {
  /** Show a state and wait until it is drawn. */
  open(state: string, options?: OpenOptions): Promise<Page>;
  /** Open any path of the repository's server, e.g. an app page. */
  visit(path: string, options?: OpenOptions): Promise<Page>;
  /** Problems so far in this test; a test that provokes some on purpose empties it. */
  readonly problems: string[];
}

/**
 * Start browser and server (the gallery's by default) before the tests of this file, check for problems after each,
 * stop both at the end.
 */
export function useStage(
  start: () => Promise<Served> = () => serve(),
  browserOptions: LaunchOptions = {},
): Stage {
  let browser: Browser;
  let served: Served;
  const problems: string[] = [];
  beforeAll(async () => {
    [browser, served] = await Promise.all([launch({ computesLittle: true, ...browserOptions }), start()]);
  });
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    expect(problems.splice(0)).toEqual([]);
  });
  afterAll(async () => {
    await Promise.all([browser?.close(), served?.close()]);
  });
  const visit = async (path: string, options: OpenOptions = {}): Promise<Page> => {
    const page = await newPage(browser, options);
    watch(page, problems);
    await page.goto(served.url + path);
    return page;
  };
  const open = async (state: string, options: OpenOptions = {}): Promise<Page> => {
    const query = `state=${encodeURIComponent(state)}&theme=${options.theme ?? "light"}`;
    const page = await visit(`${GALLERY}?${query}`, options);
    const ready = page.waitForSelector("html[data-ready]", { state: "attached", timeout: 20_000 });
    await ready.catch(() => expect.fail(`${state} was not drawn. ${problems.splice(0).join(" ")}`));
    return page;
  };
  return { open, visit, problems };
}

async function newPage(browser: Browser, options: OpenOptions): Promise<Page> {
  const { theme = "light", width = 1440, height = 900, ratio = 1, ...rest } = options;
  const context = await browser.newContext({
    viewport: { width, height },
    deviceScaleFactor: ratio,
    colorScheme: theme,
    ...rest,
  });
  return context.newPage();
}

function watch(page: Page, problems: string[]): void {
  page.on("console", (message) => {
    // Tests read pixels back, which the page itself never does.
    if (message.text().includes("Multiple readback operations")) return;
    if (["error", "warning"].includes(message.type())) problems.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => problems.push(`page: ${error.stack ?? error.message}`));
  page.on("requestfailed", (request) =>
    problems.push(`request: ${request.url()} ${request.failure()?.errorText}`),
  );
  page.on("response", (response) => {
    if (response.status() >= 400) problems.push(`request: ${response.url()} ${response.status()}`);
  });
}

/** Calls of callback props so far; those of one name only if `name` is given. */
export async function events(page: Page, name?: string): Promise<Reported[]> {
  const all = await page.evaluate(() => (globalThis as unknown as { gallery: Gallery }).gallery.events);
  return name === undefined ? all : all.filter((event) => event.name === name);
}

/** Payload of the last call of a callback prop, or undefined. */
export async function lastEvent(page: Page, name: string): Promise<unknown> {
  return (await events(page, name)).at(-1)?.payload;
}

/** Call `update` of the view that is shown. */
export async function update(page: Page, props: Record<string, unknown>): Promise<void> {
  await page.evaluate((changed) => {
    (globalThis as unknown as { gallery: Gallery }).gallery.view?.update(changed);
  }, props);
}

/** Let go on what waits in a state until it is told to. */
export async function goOn(page: Page): Promise<void> {
  await page.evaluate(() => dispatchEvent(new Event("go-on")));
}

/** A folder that exists, for pictures. */
export function folder(path: string): string {
  mkdirSync(path, { recursive: true });
  return path;
}
