// The branch that works on each token alone: two matrices, or a gated pair (Shazeer 2020), or routed experts.

import type { Mlp } from "../description.ts";
import { activation } from "./activation.ts";
import type { ValueName } from "./builder.ts";
import { mixture, stackedExperts } from "./experts.ts";
import { gatedUnits } from "./gated.ts";
import type { Scope } from "./scope.ts";

/** [n, hidden] to [n, hidden]; mlp_post is the input of the last matrix. */
export function mlp(scope: Scope, m: Mlp, x: ValueName, layer: number): ValueName {
  const { g } = scope;
  if (m.kind === "mixture") return mixture(g, m, x);
  if (m.kind === "experts") return stackedExperts(g, m, x);
  const units = m.kind === "plain" ? activation(g, m.activation, g.linear(x, m.up)) : gatedUnits(g, m, x);
  return g.linear(scope.tapStream(layer, "mlp_post", units, m.down.in), m.down);
}
