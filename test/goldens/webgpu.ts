// The page of parity.ts in a browser with WebGPU in software. Where this machine's browser has none, tests hold the
// fallback to the same numbers and say so; the pinned Chromium has it, so there its absence is a fault.

import type { Page } from "playwright-core";
import { expect } from "vitest";
import { type Stage, useStage } from "../browser/browser.ts";
import { isPinned } from "../browser/chromium.ts";
import { serve } from "../browser/server.ts";
import { PAGE, runtimeOf } from "./in-browser.ts";

/** Address of the page on WebGPU. */
export const GPU_PAGE = `${PAGE}?webgpu`;

/** What is said where there is no device to try; anything else is a fault of ours. */
export const ABSENT = /^This browser has no WebGPU\.$|no graphics device that it lets pages use\.$/;

/** A browser with WebGPU and the page's server, for the tests of one file. */
export function useGpuStage(): Stage {
  return useStage(() => serve({ page: PAGE }), { webgpu: true });
}

/** Whether WebGPU runs in the page; where it is absent, that is said loudly, and WebAssembly must stand in. */
export async function checkGpu(page: Page): Promise<boolean> {
  const { name, device, instead } = await runtimeOf(page);
  if (name === "webgpu") {
    expect(device).toBeTruthy();
    expect(instead).toBeUndefined();
    return true;
  }
  expect(instead).toMatch(ABSENT);
  expect(isPinned(), `the pinned Chromium has WebGPU, but: ${instead}`).toBe(false);
  console.warn(`NO WEBGPU ON THIS MACHINE: ${instead} What follows was tested on WebAssembly in its place.`);
  return false;
}
