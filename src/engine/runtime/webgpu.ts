// onnxruntime-web's WebGPU build as a Runtime. Its numbers are compared with WebAssembly's before it is used; where it is
// absent or fails that comparison, WebAssembly runs and says why. All arithmetic is float32: weights in half precision
// are widened when a session opens, as everywhere, and what a device can do in half precision is left alone.

import type { InferenceSession } from "onnxruntime-web";
import { explainedGpu } from "../errors.ts";
import { readExternals } from "../externals.ts";
import { encodeModel } from "../graph/onnx.ts";
import { selfCheck } from "../self-check.ts";
import { type Gpu, openGpu } from "./gpu-device.ts";
import { refuseFaulty } from "./gpu-faults.ts";
import type { Runtime } from "./runtime.ts";
import { type Onnxruntime, sessionOptions, wrapSession } from "./session.ts";
import { HEAP, turns, wasmRuntime } from "./wasm.ts";
import { defaultThreads, emptyModel, type WebRuntimeOptions, webRuntime } from "./web.ts";
import { widened } from "./widened.ts";

export interface WebGpuRuntimeOptions extends WebRuntimeOptions {
  /** The runtime that stands in where there is no WebGPU. */
  readonly instead?: WebRuntimeOptions;
}

/**
 * A runtime on the graphics device, once its numbers were compared with WebAssembly's; else WebAssembly, which says in
 * `instead` why. Only then is onnxruntime's WebGPU build (`ort-wasm-simd-threaded.asyncify.wasm`, 27 MB) loaded.
 */
export async function webgpuRuntime(options: WebGpuRuntimeOptions = {}): Promise<Runtime> {
  const threads = options.threads ?? defaultThreads();
  const instead = async (why: string): Promise<Runtime> => ({
    ...(await webRuntime({ threads, ...options.instead })),
    instead: why,
  });
  const gpu = await openGpu();
  if ("why" in gpu) return instead(gpu.why);
  const why = (error: unknown) => (error instanceof Error ? error.message : String(error));
  try {
    const ort = await load(options, threads);
    // Compiled shaders are kept as long as one session is open, so one always is.
    await gpu.watched(() => ort.InferenceSession.create(emptyModel(), onDevice(gpu)));
    const runtime = gpuRuntime(ort, gpu, threads);
    const fault = await selfCheck(runtime, wasmRuntime(ort, threads));
    if (fault === null && gpu.used) return runtime;
    gpu.destroy();
    return instead(fault ?? "onnxruntime did not use the graphics device.");
  } catch (error) {
    gpu.destroy();
    return instead(`WebGPU could not be tried: ${why(error)}`);
  }
}

type WebGpuModule = typeof import("onnxruntime-web/webgpu");

async function load({ wasmPaths }: WebRuntimeOptions, threads: number): Promise<WebGpuModule> {
  const ort = await import("onnxruntime-web/webgpu");
  ort.env.wasm.numThreads = threads;
  if (wasmPaths !== undefined) ort.env.wasm.wasmPaths = wasmPaths;
  return ort;
}

function onDevice({ device }: Gpu): Pick<InferenceSession.SessionOptions, "executionProviders"> {
  return { executionProviders: [{ name: "webgpu", device }] };
}

function gpuRuntime(ort: Onnxruntime, gpu: Gpu, threads: number): Runtime {
  const inTurn = turns(explainedGpu);
  const onGpu = <T>(work: () => Promise<T>) => inTurn(() => gpu.watched(work));
  return {
    name: "webgpu",
    threads,
    device: gpu.name,
    memory: HEAP,
    async session(graph, source, options) {
      refuseFaulty(graph);
      const wide = widened(graph);
      const externalData = wide.files(await readExternals(graph, source, options));
      const bytes = encodeModel(wide.graph, wide.place);
      const inner = await onGpu(() =>
        ort.InferenceSession.create(bytes, {
          ...sessionOptions(options.prepack),
          ...onDevice(gpu),
          externalData,
        }),
      );
      const session = wrapSession(ort, inner);
      return {
        run: (feeds, outputs) => onGpu(() => session.run(feeds, outputs)),
        // A device that is lost has nothing left to give back.
        dispose: () => inTurn(() => session.dispose()).catch(() => undefined),
      };
    },
    dispose: () => gpu.destroy(),
  };
}
