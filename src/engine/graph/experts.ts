// Mixtures of experts (Shazeer et al. 2017): a router gives every token to a few of many mlps.

import type { Mlp } from "../description.ts";
import type { GraphBuilder, ValueName } from "./builder.ts";
import { gatedUnits } from "./gated.ts";

/** Experts stored apart, each run on the tokens that chose it; [n, hidden] to [n, hidden]. */
export function mixture(g: GraphBuilder, m: Mlp & { kind: "mixture" }, x: ValueName): ValueName {
  const shares = sharesOf(g, m, x);
  const nothing = g.op("Mul", [x, g.float(0)]);
  const routed = m.experts.reduce((sum, expert, index) => {
    const share = g.op("Gather", [shares, g.ints(index)], { axis: 1 });
    const rows = g.transpose(g.op("NonZero", [g.reshape(share, -1)]), 1, 0);
    const chosen = g.op("GatherND", [x, rows]);
    const output = g.linear(gatedUnits(g, expert, chosen), expert.down);
    const weighed = g.op("Mul", [output, g.op("GatherND", [share, rows])]);
    return g.op("ScatterND", [sum, rows, weighed], { reduction: "add" });
  }, nothing);
  if (!m.shared) return routed;
  const { expert, gate } = m.shared;
  const everyone = g.linear(gatedUnits(g, expert, x), expert.down);
  return g.op("Add", [routed, g.op("Mul", [everyone, g.op("Sigmoid", [g.linear(x, gate)])])]);
}

/** Share of each expert per token, [n, experts]; 0 for those not chosen. */
function sharesOf(g: GraphBuilder, m: Mlp & { kind: "mixture" }, x: ValueName): ValueName {
  const logits = g.linear(x, m.router);
  if (m.renormalised) return scattered(g, logits, m.used, (best) => g.op("Softmax", [best], { axis: -1 }));
  return scattered(g, g.op("Softmax", [logits], { axis: -1 }), m.used, (best) => best);
}

/** The best `used` of each row, changed by `change`; 0 in place of the others. */
function scattered(
  g: GraphBuilder,
  scores: ValueName,
  used: number,
  change: (best: ValueName) => ValueName,
): ValueName {
  const [best, index] = g.split("TopK", [scores, g.ints(used)], 2, { axis: -1 });
  const zeros = g.op("Mul", [scores, g.float(0)]);
  return g.op("ScatterElements", [zeros, index!, change(best!)], { axis: 1 });
}

/**
 * Experts stored together (gpt-oss): every one runs on every token and unused ones get share 0: dear, but exact and
 * small. Gate clamped above, up on both sides; (up + 1) · gate · sigmoid(alpha gate).
 */
export function stackedExperts(g: GraphBuilder, m: Mlp & { kind: "experts" }, x: ValueName): ValueName {
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
  const softmax = (best: ValueName) => g.op("Softmax", [best], { axis: -1 });
  const shares = scattered(g, g.linear(x, m.router), m.used, softmax);
  const weights = g.reshape(g.transpose(shares, 1, 0), count, -1, 1);
  return g.op("ReduceSum", [g.op("Mul", [outputs, weights]), g.ints(0)], { keepdims: 0 });
}
