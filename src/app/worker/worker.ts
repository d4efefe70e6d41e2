// The worker that runs models, so that the page never waits. The runtime is loaded with the first model.

import wasm from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";
import { openModel } from "../../engine/index.ts";
import { webRuntime } from "../../engine/runtime/web.ts";
import { EngineHost } from "../../wire/host.ts";
import { buffersOf, type Request } from "../../wire/protocol.ts";
import { sourceOf } from "./sources.ts";

const scope = globalThis as unknown as {
  postMessage(message: unknown, transfer: Transferable[]): void;
  onmessage: ((event: MessageEvent<Request>) => void) | null;
};

let runtime: ReturnType<typeof webRuntime> | null = null;

const host = new EngineHost({
  post: (reply) => scope.postMessage(reply, buffersOf(reply)),
  runtime: () => {
    runtime ??= webRuntime({ wasmPaths: { wasm: new URL(wasm, import.meta.url).href } });
    return runtime;
  },
  sourceOf,
  openModel,
});

scope.onmessage = (event) => void host.serve(event.data);
