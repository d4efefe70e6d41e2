// What is written fits where it stands, at every width: nothing that counts is cut, hidden under a border or pushed out.

import type { Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { usePage } from "./page.ts";

const { show: open } = usePage();
const JOHN = "trace=gallery/traces/gpt2-john-smith.safetensors&l=4&h=11&pin=8";
const SWIM = "trace=gallery/traces/translate-en-de-swim.safetensors&block=cross";
const PHONE = { width: 390, height: 844, hasTouch: true, isMobile: true };

const box = async (page: Page, selector: string) => (await page.locator(selector).first().boundingBox())!;

const edges = async (all: Locator) =>
  Promise.all([all.first(), all.last()].map(async (one) => (await one.boundingBox())!));

/** Elements whose text is wider than they are, or that reach out of `frame`. */
const cutIn = (page: Page, frame: string, parts: string) =>
  page
    .locator(frame)
    .first()
    .evaluate((outer, selector) => {
      const edge = outer.getBoundingClientRect();
      return [...outer.querySelectorAll<HTMLElement>(selector)].flatMap((part) => {
        const { left, right, width } = part.getBoundingClientRect();
        const cut = part.scrollWidth > part.clientWidth + 1;
        return width > 0 && (cut || left < edge.left + 4 || right > edge.right) ? [part.textContent] : [];
      });
    }, parts);

describe("Find heads", () => {
  it.each([1199, 1200, 1440, 800])(
    "labels and how many more there are stand whole, %d wide",
    async (width) => {
      const page = await open(`${JOHN}&score=decay`, { width, height: 900 });
      await page.locator(".frow .tag + .tag").first().waitFor();
      expect(await cutIn(page, ".find .rows", ".tag + .tag")).toEqual([]);
      const out = await page.locator(".frow .lab").evaluateAll((all) =>
        all.filter((lab) => {
          const last = lab.lastElementChild?.getBoundingClientRect();
          return last !== undefined && last.right > lab.getBoundingClientRect().right + 0.5;
        }),
      );
      expect(out).toHaveLength(0);
      expect(await cutIn(page, ".find .rows", ".tag:first-child")).toEqual([]);
    },
  );
});

describe("the dock", () => {
  it.each([721, 1024, 1199, 1280])("its tabs and its switch fit, %d wide", async (width) => {
    const page = await open(`${JOHN}&dock=open`, { width, height: 900 });
    expect(await cutIn(page, ".dock .ph", ".tabs button, [role=radio]")).toEqual([]);
    const [frame, last] = [await box(page, ".dock"), await page.getByRole("radio").last().boundingBox()];
    expect(last!.x + last!.width).toBeLessThanOrEqual(frame.x + frame.width - 8);
  });
});

describe("the column of words of the neurons", () => {
  it.each([1024, 1440])("begins within the panel, whatever the query is called, %d wide", async (width) => {
    const page = await open(`${SWIM}&dock=open`, { width, height: 900 });
    const query = page.locator(".hs-neuron-table > .hs-strong");
    expect(await query.textContent()).toContain("schwimmen");
    const [frame, name] = [await box(page, ".dock"), (await query.boundingBox())!];
    expect(name.x - frame.x).toBeGreaterThanOrEqual(12);
    expect(await cutIn(page, ".hs-blocks", ".hs-neuron-table > .hs-strong")).toEqual([]);
  });

  it("says how many others there are, in full", async () => {
    const page = await open(
      `model=stories-gpt2&text=${encodeURIComponent("Lily ran to the park. ".repeat(60))}`,
    );
    const others = page.locator(".hs-neuron-table .hs-faint[role=rowheader]");
    await others.waitFor();
    expect(await others.textContent()).toMatch(/^\d{3,} others$/);
    expect(await cutIn(page, ".hs-blocks", ".hs-faint[role=rowheader]")).toEqual([]);
  });
});

describe("the bars of a model with two texts", () => {
  it.each([721, 768, 1024])(
    "the choice of attention stands clear of where one is, %d wide",
    async (width) => {
      const page = await open(SWIM, { width, height: 1024 });
      const [where, choice] = [await box(page, ".crumb"), await box(page, ".sub > .seg")];
      const words = await page.locator(".crumb").evaluate((crumb) => crumb.scrollWidth);
      expect(words).toBeLessThanOrEqual(Math.ceil(where.width));
      expect(choice.x >= where.x + where.width || choice.y >= where.y + where.height).toBe(true);
      expect(await cutIn(page, ".sub", "button")).toEqual([]);
    },
  );

  it("a short source is read whole, 1440 wide, and an empty target counts no token", async () => {
    const page = await open(SWIM);
    expect(await cutIn(page, ".fields", "[data-field=text]")).toEqual([]);
    const counts = page.locator(".field i");
    expect([await counts.first().textContent(), await counts.last().textContent()]).toEqual(["6", ""]);
  });
});

describe("on a phone", () => {
  it("the first example's words are all in sight", async () => {
    const page = await open("", PHONE);
    const words = page.locator(".hs-left .hs-word");
    await expect.poll(() => words.count()).toBe(9);
    const [frame, first, last] = [await box(page, ".lines-view"), ...(await edges(words))];
    expect(first!.y).toBeGreaterThanOrEqual(frame.y);
    expect(last!.y + last!.height).toBeLessThanOrEqual(frame.y + frame.height);
  });

  it("text, Run with its model, and Continue share one line under a recorded run", async () => {
    const page = await open("trace=gallery/traces/stories-gpt2-mia.safetensors&l=4&h=4&pin=11", PHONE);
    const run = await box(page, ".btn.run");
    const [field, more] = [await box(page, ".field"), await box(page, ".draws")];
    const middle = (one: { y: number; height: number }) => one.y + one.height / 2;
    expect(Math.abs(middle(run) - middle(field))).toBeLessThan(6);
    expect(Math.abs(middle(more) - middle(field))).toBeLessThan(6);
    expect(await page.locator(".btn.run").textContent()).toContain("Run stories-gpt2");
    expect(more.x + more.width).toBeLessThanOrEqual(390);
  });

  it("the first of two texts has a line of its own up to the edge, and Run stands beside the second", async () => {
    const texts = "text=Tom+saw+a+big+cat.+The+cat+was+sad.&b=Tom+saw+a+dog.&compare=side";
    const page = await open(`model=stories-gpt2&${texts}`, PHONE);
    const [a, b] = await Promise.all(
      ["text", "b"].map((name) => box(page, `.field:has([data-field=${name}])`)),
    );
    const run = await box(page, ".btn.run");
    expect([a!.x, a!.x + a!.width]).toEqual([12, 378]);
    expect(b!.y).toBeGreaterThanOrEqual(a!.y + a!.height);
    expect(b!.x + b!.width).toBeLessThan(run.x);
    expect(Math.abs(run.y - b!.y)).toBeLessThan(6);
  });

  it("a text that is too long goes on up to the edge of its field", async () => {
    const page = await open("model=stories-gpt2&text=Tom+saw+an+extraordinarily+unexpected+cat", PHONE);
    const wide = await page
      .locator("[data-field=text]")
      .evaluate((area) => [area.scrollWidth > area.clientWidth, getComputedStyle(area).whiteSpace]);
    expect(wide).toEqual([true, "pre"]);
    expect(await page.locator(".field.cut").count()).toBe(1);
  });
});

describe("a pair of texts", () => {
  it.each([1024, 1280, 1440])("what stands in an empty field is not cut, %d wide", async (width) => {
    const page = await open(SWIM, { width, height: 900 });
    const empty = page.locator("[data-field=target]");
    expect(await empty.inputValue()).toBe("");
    const [needs, has] = await empty.evaluate((field: HTMLTextAreaElement) => {
      const style = getComputedStyle(field);
      const context = document.createElement("canvas").getContext("2d")!;
      context.font = style.font;
      const room =
        field.clientWidth - Number.parseFloat(style.paddingLeft) - Number.parseFloat(style.paddingRight);
      return [context.measureText(field.placeholder).width, room];
    });
    expect(needs).toBeLessThanOrEqual(has!);
  });

  it.each([
    ["gallery/traces/bert-cat-rug.safetensors", ["A", "B"]],
    ["gallery/traces/translate-en-de-swim.safetensors&block=all", ["Source", "Target"]],
  ])("the names of its parts keep away from the border, %s", async (trace, names) => {
    const page = await open(`trace=${trace}&view=lines`);
    const letters = page.locator(".lines-view .hs-sentence");
    expect(await letters.allTextContents()).toEqual(names);
    const frame = await box(page, ".lines-view");
    for (const letter of await letters.all())
      expect((await letter.boundingBox())!.x - frame.x).toBeGreaterThanOrEqual(4);
  });
});
