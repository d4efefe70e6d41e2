// An EngineHost at the inner end of a worker; the runtime is loaded with the first model.

import { openModel, type Runtime } from "../../engine/index.ts";
import { EngineHost } from "../../wire/host.ts";
import { buffersOf, type Request } from "../../wire/protocol.ts";
import { sourceOf } from "./sources.ts";

const scope = globalThis as unknown as {
  postMessage(message: unknown, transfer: Transferable[]): void;
  onmessage: ((event: MessageEvent<Request>) => void) | null;
};

/** Answer the page's requests with models on this runtime. */
export function serveEngine(load: () => Promise<Runtime>): void {
  let runtime: Promise<Runtime> | null = null;
  const host = new EngineHost({
    post: (reply) => scope.postMessage(reply, buffersOf(reply)),
    runtime: () => {
      runtime ??= load();
      return runtime;
    },
    sourceOf,
    openModel,
  });
  scope.onmessage = (event) => void host.serve(event.data);
}

/** An address relative to this script in full, as onnxruntime reads it. */
export const inFull = (address: string) => new URL(address, import.meta.url).href;
