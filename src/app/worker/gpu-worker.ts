// The worker that runs models on the graphics device. Its program is larger than WebAssembly's alone, so it is a file of
// its own, which is loaded only where WebGPU is chosen and there.

import gpuWasm from "onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url";
import wasm from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";
import { webgpuRuntime } from "../../engine/runtime/webgpu.ts";
import { inFull, serveEngine } from "./serve-engine.ts";

serveEngine(() =>
  webgpuRuntime({
    wasmPaths: { wasm: inFull(gpuWasm) },
    instead: { wasmPaths: { wasm: inFull(wasm) } },
  }),
);
