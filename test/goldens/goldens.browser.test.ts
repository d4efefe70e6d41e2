// Every golden fixture in Chromium: all tensors, the pattern recomputed from q and k, and generation.

import { describe, expect, it } from "vitest";
import { useStage } from "../browser/browser.ts";
import { serve } from "../browser/server.ts";
import { goldenFolders, SETS } from "./golden.ts";
import { editFaults, faults, PAGE, runtimeOf } from "./in-browser.ts";

const MINUTES = 60_000;
/** WebAssembly as in everyone's browser: here its numbers are what is tested. */
const AS_EVERYWHERE = { computesLittle: false };

describe("in one thread", () => {
  const stage = useStage(() => serve({ page: PAGE, isolated: false }), AS_EVERYWHERE);

  it.each(SETS)("%s equal Transformers", { timeout: 3 * MINUTES }, async (set) => {
    const page = await stage.visit(PAGE);
    expect((await runtimeOf(page)).threads).toBe(1);
    expect(await faults(page, set, goldenFolders(set))).toEqual({});
  });

  it("edits equal Transformers with hooks", { timeout: 3 * MINUTES }, async () => {
    const page = await stage.visit(PAGE);
    expect(await editFaults(page, goldenFolders("goldens-edits"))).toEqual({});
  });
});

describe("isolated from other origins, with threads", () => {
  const stage = useStage(() => serve({ page: PAGE }), AS_EVERYWHERE);

  it("three families equal Transformers", { timeout: MINUTES }, async () => {
    const page = await stage.visit(PAGE);
    expect((await runtimeOf(page)).threads).toBeGreaterThan(1);
    const folders = goldenFolders("goldens").filter(({ name }) => ["gpt2", "bert", "llama"].includes(name));
    expect(await faults(page, "goldens", folders)).toEqual({});
  });
});
