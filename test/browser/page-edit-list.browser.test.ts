// The list of edits under the hand: its order by mouse, finger and keyboard, the slider while it is held, edits in words,
// what is refused, and sweeps that are stopped and go on.

import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { folderSource } from "../../src/checkpoint/node.ts";
import { type Model, openModel } from "../../src/engine/index.ts";
import { nodeRuntime } from "../../src/engine/runtime/node.ts";
import { editsFromText, writeTrace } from "../../src/trace/index.ts";
import { param, ROOT, usePage } from "./page.ts";

const { show } = usePage();
const SHE = "The doctor asked the nurse a question. She";
const at = (edits: string, more = "") =>
  `model=stories-gpt2&text=${encodeURIComponent(SHE)}&l=3&h=2&pin=12&panel=edits&dock=open&edits=${encodeURIComponent(edits)}${more}`;

const THREE = "zero head 3.2;scale head 4.4 by 0.5;!block 12>2 in 3.2";
const reached = (page: Page) =>
  page.locator(".edit small", { hasText: "Reached" }).first().waitFor({ timeout: 30_000 });
const sentences = (page: Page) => page.locator(".edit b").allTextContents();
const pick = async (page: Page, path: string) => {
  await page.locator(".btn.model").click();
  await page.locator("input[type=file]:not([webkitdirectory])").setInputFiles(path);
};
const middle = async (page: Page, selector: string, n: number) => {
  const box = (await page.locator(selector).nth(n).boundingBox())!;
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
};

let model: Model;
beforeAll(async () => {
  model = await openModel(await folderSource(join(ROOT, "models/stories-gpt2")), {
    runtime: await nodeRuntime(),
  });
});
afterAll(() => model.dispose());

describe("the order of edits", () => {
  it("changes by mouse: a row is dragged, marked where it would go, and dropped", async () => {
    const page = await show(at(THREE));
    await reached(page);
    const [from, to] = [await middle(page, ".edit b", 0), await middle(page, ".edit", 2)];
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(to.x, to.y - 3, { steps: 4 });
    expect(await page.locator(".edit.moved b").textContent()).toBe("zero head 3.2");
    expect(await page.locator(".edit.behind b").textContent()).toBe("block 12>2 in 3.2");
    await page.mouse.up();
    await expect
      .poll(() => param(page, "edits"))
      .toBe("scale head 4.4 by 0.5;!block 12>2 in 3.2;zero head 3.2");
    expect(await page.locator(".edit.moved, .edit.behind").count()).toBe(0);
    const last = await middle(page, ".edit .grip", 2);
    await page.mouse.move(last.x, last.y);
    await page.mouse.down();
    await page.mouse.move(from.x, from.y, { steps: 4 });
    await page.keyboard.press("Escape");
    await page.mouse.up();
    expect(await sentences(page)).toEqual(["scale head 4.4 by 0.5", "block 12>2 in 3.2", "zero head 3.2"]);
    await page.keyboard.press("z");
    await expect.poll(() => param(page, "edits")).toBe(THREE);
    await page.keyboard.press("Shift+Z");
    await expect
      .poll(() => sentences(page))
      .toEqual(["scale head 4.4 by 0.5", "block 12>2 in 3.2", "zero head 3.2"]);
  }, 90_000);

  it("changes by finger, at the grip", async () => {
    const page = await show(at(THREE), { hasTouch: true });
    await reached(page);
    const touch = await page.context().newCDPSession(page);
    const send = (type: string, point?: { x: number; y: number }) =>
      touch.send("Input.dispatchTouchEvent", {
        type: type as "touchStart",
        touchPoints: point ? [point] : [],
      });
    const [from, to] = [await middle(page, ".edit .grip", 0), await middle(page, ".edit", 1)];
    await send("touchStart", from);
    for (const share of [0.3, 0.6, 1])
      await send("touchMove", { x: from.x, y: from.y + share * (to.y - from.y) });
    await send("touchEnd");
    await expect
      .poll(() => sentences(page))
      .toEqual(["scale head 4.4 by 0.5", "zero head 3.2", "block 12>2 in 3.2"]);
  }, 90_000);

  it("changes by keyboard, keeps the focus and says where the edit is now", async () => {
    const page = await show(at(THREE));
    await reached(page);
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label"));
    await page.locator(".edit [role=switch]").nth(0).press("Alt+ArrowDown");
    await expect
      .poll(() => sentences(page))
      .toEqual(["scale head 4.4 by 0.5", "zero head 3.2", "block 12>2 in 3.2"]);
    await expect.poll(focused).toBe("zero head 3.2");
    await page.keyboard.press("Alt+ArrowDown");
    await expect
      .poll(() => param(page, "edits"))
      .toBe("scale head 4.4 by 0.5;!block 12>2 in 3.2;zero head 3.2");
    await expect.poll(focused).toBe("zero head 3.2");
    await page.locator(".edit .grip").nth(2).press("ArrowUp");
    await expect
      .poll(() => sentences(page))
      .toEqual(["scale head 4.4 by 0.5", "zero head 3.2", "block 12>2 in 3.2"]);
    await expect.poll(focused).toBe("Move zero head 3.2");
    expect(await page.locator(".edit-list [role=status]").textContent()).toBe("zero head 3.2, 2 of 3");
  }, 90_000);
});

/** The model map's picture, when its last thumbnail is painted. */
const pixels = (page: Page) =>
  page
    .locator(".hs-map-plane canvas")
    .first()
    .evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());

it("a slider runs the model while it is held, and its whole way is one step", async () => {
  const page = await show(at("scale head 4.4 by 1"));
  await reached(page);
  const shown = () => page.locator("table.next tbody").textContent();
  const box = (await page.locator(".edit input[type=range]").boundingBox())!;
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width / 2, y);
  await page.mouse.down();
  const before = await shown();
  await page.mouse.move(box.x + 4, y, { steps: 5 });
  await expect.poll(() => param(page, "edits")).toBe("zero head 4.4");
  await expect.poll(shown).not.toBe(before);
  const low = await shown();
  await page.mouse.move(box.x + box.width - 4, y, { steps: 5 });
  await expect.poll(() => param(page, "edits")).toBe("scale head 4.4 by 2");
  await expect.poll(shown).not.toBe(low);
  await page.mouse.up();
  await page.locator(".edit small", { hasText: "Reached" }).waitFor();
  // The map and the list of heads follow the matrix: in the end they are those of the same address opened anew.
  const fresh = await show(at("scale head 4.4 by 2"));
  await reached(fresh);
  const [ranks, map] = [await fresh.locator(".frow").allTextContents(), await pixels(fresh)];
  await expect.poll(() => page.locator(".frow").allTextContents()).toEqual(ranks);
  await expect.poll(() => pixels(page)).toBe(map);
  await page.locator("h1, body").first().focus();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect.poll(() => param(page, "edits")).toBe("scale head 4.4 by 1");
}, 90_000);

/** What cannot be: what is typed, what of it is quoted, what is wrong with it. */
const REFUSED: readonly (readonly [edit: string, quoted: string, why: string])[] = [
  ["zero head 9.0", '"zero head 9.0"', "layer 9 is outside 0 to 4"],
  ["zero head 3.2 at 77", '"zero head 3.2 at 77"', "position 77 is outside 0 to 12"],
  ["set 3>1 in 0.1 to 1; set 3>1 in 0.1 to 0", '"set 3>1 in 0.1 to 0"', "contradicts"],
  ["block 3>1 in 0.1; set scores 3>* in 0.1 to 2", '"set scores 3>* in 0.1 to 2"', "contradicts"],
  ["scale head 3.2 by NaN", '"scale head 3.2 by NaN"', "no finite number"],
  ["scale head 3.2 by Infinity", '"scale head 3.2 by Infinity"', "no finite number"],
  ["zero head 3.2 in cross", '"zero head 3.2 in cross"', 'there is no block "cross"'],
  ["scale pair 1 of 0.0 by 0", '"scale pair 1 of 0.0 by 0"', "this model has none"],
  ["block 0>0 in 0.0", '"block 0>0 in 0.0"', "without a key"],
  ["patch head 3.2", '"patch head 3.2"', "it reads from another run"],
  ["erase head 3.2", '"erase head 3.2"', '"erase" is not understood'],
];

describe("what cannot be is refused in its own words, and what was shown stays", () => {
  it("typed into the list", async () => {
    const page = await show(at("zero head 3.2"));
    await reached(page);
    const state = async () => [
      await sentences(page),
      await page.locator("table.next tbody").textContent(),
      await page.locator(".edit small").allTextContents(),
      param(page, "edits"),
    ];
    await expect.poll(() => page.locator("table.next tbody").textContent()).not.toContain("…");
    const good = await state();
    const field = page.getByRole("textbox", { name: "An edit in words" });
    for (const [edit, quoted, why] of REFUSED) {
      await field.fill(edit);
      await field.press("Enter");
      const alert = page.locator("[role=alert]", { hasText: quoted });
      await alert.waitFor();
      expect(await alert.textContent(), edit).toContain(why);
      await expect.poll(state, { message: edit }).toEqual(good);
      const close = page.locator(".notice button[aria-label]").last();
      if (await close.count()) await close.click();
    }
    await field.fill('{"op":"scale","at":"z","layer":4,"head":4,"value":0}');
    await field.press("Enter");
    await expect.poll(() => param(page, "edits")).toBe("zero head 3.2;zero head 4.4");
    expect(await page.locator(".notice, .typed-edit [role=alert]").count()).toBe(0);
  }, 120_000);

  it("in an address", async () => {
    const page = await show(at("zero head 3.2"));
    await reached(page);
    await expect.poll(() => page.locator("table.next tbody").textContent()).not.toContain("…");
    const words = () => page.locator("table.next tbody").textContent();
    const good = await words();
    for (const [edit, quoted] of REFUSED) {
      await page.evaluate(
        (hash) => {
          location.hash = hash;
        },
        at(`zero head 3.2;${edit}`),
      );
      await page.locator(".notice[role=alert]", { hasText: quoted.slice(1, -1) }).waitFor();
      await expect.poll(words, { message: edit }).toBe(good);
      expect(await page.locator(".hs-left .hs-word").count(), edit).toBe(13);
      await page.locator(".notice button[aria-label]").last().click();
    }
  }, 120_000);

  it("a patch whose words have no counterpart in text B", async () => {
    const page = await show(at("zero head 3.2", "&b=Yes."));
    await reached(page);
    const field = page.getByRole("textbox", { name: "An edit in words" });
    await field.fill("patch head 3.2 at 1,2");
    await field.press("Enter");
    const alert = page.locator(".notice[role=alert]");
    await expect.poll(() => alert.textContent()).toContain('"patch head 3.2 at 1,2"');
    expect(await alert.textContent()).toContain("no token in its range has a counterpart");
    expect(await sentences(page)).toEqual(["zero head 3.2"]);
    expect(param(page, "edits")).toBe("zero head 3.2");
  }, 60_000);

  it("in a trace: one whose edits are none is not opened, one whose edits fit no place is shown without marks", async () => {
    const page = await show(at("zero head 3.2"));
    await reached(page);
    const { trace } = await model.run({ text: SHE }, { edits: editsFromText("zero head 3.2") });
    const text = new TextDecoder("latin1").decode(writeTrace(trace));
    const folder = mkdtempSync(join(tmpdir(), "headscope-"));
    const file = (name: string, from: string, to: string) => {
      expect(text).toContain(from);
      const path = join(folder, name);
      writeFileSync(path, Buffer.from(text.replace(from, to.padEnd(from.length)), "latin1"));
      return path;
    };
    const own = '\\"op\\":\\"scale\\",\\"at\\":\\"z\\"';
    await pick(page, file("bad.safetensors", own, '\\"op\\":\\"erase\\",\\"at\\":\\"z\\"'));
    const alert = page.locator(".notice[role=alert]");
    await expect.poll(() => alert.textContent()).toContain("edits[0]");
    expect(await alert.textContent()).toContain("erase");
    expect(await sentences(page)).toEqual(["zero head 3.2"]);
    await page.locator(".notice button[aria-label]").last().click();
    const layer = '\\"layer\\":3,\\"head\\":2';
    await pick(page, file("far.safetensors", layer, '\\"layer\\":9,\\"head\\":2'));
    await expect.poll(() => page.locator(".live").textContent()).toContain("recorded");
    expect(await page.locator(".hs-edited").count()).toBe(0);
  }, 90_000);
});

describe("a sweep that is stopped", () => {
  const LONG = `${"Tom saw a big cat and a red dog. ".repeat(4)}She`;

  it("ends at once, keeps what was computed, goes on from there, and begins again when asked", async () => {
    const page = await show(
      `model=stories-gpt2&text=${encodeURIComponent(LONG)}&b=${encodeURIComponent(`${LONG.slice(0, -3)}He`)}&l=3&h=2&panel=patch&dock=open`,
    );
    await page.locator(".ask button", { hasText: "Edges of this head" }).click();
    await page.getByRole("button", { name: "Patch", exact: true }).click();
    const status = page.locator(".ask [role=status]");
    await expect.poll(() => status.textContent(), { timeout: 60_000 }).toMatch(/^[1-9]\d* of \d+$/);
    await page.getByRole("button", { name: "Stop", exact: true }).click();
    const stopped = (await status.textContent())!;
    const done = Number(/Stopped at (\d+) of/.exec(stopped)![1]);
    const filled = () => page.locator(".heat td button").allTextContents();
    const kept = await filled();
    expect(kept.length).toBeGreaterThan(0);
    await page.waitForTimeout(500);
    expect(await status.textContent()).toBe(stopped);
    expect(await filled()).toEqual(kept);
    await page.getByRole("button", { name: "Go on" }).click();
    await expect
      .poll(async () => Number(/^(\d+) of/.exec((await status.textContent())!)?.[1] ?? 0), {
        timeout: 60_000,
      })
      .toBeGreaterThan(done);
    await page.getByRole("button", { name: "Stop", exact: true }).click();
    expect((await filled()).slice(-kept.length)).toEqual(kept);
    await page.getByRole("button", { name: "Patch", exact: true }).click();
    await expect.poll(() => status.textContent(), { timeout: 60_000 }).toMatch(/^[1-9]\d* of \d+$/);
    expect((await filled()).length).toBeGreaterThan(0);
    await page.getByRole("button", { name: "Stop", exact: true }).click();
  }, 120_000);
});
