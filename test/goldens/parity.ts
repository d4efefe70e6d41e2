/// <reference types="vite/client" />
// The page that runs golden folders through the engine as the browser has it: onnxruntime-web, WebAssembly.

import wasm from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";
import { memorySource } from "../../src/checkpoint/index.ts";
import { openModel } from "../../src/engine/index.ts";
import { webRuntime } from "../../src/engine/runtime/web.ts";
import { type Measured, measure, parseGolden } from "./compare.ts";

/** What tests call in the page. */
export interface Parity {
  /** Threads of the runtime. */
  threads(): Promise<number>;
  /** Run the golden folder at an address, given the names of its files. */
  measure(url: string, files: readonly string[]): Promise<Measured>;
}

const runtime = webRuntime({ wasmPaths: { wasm } });

const parity: Parity = {
  threads: async () => (await runtime).threads,
  async measure(url, files) {
    const bytes = await Promise.all(
      files.map(async (name) => [name, await download(`${url}/${name}`)] as const),
    );
    const all = Object.fromEntries(bytes);
    const golden = parseGolden(new TextDecoder().decode(all["expected.json"]), all["expected.safetensors"]!);
    const model = await openModel(memorySource(url, all), { runtime: await runtime });
    try {
      return await measure(model, golden);
    } finally {
      await model.dispose();
    }
  },
};
Object.assign(globalThis, { parity });

async function download(url: string): Promise<Uint8Array> {
  return new Uint8Array(await (await fetch(url)).arrayBuffer());
}
