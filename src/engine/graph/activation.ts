// Activation functions by the names that configs use (Transformers' ACT2FN).

import { UnsupportedModelError } from "../errors.ts";
import type { GraphBuilder, ValueName } from "./builder.ts";

type Make = (g: GraphBuilder, x: ValueName) => ValueName;

const exactGelu: Make = (g, x) => g.op("Gelu", [x]);
const tanhGelu: Make = (g, x) => g.op("Gelu", [x], { approximate: "tanh" });
/** x · sigmoid(alpha · x) */
const sigmoidLinear =
  (alpha: number): Make =>
  (g, x) =>
    g.op("QuickGelu", [x], { alpha: { float: alpha } }, "com.microsoft");

const MAKERS: Readonly<Record<string, Make>> = {
  gelu: exactGelu,
  gelu_python: exactGelu,
  gelu_new: tanhGelu,
  gelu_fast: tanhGelu,
  gelu_accurate: tanhGelu,
  gelu_pytorch_tanh: tanhGelu,
  gelu_python_tanh: tanhGelu,
  gelu_10: (g, x) => g.op("Clip", [exactGelu(g, x), g.float(-10), g.float(10)]),
  quick_gelu: sigmoidLinear(1.702),
  silu: sigmoidLinear(1),
  swish: sigmoidLinear(1),
  relu: (g, x) => g.op("Relu", [x]),
  relu2: (g, x) => {
    const positive = g.op("Relu", [x]);
    return g.op("Mul", [positive, positive]);
  },
  relu6: (g, x) => g.op("Clip", [x, g.float(0), g.float(6)]),
  leaky_relu: (g, x) => g.op("LeakyRelu", [x], { alpha: { float: 0.01 } }),
  tanh: (g, x) => g.op("Tanh", [x]),
  sigmoid: (g, x) => g.op("Sigmoid", [x]),
  mish: (g, x) => g.op("Mul", [x, g.op("Tanh", [g.op("Softplus", [x])])]),
  laplace: (g, x) => {
    const z = g.multiply(g.op("Sub", [x, g.float(Math.SQRT1_2)]), 1 / (0.282095 * Math.SQRT2));
    return g.multiply(g.op("Add", [g.op("Erf", [z]), g.float(1)]), 0.5);
  },
  linear: (_, x) => x,
};

/** An activation by its config name; an unknown name is refused. */
export function activation(g: GraphBuilder, name: string, x: ValueName): ValueName {
  const make = Object.hasOwn(MAKERS, name) ? MAKERS[name] : undefined;
  if (make) return make(g, x);
  throw new UnsupportedModelError(
    `config.json names the activation "${name}"; supported are ${Object.keys(MAKERS).join(", ")}.`,
  );
}
