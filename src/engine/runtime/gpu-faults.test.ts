import { expect, test } from "vitest";
import type { Graph, Node } from "../graph/onnx.ts";
import { refuseFaulty } from "./gpu-faults.ts";

const graph = (type: string, attributes: Node["attributes"]): Graph => ({
  nodes: [{ type, domain: "", inputs: ["x", "w"], output: "y", more: [], attributes }],
  initializers: [],
  inputs: [],
  between: [],
  outputs: [],
});

test("a convolution along one dimension is refused with the reason, in a way that leads to WebAssembly", () => {
  const refused = () => refuseFaulty(graph("Conv", { pads: [1, 1], strides: [2] }));
  expect(refused).toThrow(/^WebGPU is not used for this model: .*convolutions along one dimension/);
  expect(refused).toThrow(expect.objectContaining({ name: "RuntimeFailure", code: "gpu" }));
});

test("patches of pictures and everything else are not", () => {
  expect(() => refuseFaulty(graph("Conv", { strides: [16, 16] }))).not.toThrow();
  expect(() => refuseFaulty(graph("Conv", { pads: [1, 1, 1, 1] }))).not.toThrow();
  expect(() => refuseFaulty(graph("Pad", { pads: [1, 1] }))).not.toThrow();
});
