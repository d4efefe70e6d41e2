// Smaller faults that using the page showed: a weak opening, a phone's narrow screen, maps that scroll, tables, search.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { readTrace } from "../../src/trace/index.ts";
import { crumbs, filled, param, ROOT, usePage } from "./page.ts";

const { show: open } = usePage();
const JOHN = "trace=gallery/traces/gpt2-john-smith.safetensors&l=4&h=11&pin=8";
const MIA = "trace=gallery/traces/stories-gpt2-mia.safetensors&l=4&h=0,2,4&focus=4&pin=11&score=induction";
const SWIM = "trace=gallery/traces/translate-en-de-swim.safetensors";
const trace = readTrace(readFileSync(join(ROOT, "gallery/traces/gpt2-john-smith.safetensors")));
/** The score of Fred from the second Smith in head 4.11. */
const FRED = trace.scores("self", 4, 11)[8 * 9 + 7]!.toFixed(3);
const PHONE = { width: 390, height: 844, hasTouch: true, isMobile: true };

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const box = async (page: Page, selector: string): Promise<Box> =>
  (await page.locator(selector).first().boundingBox())!;
const right = ({ x, width }: Box) => x + width;
const bottom = ({ y, height }: Box) => y + height;

describe("the text's field", () => {
  it.each([{}, PHONE])(
    "shows whole lines of a long text, wherever it is scrolled to (%j)",
    async (options) => {
      const page = await open(JOHN, options);
      const area = page.locator('[data-field="text"]');
      await area.fill("one two three four five six seven ".repeat(20));
      const cut = await area.evaluate((field: HTMLTextAreaElement) => {
        field.scrollTop = field.scrollHeight;
        const line = Number.parseFloat(getComputedStyle(field).lineHeight);
        return { lines: field.clientHeight / line, above: (field.scrollTop / line) % 1 };
      });
      expect(cut).toEqual({ lines: 4, above: 0 });
    },
  );
});

it("the next tokens have their words on a phone", async () => {
  const page = await open(
    "model=stories-gpt2&text=Lily+saw+a+dog.+The+dog&edits=zero+head+3.2&tab=edits",
    PHONE,
  );
  const words = page.locator("table.next tbody th");
  await expect.poll(() => words.allTextContents(), { timeout: 20_000 }).toContain("was");
  for (const word of await words.all())
    expect(await word.evaluate((cell) => cell.scrollWidth <= cell.clientWidth)).toBe(true);
  expect(right(await box(page, "table.next"))).toBeLessThanOrEqual(390);
});

describe("a first visit", () => {
  it("begins with GPT-2's head 4.11, and She or He stand beside each other", async () => {
    const page = await open();
    expect((await crumbs(page)).slice(0, 3)).toEqual(["gpt2", "Layer 4", "Head 11"]);
    const chips = page.locator(".begin .chip");
    expect(await chips.allTextContents()).toEqual([
      "Looks one word back, 4.11",
      "Fades with distance, 1.10",
      "What came after, last time",
      "She or He",
    ]);
    await chips.nth(3).click();
    await expect.poll(() => page.locator(".hbody.compare section").count()).toBe(2);
    const words = await page.locator(".hbody.compare .hs-left").allTextContents();
    expect([words[0]!.includes("She"), words[1]!.includes("He")]).toEqual([true, true]);
    await page.reload();
    await page.waitForSelector("html[data-ready]", { state: "attached" });
    await expect.poll(() => page.locator(".hbody.compare section").count()).toBe(2);
    expect(await page.locator(".begin .chip.on").textContent()).toBe("She or He");
  });

  it.each([
    [1440, 900],
    [1920, 1080],
  ])("the map of a small model fills its column, %d wide", async (width, height) => {
    const page = await open(MIA, { width, height });
    const [map, last] = [await box(page, ".map"), await box(page, ".hs-map-heads span:last-child")];
    expect((right(last) - map.x) / map.width).toBeGreaterThan(0.7);
    const rows = await box(page, ".find .rows");
    expect(rows.height).toBeGreaterThan(100);
  });
});

describe("on a phone", () => {
  it("the pinned word is in sight, the first word whole, and the caption, too", async () => {
    const page = await open(MIA, PHONE);
    const frame = await box(page, ".hs-scroll");
    const pinned = await box(page, '.hs-left [aria-selected="true"]');
    expect(pinned.y).toBeGreaterThanOrEqual(frame.y - 1);
    expect(bottom(pinned)).toBeLessThanOrEqual(bottom(frame) + 1);
    const tops = await page
      .locator(".hs-left .hs-word")
      .evaluateAll((words) => words.map((word) => word.getBoundingClientRect().top));
    expect(tops.some((top) => Math.abs(top - frame.y) < 2)).toBe(true);
    const says = page.locator(".notice .says");
    expect(await says.evaluate((p) => p.scrollHeight - p.clientHeight)).toBeLessThanOrEqual(1);
  });

  it("Continue says what it is, rows are tall enough for a finger, no key is offered", async () => {
    const page = await open(`${MIA}&tab=map`, PHONE);
    expect(await page.locator(".split .draws .phone-only").isVisible()).toBe(true);
    expect((await box(page, ".frow")).height).toBeGreaterThanOrEqual(44);
    expect(await page.locator("kbd:visible").count()).toBe(0);
    const field = await page.locator("[data-field=text]").evaluate((area) => area.clientWidth);
    expect(field).toBeGreaterThan(140);
  });

  it("the magnifier stays inside the window and speaks to a finger", async () => {
    const page = await open(`${JOHN}&tab=map`, PHONE);
    const map = await box(page, ".hs-map-plane");
    for (const y of [40, map.height / 2, map.height - 20]) {
      const at = { pointerType: "touch", pointerId: 1, button: 0, clientX: map.x + 200, clientY: map.y + y };
      await page.locator(".hs-map-plane").evaluate((plane, init) => {
        plane.setPointerCapture = () => {};
        plane.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true, ...init }));
      }, at);
      const shown = page.locator(".hs-magnifier:popover-open");
      await shown.waitFor();
      const magnifier = await box(page, ".hs-magnifier");
      expect(magnifier.y).toBeGreaterThanOrEqual(0);
      expect(bottom(magnifier)).toBeLessThanOrEqual(844);
      expect(right(magnifier)).toBeLessThanOrEqual(390);
      expect(await shown.locator("p").textContent()).toBe("Lift to open");
      await page
        .locator(".hs-map-plane")
        .dispatchEvent("pointercancel", { pointerType: "touch", pointerId: 1 });
      await shown.waitFor({ state: "detached" }).catch(() => {});
    }
  });

  it("help and the documentation are reached without a key", async () => {
    const page = await open("", PHONE);
    await page.locator(".gallery-button").click();
    await page.getByRole("button", { name: "Help" }).click();
    expect(await filled(page, "dialog[open]").textContent()).toContain("Documentation");
  });
});

it("a map that scrolls keeps head numbers and legends in sight, and shows that it scrolls", async () => {
  const page = await open(JOHN, { width: 1280, height: 600 });
  const scroll = page.locator(".hs-map-scroll");
  expect(await scroll.evaluate((e) => e.scrollHeight > e.clientHeight + 40)).toBe(true);
  const seen = () =>
    Promise.all(
      [".hs-map-heads span:last-child", ".hs-map-legend"].map(async (part) => (await box(page, part)).y),
    );
  const before = await seen();
  await scroll.evaluate((e) => {
    e.scrollTop = e.scrollHeight;
  });
  expect(await seen()).toEqual(before);
  const [legend, map] = [await box(page, ".hs-map-legend"), await box(page, ".map")];
  expect(bottom(legend)).toBeLessThanOrEqual(bottom(map));
  const bar = await scroll.evaluate((e) => getComputedStyle(e, "::-webkit-scrollbar").width);
  expect(bar).toBe("9px");
});

describe("Find heads", () => {
  it("/ searches by head, by layer and by label, and the list is walked from there", async () => {
    const page = await open(JOHN);
    const ids = () => page.locator(".frow .id").allTextContents();
    const listed = async () => (await box(page, ".find .all")).height / (await box(page, ".frow")).height;
    await page.keyboard.press("/");
    await page.keyboard.type("4.");
    await expect.poll(listed).toBe(12);
    expect((await ids()).every((id) => id.startsWith("Head 4."))).toBe(true);
    await page.keyboard.press("ArrowDown");
    expect(await page.evaluate(() => document.activeElement?.className)).toContain("frow");
    await page.locator(".find-search input").fill("distance");
    await expect.poll(ids).not.toContain("Head 4.11");
    for (const labels of await page
      .locator(".frow .lab")
      .evaluateAll((all) => all.map((lab) => (lab as HTMLElement).title)))
      expect(labels).toContain("distance decay");
    await page.locator(".find-search input").fill("nothing");
    expect(await page.locator(".find .more[role=status]").textContent()).toContain("No head matches");
    await page.locator(".find-search input").fill("1.10");
    await page.keyboard.press("Enter");
    expect([param(page, "l"), param(page, "h")]).toEqual(["1", "10"]);
  });

  it("the name of a score typed into the search ranks by it, so that Enter opens the first of its heads", async () => {
    const page = await open(`${MIA}&score=previous&l=0&h=0`);
    await page.locator(".frow").first().waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("induction");
    await expect.poll(() => page.locator(".find .chip.on").textContent()).toBe("Induction");
    await expect.poll(() => page.locator(".frow .id").first().textContent()).toBe("Head 4.4");
    await page.keyboard.press("Enter");
    expect([param(page, "l"), param(page, "h")]).toEqual(["4", "4"]);
  });

  it("says the same words on chips and on heads", async () => {
    const page = await open(MIA);
    const chips = (await page.locator(".find .chip").allTextContents()).map((name) => name.toLowerCase());
    const tags = await page.locator(".frow .tag").allTextContents();
    expect(tags.length).toBeGreaterThan(0);
    expect(tags.filter((tag) => !tag.startsWith("+") && !chips.includes(tag))).toEqual([]);
  });

  it("goes on where all attentions of a translator are shown, and so do the neurons", async () => {
    const page = await open(`${SWIM}&block=all`);
    expect(await page.locator(".find .chip").first().textContent()).toBe("Alignment");
    expect(await page.locator(".says-score").textContent()).toMatch(/^In cross attention/);
    const row = page.locator(".frow").nth(1);
    const id = (await row.locator(".id").textContent())!.replace("Head ", "");
    await row.click();
    await expect.poll(() => `${param(page, "l")}.${param(page, "h")}`).toBe(id);
    expect(param(page, "block")).toBe("all");
    expect(await page.locator(".dock").textContent()).toContain("cross attention");
    const neurons = page.locator(".dock .hs-neuron-table");
    expect(await neurons.getAttribute("aria-label")).toBe(`How schwimmen attends in head ${id}`);
    await page.locator(".hs-left .hs-word").first().click();
    await expect.poll(() => neurons.getAttribute("aria-label")).toBe(`How She attends in head ${id}`);
    expect(await page.locator(".dock").textContent()).toContain("encoder attention");
  });
});

describe("tables of numbers", () => {
  it.each([1440, 800])(
    "stand for every picture, scroll inside their panel, and say that they are on, %d wide",
    async (width) => {
      const page = await open(`${JOHN}&dock=open`, { width, height: 900 });
      await page.keyboard.press("t");
      const on = page.getByRole("button", { name: /Tables of numbers/ });
      await on.waitFor();
      expect(await page.locator(".lines-view").count()).toBe(0);
      for (const panel of [".map", ".matrix-view", ".dock"]) {
        const [outer, inner] = [await box(page, panel), await box(page, `${panel} .hs-table-scroll`)];
        expect(right(inner), panel).toBeLessThanOrEqual(right(outer));
        expect(bottom(inner), panel).toBeLessThanOrEqual(bottom(outer));
        expect(inner.height, panel).toBeGreaterThan(60);
      }
      const fred = page.locator(".dock .hs-table tr", { hasText: "Fred" });
      expect((await fred.locator("td").allTextContents()).slice(0, 2)).toEqual([FRED, "1.000"]);
      await on.click();
      await page.locator(".dock .hs-cells").waitFor();
    },
  );
});

it("the first token's share is said beside the switch that hides it", async () => {
  const page = await open(
    "trace=gallery/traces/gpt2-quick-brown-fox.safetensors&l=5&h=1&pin=none&score=first",
  );
  const hide = page.getByRole("switch", { name: /Hide first token/ });
  expect(await hide.textContent()).toMatch(/takes (1\.00|\.99)/);
  await hide.click();
  expect(await hide.textContent()).not.toContain("takes");
});

it("documentation is linked, and the server has it", async () => {
  const page = await open(JOHN);
  await page.keyboard.press("?");
  await filled(page, "dialog[open]").waitFor();
  const links = await page
    .locator(".docs a")
    .evaluateAll((all) => all.map((a) => (a as HTMLAnchorElement).href));
  expect(links.length).toBeGreaterThan(4);
  for (const link of links) {
    const answer = await page.request.get(link);
    expect([link, answer.status()]).toEqual([link, 200]);
    expect(answer.headers()["content-type"]).toContain("text/plain");
  }
});

it("scores of the neurons do not touch their bars", async () => {
  const page = await open(`${JOHN}&dock=open`);
  const gaps = await page.locator(".hs-blocks").evaluate((blocks) => {
    const canvas = blocks.querySelector<HTMLCanvasElement>(".hs-cells")!;
    const frame = canvas.getBoundingClientRect();
    const context = canvas.getContext("2d")!;
    const ratio = canvas.width / frame.width;
    const at = (x: number, y: number) =>
      context.getImageData((x - frame.left) * ratio, (y - frame.top) * ratio, 1, 1).data.join();
    return [...blocks.querySelectorAll("[role=row]")].flatMap((row) => {
      const score = row.querySelector("[role=cell]");
      if (!score || !/\d\d\./.test(score.textContent!)) return [];
      const { left, top, height } = score.getBoundingClientRect();
      // Under a number nothing is drawn: three pixels before it looks the same.
      return [at(left - 3, top + height / 2) === at(left + 8, top + height / 2)];
    });
  });
  expect(gaps.length).toBeGreaterThan(3);
  expect(gaps).not.toContain(false);
});

it("lists of layers have one height of rows", async () => {
  const page = await open(JOHN);
  await page.locator(".hs-layer").click();
  const bar = (await box(page, ".hs-layers li")).height;
  await page.keyboard.press("Escape");
  await page.locator(".crumb button").nth(1).click();
  expect((await box(page, ".menu.list .item")).height).toBe(bar);
});

it.each([1280, 1440, 1920])(
  "a recorded translation has one strip, and its fields show what they say, %d wide",
  async (width) => {
    const page = await open(SWIM, { width });
    const strips = page.locator(".notices .notice");
    const tops = await strips.evaluateAll((all) => all.map((strip) => strip.getBoundingClientRect().top));
    expect(new Set(tops).size).toBe(1);
    const cut = await page.locator("[data-field=target]").evaluate((element) => {
      const area = element as HTMLTextAreaElement;
      const context = document.createElement("canvas").getContext("2d")!;
      context.font = getComputedStyle(area).font;
      return context.measureText(area.placeholder).width - area.clientWidth;
    });
    expect(cut).toBeLessThanOrEqual(0);
  },
);

it("entries of the gallery have pictures, and recorded runs of one model are told apart", async () => {
  const page = await open();
  await page.locator(".gallery-button").click();
  const items = page.locator(".gallery .item");
  await items.first().waitFor();
  expect(await page.locator(".gallery .item .thumb canvas").count()).toBe(await items.count());
  const inked = await page.locator(".gallery .item .thumb canvas").evaluateAll((all) =>
    all.map((canvas) => {
      const { width, height } = canvas as HTMLCanvasElement;
      const data = (canvas as HTMLCanvasElement).getContext("2d")!.getImageData(0, 0, width, height).data;
      return new Set(new Uint32Array(data.buffer)).size;
    }),
  );
  expect(Math.min(...inked)).toBeGreaterThan(2);
  await page.keyboard.press("Escape");
  await page.locator(".btn.model").click();
  await filled(page, ".pop.models").waitFor();
  const names = await page
    .locator(".pop.models .item > span:first-child")
    .evaluateAll((all) => all.map((span) => span.firstChild!.textContent));
  expect(new Set(names).size).toBe(names.length);
});

it.each([800, 1024, 1280])("the text has room to be read, %d wide", async (width) => {
  const page = await open(JOHN, { width, height: 720 });
  const field = await page.locator("[data-field=text]").evaluate((area) => area.clientWidth);
  expect(field).toBeGreaterThan(200);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
});
