// The page for everyone: axe-core finds nothing on any main state, light and dark; lists are one tab stop each.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import type { OpenOptions } from "./browser.ts";
import { ROOT, usePage } from "./page.ts";

const { show: open } = usePage();
const AXE = readFileSync(join(ROOT, "node_modules/axe-core/axe.min.js"), "utf8");
const RECORDED = "trace=gallery/traces/gpt2-john-smith.safetensors&l=4&h=11&pin=8";
const PAIR = "trace=gallery/traces/bert-cat-rug.safetensors&l=3&pin=2,5";
const TRANSLATED = "trace=gallery/traces/translate-en-de-swim.safetensors";

interface Axe {
  readonly axe: {
    run(part: string, options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
  };
}

/** What axe-core objects to: WCAG 2.2 A and AA, best practice, and that names begin as labels do. */
async function violations(page: Page, within = "html"): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async (part) => {
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const { axe } = globalThis as unknown as Axe;
    const { violations } = await axe.run(part, {
      runOnly: { type: "tag", values: tags },
      rules: { "label-content-name-mismatch": { enabled: true } },
      resultTypes: ["violations"], // what passed is not told element by element
    });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
  }, within);
}

const click = (name: string) => (page: Page) =>
  page.getByRole("button", { name, exact: true }).first().click();

type Act = (page: Page) => Promise<unknown>;

interface State {
  readonly name: string;
  readonly hash: string;
  readonly options?: OpenOptions;
  readonly act?: Act;
}

const PHONE = { width: 390, height: 844 };
const EDITED = `model=stories-gpt2&text=Tom+saw+a+big+cat.+She&l=3&h=2&pin=6&panel=edits&dock=open&edits=${encodeURIComponent("scale head 3.2 by 0.5;!zero head 4.4")}`;

/** The list of edits, with words in its field that are no edit. */
const typedWrong: Act = async (page) => {
  await page.locator(".edit small", { hasText: "Reached" }).waitFor();
  await page.getByRole("textbox", { name: "An edit in words" }).fill("erase head 3.2");
  await page.keyboard.press("Enter");
  await page.locator(".typed-edit [role=alert]").waitFor();
};

const STATES: readonly State[] = [
  { name: "the first page", hash: "" },
  { name: "the first page on a small laptop", hash: "", options: { width: 1280, height: 720 } },
  { name: "one token, live", hash: "model=stories-gpt2&text=Hello" },
  { name: "a matrix", hash: `${RECORDED}&view=matrix` },
  { name: "no word pinned", hash: `${RECORDED}&pin=none` },
  { name: "several heads of two sentences", hash: `${PAIR}&h=0,8&focus=8&filter=ab` },
  { name: "what a model wrote", hash: TRANSLATED },
  { name: "attentions in one matrix", hash: `${TRANSLATED}&block=all` },
  { name: "words in rows", hash: `${PAIR}&orientation=horizontal` },
  { name: "words in rows on a phone", hash: `${RECORDED}&orientation=horizontal`, options: PHONE },
  { name: "a tablet", hash: RECORDED, options: { width: 1024, height: 768 } },
  { name: "a phone", hash: "", options: PHONE },
  { name: "the map on a phone", hash: "", options: PHONE, act: click("Map") },
  { name: "the neurons on a phone", hash: "", options: PHONE, act: click("Neurons") },
  { name: "edits", hash: EDITED, act: typedWrong },
  {
    name: "edits on a phone",
    hash: EDITED,
    options: PHONE,
    act: async (page) => {
      await click("Edits")(page);
      await typedWrong(page);
    },
  },
  {
    name: "a run with edits beside itself",
    hash: `${EDITED}&compare=side`,
    act: (page) => page.locator(".hbody.compare section").nth(1).waitFor(),
  },
  {
    name: "a run with edits above itself, on a phone",
    hash: `${EDITED.replace("panel=edits", "panel=neurons")}&compare=side`,
    options: PHONE,
    act: (page) => page.locator(".hbody.compare section").nth(1).waitFor(),
  },
  {
    name: "edited neurons",
    hash: EDITED.replace("panel=edits", "panel=neurons").replace("scale%20head", "scale%20q3,9%20of"),
    act: (page) => page.locator(".hs-edited").first().waitFor(),
  },
  {
    name: "an error",
    hash: "trace=../../etc/passwd",
    act: (page) => page.locator(".notice[role=alert]").waitFor(),
  },
];

/** What opens over the page; Escape closes it. */
const OVER: readonly (readonly [string, Act])[] = [
  ["the key sheet", (page) => page.keyboard.press("?")],
  ["the models", (page) => page.locator(".btn.model").click()],
  ["the gallery", click("Gallery")],
  ["recent runs", click("Recent runs")],
  ["Share", click("Share")],
  ["how to continue", click("How to continue")],
  ["the status", (page) => page.locator(".live").click()],
  ["the list of layers", (page) => page.locator(".crumb button:not(.item)").nth(1).click()],
  ["the list of words", (page) => page.locator(".crumb button:not(.item)").last().click()],
  ["the edit menu", (page) => page.locator(".hs-squares button").first().click({ button: "right" })],
  ["tables", (page) => page.keyboard.press("t")],
];

const THEMES = ["dark", "light"] as const;

/** What axe-core objects to in each theme; the page follows the system's, as it does where it was opened in that one. */
async function inThemes(page: Page, within?: string): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const theme of THEMES) {
    await page.emulateMedia({ colorScheme: theme });
    await page.locator(`html[data-theme=${theme}]`).waitFor({ state: "attached" });
    found[theme] = await violations(page, within);
  }
  return found;
}
const NOTHING = { light: [], dark: [] };

describe("axe-core, light and dark", () => {
  it.each(STATES)(
    "finds nothing on $name",
    async ({ hash, options, act }) => {
      const page = await open(hash, { ...options, theme: THEMES[0], reducedMotion: "reduce" });
      await act?.(page);
      expect(await inThemes(page)).toEqual(NOTHING);
    },
    60_000,
  );

  it("finds nothing in what opens over the page", async () => {
    const page = await open(RECORDED, { theme: THEMES[0], reducedMotion: "reduce" });
    await page.getByRole("button", { name: "Close this notice" }).click();
    for (const [name, show] of OVER) {
      await show(page);
      await page.locator(".later").waitFor({ state: "detached" });
      const within = name === "tables" ? "html" : ".pop, dialog";
      expect(await inThemes(page, within), name).toEqual(NOTHING);
      if (name !== "tables") await page.keyboard.press("Escape");
    }
  }, 60_000);
});

describe("keys", () => {
  it("Find heads is one tab stop, and arrows walk through all of its rows", async () => {
    const page = await open("trace=gallery/traces/gpt2-john-smith.safetensors&l=4&h=11&score=previous");
    await page.locator(".find .chip.on").focus();
    const focused = () => page.evaluate(() => document.activeElement?.textContent ?? "");
    await page.keyboard.press("ArrowRight");
    expect(await focused()).not.toBe("Previous token");
    expect(await page.locator(".frow[tabindex='0']").count()).toBe(1);
    await page.locator(".frow[tabindex='0']").focus();
    expect(await focused()).toMatch(/^1Head 4\.11/);
    await page.keyboard.press("End");
    await expect.poll(focused).toMatch(/^144Head/);
    await page.keyboard.press("ArrowUp");
    await expect.poll(focused).toMatch(/^143Head/);
    expect(await page.locator(".frow[tabindex='0']").count()).toBe(1);
    await page.keyboard.press("Home");
    await expect.poll(focused).toMatch(/^1Head/);
    await page.keyboard.press("ArrowDown");
    await page.waitForTimeout(100);
    const second = /Head (\d+)\.(\d+)/.exec(await focused())!;
    await page.keyboard.press("Enter");
    expect(new URL(page.url()).hash).toContain(`l=${second[1]}&h=${second[2]}`);
  });

  it("Tab begins at the top, where one key leads past the bars", async () => {
    const page = await open();
    const focused = () => page.evaluate(() => document.activeElement?.className ?? "");
    await page.keyboard.press("Tab");
    expect(await focused()).toContain("skip");
    await page.keyboard.press("Tab");
    expect(await focused()).toContain("btn model");
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Enter");
    expect(await focused()).toContain("hs-words");
  });

  it("from the first page to the words of the head view are few stops", async () => {
    const page = await open();
    const stops: string[] = [];
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press("Tab");
      const at = await page.evaluate(() => document.activeElement?.className ?? "");
      stops.push(at);
      if (at.includes("hs-words")) break;
    }
    expect(stops.at(-1)).toContain("hs-words");
    expect(stops.filter((name) => name.includes("frow")).length).toBe(1);
    expect(stops.filter((name) => /^chip/.test(name)).length).toBeLessThan(8);
  });
});
