// Every golden folder on WebGPU, by Chromium's software adapter, which compiles each shader on the processor: a quarter
// of an hour. `npm run test:shared -- test/goldens/webgpu` runs it alone.

import { describe, expect, it } from "vitest";
import { goldenFolders, SETS } from "./golden.ts";
import { editFaults, faults } from "./in-browser.ts";
import { checkGpu, GPU_PAGE, useGpuStage } from "./webgpu.ts";

const LONG = 3_600_000;

describe("WebGPU", () => {
  const stage = useGpuStage();

  it.each(SETS)("%s equal Transformers", { timeout: LONG }, async (set) => {
    const page = await stage.visit(GPU_PAGE);
    await checkGpu(page);
    expect(await faults(page, set, goldenFolders(set))).toEqual({});
  });

  it("edits equal Transformers with hooks", { timeout: LONG }, async () => {
    const page = await stage.visit(GPU_PAGE);
    await checkGpu(page);
    expect(await editFaults(page, goldenFolders("goldens-edits"))).toEqual({});
  });
});
