import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { watch } from "./gpu-device.ts";

class OutOfMemory {
  readonly message = "buffer of 9 GB";
}

/** A device that says `caught` at the end of the scope named so; `lose` ends it. */
function fake(caught: Partial<Record<string, { message: string }>> = {}) {
  const scopes: string[] = [];
  let lose: (info: { reason: string; message: string }) => void = () => {};
  const submitted: unknown[] = [];
  const device = {
    queue: { submit: (buffers: unknown) => submitted.push(buffers) },
    lost: new Promise((resolve) => {
      lose = resolve;
    }),
    pushErrorScope: (filter: string) => scopes.push(filter),
    popErrorScope: async () => caught[scopes.pop()!] ?? null,
    destroy: () => lose({ reason: "destroyed", message: "" }),
  } as unknown as GPUDevice;
  return {
    gpu: watch(device, "fake"),
    scopes,
    submitted,
    lose: (message: string) => lose({ reason: "unknown", message }),
  };
}

beforeEach(() => void vi.stubGlobal("GPUOutOfMemoryError", OutOfMemory));
afterEach(() => void vi.unstubAllGlobals());

test("work is handed through, and every scope that was opened is closed", async () => {
  const { gpu, scopes, submitted } = fake();
  expect(gpu.used).toBe(false);
  expect(
    await gpu.watched(async () => {
      gpu.device.queue.submit([]);
      return 7;
    }),
  ).toBe(7);
  expect([gpu.used, submitted.length, scopes]).toEqual([true, 1, []]);
});

test("what a device refuses is thrown, though WebGPU goes on with zeros", async () => {
  const { gpu } = fake({ validation: { message: "binding too large" } });
  await expect(gpu.watched(async () => 7)).rejects.toMatchObject({
    name: "RuntimeFailure",
    code: "gpu",
    message: "WebGPU failed: binding too large.",
  });
});

test("the device's own word goes before that of onnxruntime", async () => {
  const { gpu, scopes } = fake({ "out-of-memory": new OutOfMemory() });
  const work = gpu.watched(() => Promise.reject(new Error("failed to call OrtRun()")));
  await expect(work).rejects.toMatchObject({ name: "MemoryError", code: "gpu-full" });
  await expect(work).rejects.toThrow("buffer of 9 GB");
  expect(scopes).toEqual([]);
});

test("a lost device ends work that would never end, and whatever is asked afterwards", async () => {
  const { gpu, lose } = fake();
  const endless = gpu.watched(() => new Promise(() => {}));
  lose("the driver was restarted");
  const error = {
    code: "gpu",
    message: "WebGPU failed: the graphics device was lost (the driver was restarted).",
  };
  await expect(endless).rejects.toMatchObject(error);
  await expect(gpu.watched(async () => 7)).rejects.toMatchObject(error);
});

test("a device that is given back is gone", async () => {
  const { gpu } = fake();
  gpu.destroy();
  await expect(gpu.watched(async () => 7)).rejects.toThrow("lost (destroyed)");
});
