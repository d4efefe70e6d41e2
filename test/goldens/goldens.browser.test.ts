// Every golden fixture in Chromium: all tensors, the pattern recomputed from q and k, and generation.

import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { useStage } from "../browser/browser.ts";
import { serve } from "../browser/server.ts";
import { TOLERANCE } from "./check.ts";
import { type GoldenFolder, goldenFolders, SETS } from "./golden.ts";
import type { Parity } from "./parity.ts";

const PAGE = "/test/goldens/parity.html";
const MINUTES = 60_000;

describe("in one thread", () => {
  const stage = useStage(() => serve({ page: PAGE, isolated: false }));

  it.each(SETS)("%s equal Transformers", { timeout: 3 * MINUTES }, async (set) => {
    const page = await stage.visit(PAGE);
    expect(await threads(page)).toBe(1);
    expect(await faults(page, set, goldenFolders(set))).toEqual({});
  });

  it("edits equal Transformers with hooks", { timeout: 3 * MINUTES }, async () => {
    const page = await stage.visit(PAGE);
    for (const { name, files } of goldenFolders("goldens-edits")) {
      const far = await page.evaluate(
        ([url, names]) => (globalThis as unknown as { parity: Parity }).parity.edits(url, names),
        [`/test/fixtures/goldens-edits/${name}`, files] as const,
      );
      expect(far.length, name).toBeGreaterThan(8);
      expect(far, name).toEqual(far.map(() => ({})));
    }
  });
});

describe("isolated from other origins, with threads", () => {
  const stage = useStage(() => serve({ page: PAGE }));

  it("three families equal Transformers", { timeout: MINUTES }, async () => {
    const page = await stage.visit(PAGE);
    expect(await threads(page)).toBeGreaterThan(1);
    const folders = goldenFolders("goldens").filter(({ name }) => ["gpt2", "bert", "llama"].includes(name));
    expect(await faults(page, "goldens", folders)).toEqual({});
  });
});

const threads = (page: Page) =>
  page.evaluate(() => (globalThis as unknown as { parity: Parity }).parity.threads());

/** By folder: tensors that are too far off, and generated tokens that differ. */
async function faults(page: Page, set: string, folders: readonly GoldenFolder[]) {
  const found: Record<string, unknown> = {};
  for (const { name, files } of folders) {
    const { errors, generated } = await page.evaluate(
      ([url, names]) => (globalThis as unknown as { parity: Parity }).parity.measure(url, names),
      [`/test/fixtures/${set}/${name}`, files] as const,
    );
    const far = errors.flatMap((input) => Object.entries(input).filter(([, error]) => !(error < TOLERANCE)));
    const other = generated.filter((g) => g.found.join() !== g.expected.join());
    if (far.length + other.length) found[name] = { far, other };
  }
  return found;
}
