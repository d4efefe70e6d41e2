// The runtime of the browser: onnxruntime-web's WebAssembly build, loaded when it is first needed.

import type { Runtime } from "./runtime.ts";
import { wasmRuntime } from "./wasm.ts";

export interface WebRuntimeOptions {
  /** Where the .wasm and .mjs files of onnxruntime-web are served, with a slash at the end; or their two addresses. */
  readonly wasmPaths?: string | { readonly wasm?: string; readonly mjs?: string };
  /** More than 1 only where the page is cross-origin isolated. Default: up to 4, or 1. */
  readonly threads?: number;
}

/** Loads the runtime; call it in a worker so that runs do not block the page. */
export async function webRuntime(options: WebRuntimeOptions = {}): Promise<Runtime> {
  const ort = await import("onnxruntime-web/wasm");
  const threads = options.threads ?? defaultThreads();
  ort.env.wasm.numThreads = threads;
  if (options.wasmPaths !== undefined) ort.env.wasm.wasmPaths = options.wasmPaths;
  return wasmRuntime(ort, threads);
}

function defaultThreads(): number {
  if (!globalThis.crossOriginIsolated) return 1;
  return Math.max(1, Math.min(4, globalThis.navigator?.hardwareConcurrency ?? 1));
}
