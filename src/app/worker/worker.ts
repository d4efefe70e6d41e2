// The worker that runs models in WebAssembly, so that the page never waits.

import wasm from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";
import { webRuntime } from "../../engine/runtime/web.ts";
import { inFull, serveEngine } from "./serve-engine.ts";

serveEngine(() => webRuntime({ wasmPaths: { wasm: inFull(wasm) } }));
