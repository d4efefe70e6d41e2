// onnxruntime-web's WebAssembly build as a Runtime, for the browser and, where there is no native build, for Node.

import { explained } from "../errors.ts";
import { placeInOwnFile, readExternals } from "../externals.ts";
import { encodeModel } from "../graph/onnx.ts";
import type { Runtime } from "./runtime.ts";
import { type Onnxruntime, sessionOptions, wrapSession } from "./session.ts";

/** What WebAssembly can address. */
export const HEAP = 2 ** 32;

/** A module has one stack: calls wait for each other. What they throw is told in words of ours. */
export function turns(tell: (error: unknown) => unknown): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work, work).catch((error: unknown) => {
      throw tell(error);
    });
    last = next.catch(() => undefined);
    return next;
  };
}

/** A runtime over an onnxruntime-web module that the caller has configured; it may still be loading. */
export function wasmRuntime(module: Onnxruntime | Promise<Onnxruntime>, threads: number): Runtime {
  const inTurn = turns((error) => explained(error, HEAP));
  return {
    name: "web",
    threads,
    memory: HEAP,
    async session(graph, source, options) {
      const [ort, externalData] = await Promise.all([module, readExternals(graph, source, options)]);
      const bytes = encodeModel(graph, placeInOwnFile);
      const inner = await inTurn(() =>
        ort.InferenceSession.create(bytes, {
          ...sessionOptions(options.prepack),
          executionProviders: ["wasm"],
          externalData,
        }),
      );
      const session = wrapSession(ort, inner);
      return {
        run: (feeds, outputs) => inTurn(() => session.run(feeds, outputs)),
        dispose: () => inTurn(() => session.dispose()),
      };
    },
  };
}
