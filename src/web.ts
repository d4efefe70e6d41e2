// The runtime of the browser: onnxruntime-web's WebAssembly build, loaded when the first session opens.

export { webRuntime } from "./engine/runtime/web.ts";
