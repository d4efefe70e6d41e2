// Attention made elsewhere: files dropped or picked, the form for what they do not say, and what is wrong with them.

import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { crumbs, usePage } from "./page.ts";

const { show } = usePage();
const folder = mkdtempSync(join(tmpdir(), "headscope-import-"));
const file = (name: string, value: unknown): string => {
  const path = join(folder, name);
  writeFileSync(path, typeof value === "string" ? value : JSON.stringify(value));
  return path;
};
const EVEN = [
  [
    [
      [1, 0, 0],
      [0.5, 0.5, 0],
      [0.25, 0.25, 0.5],
    ],
  ],
];

async function pick(page: Page, path: string): Promise<void> {
  await page.locator(".btn.model").click();
  await page.locator("input[type=file]:not([webkitdirectory])").setInputFiles(path);
}
const words = (page: Page) => page.locator(".hs-left .hs-word").allTextContents();

describe("attention made elsewhere", () => {
  it("opens at once where nothing is missing", async () => {
    const page = await show();
    await pick(page, file("mine.json", { attention: EVEN, tokens: ["uno", "dos", "tres"], model: "mine" }));
    await expect.poll(() => words(page)).toEqual(["uno", "dos", "tres"]);
    expect((await crumbs(page))[0]).toBe("mine");
  });

  it("asks which array it is and for the words, and says what is wrong with them", async () => {
    const page = await show();
    await pick(page, file("theirs.json", { x: EVEN[0], other: [[1, 2]] }));
    const form = page.getByRole("dialog", { name: "Attention made elsewhere" });
    await form.locator("table").waitFor();
    expect(await form.textContent()).toContain("None of the arrays is called attention");
    await form.getByLabel("What x is").selectOption("self");
    const text = form.getByLabel(/Words, one a line \(3\)/);
    await text.fill("eins\nzwei");
    await form.getByRole("button", { name: "Open" }).click();
    expect(await form.getByRole("alert").textContent()).toContain("2 tokens, but the matrix is 3 × 3");
    await form.getByLabel(/Words, one a line/).fill("eins\nzwei\ndrei");
    await form.getByRole("button", { name: "Open" }).click();
    await expect.poll(() => words(page)).toEqual(["eins", "zwei", "drei"]);
    expect(await form.count()).toBe(0);
  });

  it("asks which of several runs is meant, and takes its words", async () => {
    const page = await show();
    const texts = [
      ["uno", "dos", "tres"],
      ["one", "two", "three"],
    ];
    await pick(
      page,
      file(
        "several.json",
        texts.map((tokens) => ({ tokens, attention: EVEN })),
      ),
    );
    const form = page.getByRole("dialog", { name: "Attention made elsewhere" });
    const choice = form.getByLabel("Which one");
    await choice.waitFor();
    expect(await form.textContent()).toContain("The file holds 2 runs. Which one, 0 to 1?");
    expect(await form.getByRole("button", { name: "Open" }).isDisabled()).toBe(true);
    expect(await choice.locator("option").allTextContents()).toEqual([
      "0 to 1",
      "0: JSON, 3 words: uno dos tres",
      "1: JSON, 3 words: one two three",
    ]);
    await choice.selectOption("1");
    await form.getByRole("button", { name: "Open" }).click();
    await expect.poll(() => words(page)).toEqual(texts[1]);
  });

  it("a file of Python's own formats is told what to save instead", async () => {
    const page = await show();
    const path = join(folder, "attentions.pt");
    writeFileSync(path, Buffer.from([0x80, 0x04, 0x95, 0, 0]));
    await pick(page, path);
    const notice = page.locator(".notice.err");
    await notice.waitFor();
    await expect.poll(() => notice.textContent()).toMatch(/attentions\.pt is a Python pickle.*np\.savez/);
  });

  it("a damaged file leaves the page as it was and says where it is damaged", async () => {
    const page = await show();
    const before = await words(page);
    await pick(
      page,
      file("bad.json", {
        attention: [
          [
            [
              [1, 0],
              [-3, 4],
            ],
          ],
        ],
        tokens: ["a", "b"],
      }),
    );
    const notice = page.locator(".notice.err");
    await notice.waitFor();
    expect(await notice.textContent()).toContain("the value at head 0, row 1, column 0 is -3");
    expect(await words(page)).toEqual(before);
  });
});
