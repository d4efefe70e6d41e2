// Layer norm (Ba et al. 2016) and root-mean-square norm (Zhang and Sennrich 2019) over the last axis.

import type { Norm } from "../description.ts";
import type { GraphBuilder, ValueName } from "./builder.ts";

export function norm(g: GraphBuilder, x: ValueName, n: Norm | null | undefined): ValueName {
  if (!n) return x;
  if (Array.isArray(n.weight)) return headNorms(g, x, { ...n, weight: null }, n.weight);
  const attributes = { axis: -1, epsilon: { float: n.eps } };
  const factor = normFactor(g, n);
  if (n.kind === "rms") return g.op("SimplifiedLayerNormalization", [x, factor], attributes);
  const bias = n.bias === undefined ? [] : [g.weight(n.bias, [n.size])];
  return g.op("LayerNormalization", [x, factor, ...bias], attributes);
}

/** A factor for each row of the last two axes, [heads, size]. */
function headNorms(g: GraphBuilder, x: ValueName, plain: Norm, weights: readonly string[]): ValueName {
  const rows = weights.map((name) => g.reshape(g.weight(name, [plain.size]), 1, plain.size));
  return g.op("Mul", [norm(g, x, plain), g.op("Concat", rows, { axis: 0 })]);
}

function normFactor(g: GraphBuilder, n: Norm): ValueName {
  if (n.weight === null || typeof n.weight === "object")
    return g.floats(`ones_${n.size}`, [n.size], new Float32Array(n.size).fill(1));
  const weight = g.weight(n.weight, [n.size]);
  return n.plusOne ? g.op("Add", [weight, g.float(1)]) : weight;
}
