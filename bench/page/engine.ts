// The page in which headscope's engine is measured in a browser: opens a model by address, runs ids, tells the seconds.

import wasm from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";
import { urlSource } from "../../src/checkpoint/index.ts";
import { type Model, openModel } from "../../src/engine/index.ts";
import { webRuntime } from "../../src/engine/runtime/web.ts";

/** What the page offers. */
export interface EnginePage {
  /** Opens the model in the folder at `address`. */
  open(address: string, threads: number): Promise<void>;
  /** Seconds of a run that keeps q, k and v. */
  run(ids: readonly number[]): Promise<number>;
}

let model: Model | undefined;

const page: EnginePage = {
  async open(address, threads) {
    const runtime = await webRuntime({ threads, wasmPaths: { wasm: new URL(wasm, location.href).href } });
    model = await openModel(urlSource(address, { fetch: fetch.bind(globalThis) }), { runtime });
  },
  async run(ids) {
    const start = performance.now();
    await model!.run({ ids }, { captures: ["q", "k", "v", "last_logits"] });
    return (performance.now() - start) / 1000;
  },
};

Object.assign(window, { engine: page });
