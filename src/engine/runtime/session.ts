// One onnxruntime session behind the engine's Session interface. Outputs were copied out of the runtime's memory by
// onnxruntime itself, in Node as in the browser, so that they are JavaScript's and nothing is left to dispose of.

import type { InferenceSession, Tensor, TypedTensor } from "onnxruntime-web";
import type { Session, Value } from "./runtime.ts";

/** The part of onnxruntime-node and onnxruntime-web that the engine uses. */
export interface Onnxruntime {
  readonly InferenceSession: {
    create(bytes: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: new (type: Tensor.Type, data: Tensor.DataType, dims: readonly number[]) => Tensor;
}

/** Options that hold in Node and on the web. The arena is off because it keeps the largest run's memory on the web. */
export function sessionOptions(prepack: boolean): InferenceSession.SessionOptions {
  return {
    enableCpuMemArena: false,
    enableMemPattern: false,
    logSeverityLevel: 3,
    extra: { session: { disable_prepacking: prepack ? "0" : "1" } },
  };
}

/** A session; `options` go to every run. */
export function wrapSession(
  ort: Onnxruntime,
  inner: InferenceSession,
  options: InferenceSession.RunOptions = {},
): Session {
  return {
    async run(feeds, names) {
      const inputs = Object.entries(feeds).map(
        ([name, value]) => [name, new ort.Tensor(value.type, value.data, value.shape)] as const,
      );
      const fed = Object.fromEntries(inputs);
      const outputs = await (names ? inner.run(fed, names, options) : inner.run(fed, options));
      return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, takeValue(tensor)]));
    },
    dispose: () => inner.release(),
  };
}

function takeValue(tensor: Tensor): Value {
  const { type, dims } = tensor;
  if (type !== "float32") throw new Error(`onnxruntime returned a ${type} tensor; expected float32`);
  const { data } = tensor as TypedTensor<"float32">;
  return { type, data, shape: [...dims] };
}
