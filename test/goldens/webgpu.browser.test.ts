// WebGPU, by Chromium's software adapter: a few families with every kind of weights equal Transformers; a device that is
// absent, computes wrongly or is lost. webgpu.shared.test.ts has all golden folders.

import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { useStage } from "../browser/browser.ts";
import { serve } from "../browser/server.ts";
import { goldenFolders } from "./golden.ts";
import { editFaults, faults, PAGE, runtimeOf } from "./in-browser.ts";
import type { Parity } from "./parity.ts";
import { ABSENT, checkGpu, GPU_PAGE, useGpuStage } from "./webgpu.ts";

const MINUTES = 60_000;
/** A file of the same server, from which the page is gone to once its scripts and requests are listened to. */
const NOTHING = "/package.json";
const some = (set: Parameters<typeof goldenFolders>[0], ...names: string[]) =>
  goldenFolders(set).filter(({ name }) => names.includes(name));

describe("WebGPU", () => {
  const stage = useGpuStage();

  it("equals Transformers: float32, float16, bfloat16, biases, edits; given back, it is gone", {
    timeout: 6 * MINUTES,
  }, async () => {
    const page = await stage.visit(GPU_PAGE);
    const there = await checkGpu(page);
    const folders = some("goldens", "bert", "gpt2_f16", "llama_bf16", "bloom");
    expect(folders).toHaveLength(4);
    expect(await faults(page, "goldens", folders)).toEqual({});
    expect(await editFaults(page, some("goldens-edits", "gpt2"))).toEqual({});
    expect(await given(page, some("goldens", "bert")[0]!.files)).toEqual(
      there ? { name: "RuntimeFailure", code: "gpu" } : null,
    );
    if (there) forget(stage.problems, /lost|destroyed/);
  });
});

describe("a browser without WebGPU", () => {
  const stage = useStage(() => serve({ page: PAGE }));

  it("runs WebAssembly, says why, and never asks for WebGPU's program", {
    timeout: 2 * MINUTES,
  }, async () => {
    const page = await stage.visit(NOTHING);
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    await page.goto(new URL(GPU_PAGE, page.url()).href);
    const { name, instead } = await runtimeOf(page);
    expect(name).toBe("web");
    expect(instead).toMatch(ABSENT);
    expect(await faults(page, "goldens", some("goldens", "bert"))).toEqual({});
    expect(asked.some((url) => url.includes("ort-wasm-simd-threaded"))).toBe(true);
    expect(asked.filter((url) => url.includes("asyncify"))).toEqual([]);
    forget(stage.problems, /No available adapters/);
  });
});

/** Give the device back and run; the error's name and code, or null where the run is one. */
async function given(page: Page, files: readonly string[]) {
  return page.evaluate(
    async ([url, names]) => {
      const { parity } = globalThis as unknown as { parity: Parity };
      await parity.dispose();
      return parity.measure(url, names).then(
        () => null,
        ({ name, code }: { name: string; code: string }) => ({ name, code }),
      );
    },
    ["/test/fixtures/goldens/bert", files] as const,
  );
}

/** Take out what a test provoked on purpose. */
function forget(problems: string[], what: RegExp): void {
  const others = problems.filter((problem) => !what.test(problem));
  problems.splice(0, problems.length, ...others);
}
