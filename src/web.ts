// The runtimes of the browser: onnxruntime-web's WebAssembly build, loaded when the first session opens, and its WebGPU
// build, loaded where it is asked for.

export { webRuntime } from "./engine/runtime/web.ts";
export { webgpuRuntime } from "./engine/runtime/webgpu.ts";
