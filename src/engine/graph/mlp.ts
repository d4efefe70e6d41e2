// The branch that works on each token alone: two matrices, or a gated pair (Shazeer 2020), or routed experts.

import type { GatedMlp, Mlp } from "../description.ts";
import { activation } from "./activation.ts";
import type { GraphBuilder, ValueName } from "./builder.ts";
import { mixture, stackedExperts } from "./experts.ts";
import type { Scope } from "./scope.ts";

/** [n, hidden] to [n, hidden]; mlp_post is the input of the last matrix. */
export function mlp(scope: Scope, m: Mlp, x: ValueName, layer: number): ValueName {
  const { g } = scope;
  if (m.kind === "mixture") return mixture(g, m, x);
  if (m.kind === "experts") return stackedExperts(g, m, x);
  const units = m.kind === "plain" ? activation(g, m.activation, g.linear(x, m.up)) : gatedUnits(g, m, x);
  return g.linear(scope.tapStream(layer, "mlp_post", units), m.down);
}

/** Activation of the gate times up, [n, units]. */
export function gatedUnits(g: GraphBuilder, m: GatedMlp, x: ValueName): ValueName {
  const up = g.linear(x, m.up);
  return g.op("Mul", [activation(g, m.activation, g.linear(x, m.gate)), up]);
}
