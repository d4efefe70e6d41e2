// The inner half of a gated mlp (Shazeer 2020), alone or as one of many experts.

import type { GatedMlp } from "../description.ts";
import { activation } from "./activation.ts";
import type { GraphBuilder, ValueName } from "./builder.ts";

/** Activation of the gate times up, [n, units]. */
export function gatedUnits(g: GraphBuilder, m: GatedMlp, x: ValueName): ValueName {
  const up = g.linear(x, m.up);
  return g.op("Mul", [activation(g, m.activation, g.linear(x, m.gate)), up]);
}
