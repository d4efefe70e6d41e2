// The runtime of the browser: onnxruntime-web's WebAssembly build. It loads while the first model is read.

import { RuntimeFailure } from "../errors.ts";
import { encodeModel, type Graph } from "../graph/onnx.ts";
import type { Runtime } from "./runtime.ts";
import type { Onnxruntime } from "./session.ts";
import { wasmRuntime } from "./wasm.ts";

export interface WebRuntimeOptions {
  /** Where the .wasm and .mjs files of onnxruntime-web are served, with a slash at the end; or their two addresses. */
  readonly wasmPaths?: string | { readonly wasm?: string; readonly mjs?: string };
  /** More than 1 only where the page is cross-origin isolated. Default: up to 4, or 1. */
  readonly threads?: number;
}

/**
 * Begins to load the runtime and does not wait for it; call it in a worker so that runs do not block the page. Where it
 * cannot be loaded, opening a session rejects with a RuntimeFailure (code "load"); the browser remembers that a module
 * did not load, so only another worker can try again.
 */
export async function webRuntime(options: WebRuntimeOptions = {}): Promise<Runtime> {
  const threads = options.threads ?? defaultThreads();
  const module = load(options, threads).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RuntimeFailure(`onnxruntime-web did not load: ${reason}`, { code: "load", cause: error });
  });
  module.catch(() => undefined);
  return wasmRuntime(module, threads);
}

async function load({ wasmPaths }: WebRuntimeOptions, threads: number): Promise<Onnxruntime> {
  const ort = await import("onnxruntime-web/wasm");
  ort.env.wasm.numThreads = threads;
  if (wasmPaths !== undefined) ort.env.wasm.wasmPaths = wasmPaths;
  const session = await ort.InferenceSession.create(emptyModel());
  await session.release();
  return ort;
}

/** A model that holds nothing: the module is compiled when the first session is created. */
export function emptyModel(): Uint8Array {
  return encodeModel(NOTHING, nowhere);
}

const NOTHING: Graph = {
  nodes: [{ type: "Identity", domain: "", inputs: ["x"], output: "y", more: [], attributes: {} }],
  initializers: [],
  inputs: [{ name: "x", element: "float32", shape: [1] }],
  between: [],
  outputs: [{ name: "y", element: "float32" }],
};

function nowhere(): never {
  throw new Error("There are no weights to place.");
}

/** Up to 4 where the page is isolated from other origins, else 1. */
export function defaultThreads(): number {
  if (!globalThis.crossOriginIsolated) return 1;
  return Math.max(1, Math.min(4, globalThis.navigator?.hardwareConcurrency ?? 1));
}
