// A graph whose weights in half precision are float32 before the runtime sees them. Of those WebGPU knows float16 alone,
// and that only on devices with the feature shader-f16; bfloat16 beside it even ends onnxruntime's planning.

import { bfloatsToFloats, halvesToFloats } from "../../tensor/index.ts";
import { type External, fileName } from "../externals.ts";
import type { Element, Graph, Place } from "../graph/onnx.ts";

/** What turns the bits of an element type into float32. */
const WIDEN: Partial<Record<Element, (bits: Uint16Array) => Float32Array>> = {
  float16: halvesToFloats,
  bfloat16: bfloatsToFloats,
};

/** The graph with float32 weights, where they lie (each range in a file of its own), and their files made of those read. */
export function widened(graph: Graph): {
  readonly graph: Graph;
  readonly place: Place;
  files(read: readonly External[]): External[];
} {
  const halves = new Map<string, (bits: Uint16Array) => Float32Array>();
  const initializers = graph.initializers.map((item) => {
    const widen = WIDEN[item.element];
    if (!widen || item.data instanceof Uint8Array) return item;
    halves.set(fileName(item.data), widen);
    return { ...item, element: "float32" as const };
  });
  return {
    graph: { ...graph, initializers },
    place: (range) => {
      const location = fileName(range);
      const bytes = range.end - range.start;
      return { location, offset: 0, length: halves.has(location) ? 2 * bytes : bytes };
    },
    files: (read) =>
      read.map(({ path, data }) => {
        const widen = halves.get(path);
        return widen ? { path, data: new Uint8Array(widen(bitsOf(data)).buffer) } : { path, data };
      }),
  };
}

/** As 16-bit integers; a copy where they do not lie at an even address. */
function bitsOf(data: Uint8Array): Uint16Array {
  const { buffer, byteOffset, length } = data.byteOffset % 2 === 0 ? data : data.slice();
  return new Uint16Array(buffer, byteOffset, length / 2);
}
