// Golden folders on WebGPU, by Chromium's software adapter, which compiles each shader on the processor: all of them take
// a quarter of an hour, so one in sixteen is run unless HEADSCOPE_WEBGPU=all asks for all:
// `HEADSCOPE_WEBGPU=all npm run test:shared -- test/goldens/webgpu`.

import { describe, expect, it } from "vitest";
import { type GoldenFolder, goldenFolders, SETS } from "./golden.ts";
import { editFaults, faults } from "./in-browser.ts";
import { checkGpu, GPU_PAGE, useGpuStage } from "./webgpu.ts";

const LONG = 3_600_000;
const ALL = process.env.HEADSCOPE_WEBGPU === "all";
const EVERY = 16;
/** Models with a convolution along one dimension are refused there (src/engine/runtime/gpu-faults.ts). */
const REFUSED = /whisper|deberta_v2_conv/i;
const some = (folders: GoldenFolder[]): GoldenFolder[] =>
  folders.filter(({ name }, i) => (ALL || i % EVERY === 0) && !REFUSED.test(name));

describe(ALL ? "WebGPU" : `WebGPU, one golden folder in ${EVERY} (HEADSCOPE_WEBGPU=all: every one)`, () => {
  const stage = useGpuStage();

  it.each(SETS)("%s equal Transformers", { timeout: LONG }, async (set) => {
    const page = await stage.visit(GPU_PAGE);
    await checkGpu(page);
    const folders = some(goldenFolders(set));
    expect(folders).not.toEqual([]);
    expect(await faults(page, set, folders)).toEqual({});
  });

  it("Whisper is refused where its convolutions come out wrong", { timeout: LONG }, async () => {
    const page = await stage.visit(GPU_PAGE);
    if (!(await checkGpu(page))) return;
    const folders = goldenFolders("goldens-heads").filter(({ name }) => REFUSED.test(name));
    expect(folders.length).toBeGreaterThan(1);
    for (const folder of folders)
      await expect(faults(page, "goldens-heads", [folder])).rejects.toThrow(
        "WebGPU is not used for this model",
      );
  });

  it("edits equal Transformers with hooks", { timeout: LONG }, async () => {
    const page = await stage.visit(GPU_PAGE);
    await checkGpu(page);
    expect(await editFaults(page, some(goldenFolders("goldens-edits")))).toEqual({});
  });
});
