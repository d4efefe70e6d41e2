// What the engine refuses, by kind. Messages say what was found, what was expected and what to do.

import { Failure } from "../tensor/index.ts";

/** A model type, option or config key that headscope cannot reproduce exactly. Says which are supported. */
export class UnsupportedModelError extends Failure {
  override name = "UnsupportedModelError";
}

/** An input that the model cannot take. Code "too-long" has data {tokens, limit}: how many there are, how many fit. */
export class InputError extends Failure {
  override name = "InputError";
}

/**
 * What does not fit into memory: a model (code "model") or a run ("run"), found out before either began; or memory that
 * was used up on the way ("full"; "gpu-full": that of the graphics device). Data {needed, limit} in bytes, as far as known.
 */
export class MemoryError extends Failure {
  override name = "MemoryError";
}

/**
 * The runtime itself failed: code "load", it could not be loaded; "broken", it ended in the middle of its work; "gpu", the
 * graphics device was lost or refused its work.
 */
export class RuntimeFailure extends Failure {
  override name = "RuntimeFailure";
}

export { EditError } from "../trace/index.ts";

/** NaN or infinity where numbers are needed; data {tensor, index} where one tensor shows it. */
export class NumbersError extends Failure {
  override name = "NumbersError";
}

/** A model that was asked for something after dispose(). */
export class DisposedError extends Failure {
  override name = "DisposedError";
}

/** How browsers, Node and onnxruntime say that there is no more memory; they have no code for it. */
const NO_MEMORY =
  /bad_alloc|out of memory|\bOOM\b|allocation failed|failed to allocate|could not allocate|memory\.grow|memory access/i;
/** How a WebAssembly program says that it ended, beside the class RuntimeError. */
const BROKEN = /Aborted\(/;

/** An error of a runtime or browser as one of ours, where it says that memory ran out (at `limit` bytes) or that all is lost. */
export function explained(error: unknown, limit?: number): unknown {
  if (error instanceof Failure || !(error instanceof Error)) return error;
  const { name, message } = error;
  if (NO_MEMORY.test(message)) return memoryFull(message, limit, error);
  if (name !== "RuntimeError" && !BROKEN.test(message)) return error;
  return new RuntimeFailure(message, { code: "broken", cause: error });
}

function memoryFull(reason: string, limit: number | undefined, cause: unknown): MemoryError {
  const most = limit === undefined ? "" : `, at most ${(limit / 1e9).toFixed(1)} GB`;
  return new MemoryError(
    `The runtime has used up its memory${most} (${reason.slice(0, 200)}). Use a shorter text, record less, or choose a smaller model.`,
    { code: "full", data: limit === undefined ? {} : { limit }, cause },
  );
}

/** True for what only WebGPU could not do, so that WebAssembly may. */
export function isOfGpu({ code }: { readonly code: string }): boolean {
  return code === "gpu" || code === "gpu-full";
}

/** An error of WebGPU, or of onnxruntime's work with it, as one of ours. */
export function explainedGpu(error: unknown): unknown {
  if (error instanceof Failure) return error;
  const message = error instanceof Error ? error.message : String(error);
  const what = message.replace(PLACE, "").trim().split("\n")[0]!.slice(0, 300);
  if (!NO_MEMORY.test(message))
    return new RuntimeFailure(`WebGPU failed: ${what.replace(/[.]?$/, ".")}`, { code: "gpu", cause: error });
  return new MemoryError(`WebGPU has used up the memory of the graphics device (${what}).`, {
    code: "gpu-full",
    cause: error,
  });
}

/** Where in its source onnxruntime fails: path, line and signature. */
const PLACE = /\/\S+\.cc:\d+ .*?\) (?:const )?/;
