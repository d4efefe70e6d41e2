// What models say that do not go on with a text, before and after an edit: words behind a mask, classes of a text, of
// each word and of a picture.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, describe, expect, it } from "vitest";
import { compareLogits, logitsAt } from "../../src/analysis/index.ts";
import { firstPicture } from "../../src/app/state/picture.ts";
import { folderSource } from "../../src/checkpoint/node.ts";
import { openModel, type RunInput } from "../../src/engine/index.ts";
import { nodeRuntime } from "../../src/engine/runtime/node.ts";
import { editsFromText, type Trace } from "../../src/trace/index.ts";
import { param, pickFolder, ROOT, usePage } from "./page.ts";

const { show } = usePage();
const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true });
});

/** A checkpoint of the fixtures alone, with other keys in its config. */
function checkpoint(name: string, more: object = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "says-"));
  made.push(folder);
  const from = join(ROOT, "test/fixtures", name);
  cpSync(from, folder, { recursive: true, filter: (path) => !path.includes("expected") });
  const config = JSON.parse(readFileSync(join(folder, "config.json"), "utf8")) as object;
  writeFileSync(join(folder, "config.json"), JSON.stringify({ ...config, ...more }));
  return folder;
}

/** The runs before and after in Node. */
async function truth(folder: string, input: RunInput, edits: string): Promise<readonly [Trace, Trace]> {
  const source = await folderSource(folder);
  const model = await openModel(source, { runtime: await nodeRuntime() });
  try {
    const run = async (given: string) =>
      (await model.run(input, { captures: ["logits"], edits: editsFromText(given) })).trace;
    return [await run(""), await run(edits)];
  } finally {
    await model.dispose();
  }
}

/** The table that they make, as the page writes it, the likeliest of either first. */
function rowsOf(before: Float32Array, after: Float32Array, name: (id: number) => string): string[][] {
  const percent = (share: number) => `${(100 * share).toFixed(100 * share >= 10 ? 0 : 1)}%`;
  const larger = (row: { before: { probability: number }; after: { probability: number } }) =>
    Math.max(row.before.probability, row.after.probability);
  return compareLogits(before, after, { top: 8 })
    .sort((a, b) => larger(b) - larger(a))
    .slice(0, 8)
    .map((row) => [name(row.id), percent(row.before.probability), percent(row.after.probability)]);
}

const shown = (page: Page) =>
  page
    .locator("table.next tbody tr")
    .evaluateAll((rows) => rows.map((row) => [0, 2, 3].map((at) => row.children[at]?.textContent ?? "")));

const title = (page: Page) => page.locator(".next-token h3").textContent();

/** Type an edit into the list, and wait until it is told what it reached. */
async function edit(page: Page, words: string): Promise<void> {
  await page.getByRole("button", { name: "Edits and next token" }).click();
  const field = page.getByRole("textbox", { name: "An edit in words" });
  await field.fill(words);
  await field.press("Enter");
  await page.locator(".edit small", { hasText: "Reached" }).waitFor({ timeout: 30_000 });
}

const control = (page: Page) =>
  expect
    .poll(() => page.locator(".control").textContent(), { timeout: 30_000 })
    .toContain("identical to before");

it("words behind a mask, and of the pinned word where none is masked", async () => {
  const TEXT = "Lily saw a big [MASK] in the park.";
  const EDIT = "zero head 2.*";
  const folder = join(ROOT, "models/stories-bert");
  const page = await show(`model=stories-bert&text=${encodeURIComponent(TEXT)}`);
  await edit(page, EDIT);
  expect(await title(page)).toBe("Word that is filled in");
  const model = await openModel(await folderSource(folder), { runtime: await nodeRuntime() });
  const name = (id: number) => model.tokenizer!.describe([id])[0]!.text.replace(/^ /, "");
  const mask = model.tokens({ text: TEXT })[0]!.tokens.findIndex(({ raw }) => raw === "[MASK]");
  const [before, after] = await truth(folder, { text: TEXT }, EDIT);
  const expected = rowsOf(logitsAt(before, mask), logitsAt(after, mask), name);
  await expect.poll(() => shown(page), { timeout: 30_000 }).toEqual(expected);
  expect(expected.some(([, a, b]) => a !== b)).toBe(true);
  await control(page);
  const plain = "Lily saw a big dog in the park.";
  await page.locator("[data-field=text]").fill(plain);
  await page.keyboard.press("Enter");
  await expect.poll(() => page.locator(".hs-left .hs-word").allTextContents()).toContain("dog");
  await page.locator(".hs-left .hs-word", { hasText: "dog" }).click();
  const pin = Number(param(page, "pin"));
  const [whole, edited] = await truth(folder, { text: plain }, EDIT);
  await expect
    .poll(() => shown(page), { timeout: 30_000 })
    .toEqual(rowsOf(logitsAt(whole, pin), logitsAt(edited, pin), name));
  await model.dispose();
}, 120_000);

const IDS = [1, 2, 3, 4, 5, 6, 7, 8];

describe("classes", () => {
  it.each([
    "goldens-heads/BertForSequenceClassification",
    "goldens-heads/GPT2ForSequenceClassification",
    "goldens-heads/LlamaForSequenceClassification",
  ])(
    "of a whole text, by name: %s",
    async (name) => {
      const labels = ["negative", "neutral", "positive"];
      const folder = checkpoint(name, { id2label: { ...labels } });
      const page = await show();
      await pickFolder(page, folder);
      await expect.poll(() => page.locator(".live").textContent(), { timeout: 30_000 }).toMatch(/^live/);
      await edit(page, "zero head 0.0");
      expect(await title(page)).toBe("Class");
      const [before, after] = await truth(folder, { ids: IDS }, "zero head 0.0");
      const expected = rowsOf(logitsAt(before), logitsAt(after), (id) => labels[id] ?? `class ${id}`);
      await expect.poll(() => shown(page), { timeout: 30_000 }).toEqual(expected);
      await control(page);
    },
    90_000,
  );

  it.each(["BertForTokenClassification", "GPT2ForTokenClassification"])(
    "of each word: %s",
    async (name) => {
      const folder = checkpoint(`goldens-heads/${name}`);
      const page = await show();
      await pickFolder(page, folder);
      await expect.poll(() => page.locator(".live").textContent(), { timeout: 30_000 }).toMatch(/^live/);
      await page.locator(".hs-left .hs-word").nth(5).click();
      await edit(page, "zero head 0.0");
      expect(await title(page)).toBe("Class");
      const [before, after] = await truth(folder, { ids: IDS }, "zero head 0.0");
      const expected = rowsOf(logitsAt(before, 5), logitsAt(after, 5), (id) => `class ${id}`);
      await expect.poll(() => shown(page), { timeout: 30_000 }).toEqual(expected);
      for (const _ of ["the field", "the pin"]) await page.keyboard.press("Escape");
      await expect
        .poll(() => page.locator(".next-token p").textContent())
        .toBe("Pin a word on the left to see its class.");
    },
    90_000,
  );

  it("of a picture", async () => {
    const folder = checkpoint("goldens/vit");
    const page = await show();
    await pickFolder(page, folder);
    await expect.poll(() => page.locator(".live").textContent(), { timeout: 30_000 }).toMatch(/^live/);
    await edit(page, "zero head 0.0");
    const [before, after] = await truth(folder, { image: firstPicture().pixels }, "zero head 0.0");
    const expected = rowsOf(logitsAt(before), logitsAt(after), (id) => `class ${id}`);
    await expect.poll(() => shown(page), { timeout: 30_000 }).toEqual(expected);
    await control(page);
  }, 90_000);

  it("are no words where a model marks the answer to a question", async () => {
    const page = await show();
    await pickFolder(page, checkpoint("goldens-heads/BertForQuestionAnswering"));
    await expect.poll(() => page.locator(".live").textContent(), { timeout: 30_000 }).toMatch(/^live/);
    await edit(page, "zero head 0.0");
    expect(await page.locator(".next-token p").textContent()).toContain("where an answer begins and ends");
  }, 60_000);
});
