import { expect, test } from "vitest";
import { explainedGpu, InputError, isOfGpu, MemoryError, RuntimeFailure } from "./errors.ts";

test("a failure of WebGPU is named, without onnxruntime's paths", () => {
  const said =
    "failed to call OrtRun(). ERROR_CODE: 1, ERROR_MESSAGE: /build/onnxruntime/core/framework/op_kernel.cc:83 virtual " +
    "OrtValue *onnxruntime::OpKernelContext::OutputMLValue(int, const TensorShape &) Shape mismatch\nmore";
  const error = explainedGpu(new Error(said)) as RuntimeFailure;
  expect(error).toBeInstanceOf(RuntimeFailure);
  expect(error.message).toBe(
    "WebGPU failed: failed to call OrtRun(). ERROR_CODE: 1, ERROR_MESSAGE: Shape mismatch.",
  );
  expect([error.code, isOfGpu(error)]).toEqual(["gpu", true]);
});

test("a graphics device without memory has a code of its own, which leads back to WebAssembly", () => {
  const error = explainedGpu(new Error("out of memory: buffer of 9 GB")) as MemoryError;
  expect(error).toBeInstanceOf(MemoryError);
  expect([error.code, isOfGpu(error)]).toEqual(["gpu-full", true]);
  expect(isOfGpu(new MemoryError("full", { code: "full" }))).toBe(false);
});

test("errors of ours stay what they are", () => {
  const error = new InputError("too long", { code: "too-long" });
  expect(explainedGpu(error)).toBe(error);
});
