/// <reference types="vite/client" />
// The page that runs golden folders through the engine as the browser has it: onnxruntime-web, WebAssembly, or WebGPU
// where its address says `?webgpu`.

import gpuWasm from "onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url";
import wasm from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";
import { memorySource } from "../../src/checkpoint/index.ts";
import { type Model, openModel, type Runtime } from "../../src/engine/index.ts";
import { webRuntime } from "../../src/engine/runtime/web.ts";
import { webgpuRuntime } from "../../src/engine/runtime/webgpu.ts";
import { type Golden, type Measured, measure, parseGolden } from "./compare.ts";
import { deviations } from "./edits.ts";

/** What tests call in the page. */
export interface Parity {
  /** Threads of the runtime, and whether it is the one asked for. */
  runtime(): Promise<Pick<Runtime, "name" | "threads" | "device" | "instead">>;
  /** Run the golden folder at an address, given the names of its files. */
  measure(url: string, files: readonly string[]): Promise<Measured>;
  /** Run the edits of a golden folder; how far off logits and attention are, by edit. */
  edits(url: string, files: readonly string[]): Promise<Record<string, number>[]>;
  /** Give the graphics device back, where there is one. */
  dispose(): Promise<void>;
}

const runtime = location.search.includes("webgpu")
  ? webgpuRuntime({ wasmPaths: { wasm: gpuWasm }, instead: { wasmPaths: { wasm } } })
  : webRuntime({ wasmPaths: { wasm } });

const parity: Parity = {
  runtime: async () => {
    const { name, threads, device, instead } = await runtime;
    return { name, threads, ...(device && { device }), ...(instead && { instead }) };
  },
  measure: (url, files) => withModel(url, files, measure),
  edits: (url, files) =>
    withModel(url, files, async (model, golden) => {
      const far: Record<string, number>[] = [];
      for (const edit of golden.edits ?? []) far.push(await deviations(model, golden, edit));
      return far;
    }),
  dispose: async () => (await runtime).dispose?.(),
};
Object.assign(globalThis, { parity });

async function withModel<T>(
  url: string,
  files: readonly string[],
  work: (model: Model, golden: Golden) => Promise<T>,
): Promise<T> {
  const bytes = await Promise.all(
    files.map(async (name) => [name, await download(`${url}/${name}`)] as const),
  );
  const all = Object.fromEntries(bytes);
  const golden = parseGolden(new TextDecoder().decode(all["expected.json"]), all["expected.safetensors"]!);
  const model = await openModel(memorySource(url, all), { runtime: await runtime });
  try {
    return await work(model, golden);
  } finally {
    await model.dispose();
  }
}

async function download(url: string): Promise<Uint8Array> {
  return new Uint8Array(await (await fetch(url)).arrayBuffer());
}
