// The branch that works on each token alone: two matrices, or a gated pair (Shazeer 2020), or routed experts.

import type { Mlp } from "../description.ts";
import { activation } from "./activation.ts";
import type { ValueName } from "./builder.ts";
import type { Scope } from "./scope.ts";

/** [n, hidden] to [n, hidden]; mlp_post is the input of the last matrix. */
export function mlp(scope: Scope, m: Mlp, x: ValueName, layer: number): ValueName {
  if (m.kind === "experts") return experts(scope, m, x);
  const { g } = scope;
  const up = g.linear(x, m.up);
  const inner =
    m.kind === "plain"
      ? activation(g, m.activation, up)
      : g.op("Mul", [activation(g, m.activation, g.linear(x, m.gate)), up]);
  return g.linear(scope.tapStream(layer, "mlp_post", inner), m.down);
}

/**
 * Every expert runs on every token and unused ones get weight 0: dear, but exact and small.
 * gpt-oss: gate clamped above, up on both sides; (up + 1) · gate · sigmoid(alpha gate).
 */
function experts({ g }: Scope, m: Mlp & { kind: "experts" }, x: ValueName): ValueName {
  const { experts: count, hidden, units } = m;
  const inner = g.op("Add", [
    g.op("MatMul", [x, g.weight(m.gateUp, [count, hidden, 2 * units])]),
    g.reshape(g.weight(m.gateUpBias, [count, 2 * units]), count, 1, 2 * units),
  ]);
  const pairs = g.reshape(inner, count, -1, units, 2);
  const [gate, up] = g.split("Split", [pairs], 2, { axis: 3, num_outputs: 2 });
  const low = g.op("Min", [g.reshape(gate!, count, -1, units), g.float(m.limit)]);
  const bounded = g.op("Clip", [g.reshape(up!, count, -1, units), g.float(-m.limit), g.float(m.limit)]);
  const glu = g.op("QuickGelu", [low], { alpha: { float: m.alpha } }, "com.microsoft");
  const gated = g.op("Mul", [g.op("Add", [bounded, g.float(1)]), glu]);
  const outputs = g.op("Add", [
    g.op("MatMul", [gated, g.weight(m.down, [count, units, hidden])]),
    g.reshape(g.weight(m.downBias, [count, hidden]), count, 1, hidden),
  ]);
  const shares = g.reshape(g.transpose(routing(g, m, x), 1, 0), count, -1, 1);
  return g.op("ReduceSum", [g.op("Mul", [outputs, shares]), g.ints(0)], { keepdims: 0 });
}

/** Share of each expert per token, [n, experts]: softmax over the best `used` router scores. */
function routing(g: Scope["g"], m: Mlp & { kind: "experts" }, x: ValueName): ValueName {
  const scores = g.linear(x, m.router);
  const [best, index] = g.split("TopK", [scores, g.ints(m.used)], 2, { axis: -1 });
  const zeros = g.op("Mul", [scores, g.float(0)]);
  return g.op("ScatterElements", [zeros, index!, g.op("Softmax", [best!], { axis: -1 })], { axis: 1 });
}
