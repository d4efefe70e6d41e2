import { expect, test } from "vitest";
import { floatToHalf } from "../../tensor/index.ts";
import { fileName } from "../externals.ts";
import type { Graph, Initializer } from "../graph/onnx.ts";
import { widened } from "./widened.ts";

const range = (start: number, end: number) => ({ file: "model.safetensors", start, end });
const initializer = (
  name: string,
  element: Initializer["element"],
  start: number,
  end: number,
): Initializer => ({
  name,
  element,
  shape: [2],
  data: range(start, end),
});
const graph: Graph = {
  nodes: [],
  inputs: [],
  between: [],
  outputs: [],
  initializers: [
    initializer("half", "float16", 0, 4),
    initializer("brain", "bfloat16", 5, 9),
    initializer("full", "float32", 9, 17),
    { name: "axes", element: "int64", shape: [1], data: new Uint8Array(8) },
  ],
};

test("weights in half precision become float32, others stay as they are", () => {
  const wide = widened(graph);
  expect(wide.graph.initializers.map(({ element }) => element)).toEqual([
    "float32",
    "float32",
    "float32",
    "int64",
  ]);
  expect(wide.place(range(0, 4))).toEqual({ location: fileName(range(0, 4)), offset: 0, length: 8 });
  expect(wide.place(range(9, 17))).toMatchObject({ length: 8 });

  // 1.5 and -2 as halves, and as bfloat16 at an odd address.
  const whole = new Uint8Array(9);
  const view = new DataView(whole.buffer);
  for (const [i, x] of [1.5, -2].entries()) view.setUint16(2 * i, floatToHalf(x), true);
  for (const [i, bits] of [0x3fc0, 0xc000].entries()) view.setUint16(5 + 2 * i, bits, true);
  const full = new Uint8Array(8);
  const files = wide.files([
    { path: fileName(range(0, 4)), data: whole.subarray(0, 4) },
    { path: fileName(range(5, 9)), data: whole.subarray(5, 9) },
    { path: fileName(range(9, 17)), data: full },
  ]);
  const floats = (at: number) => [...new Float32Array(files[at]!.data.slice().buffer)];
  expect([floats(0), floats(1)]).toEqual([
    [1.5, -2],
    [1.5, -2],
  ]);
  expect(files[2]!.data).toBe(full);
});
