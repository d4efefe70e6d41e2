// Disentangled attention (He et al. 2021): scores hold terms of content with position and of position with content.
// Distances are looked up in the products, which have a column for each row of the table, so that no vector is copied.

import type { BlockName } from "../../trace/index.ts";
import type { Attention, Disentangled, Linear } from "../description.ts";
import type { ValueName } from "./builder.ts";
import { norm } from "./norm.ts";
import type { Scope } from "./scope.ts";

/** What meets in one layer's scores: q and k, [heads, n, headSize] and [heads, m, headSize]. */
export interface Dots {
  readonly q: ValueName;
  readonly k: ValueName;
  readonly at: { readonly block: BlockName; readonly layer: number };
}

/** What the terms add to the scores, [heads, n, m]; recorded where q or k is, because they do not give it. */
export function positionTerms(
  scope: Scope,
  a: Omit<Attention, "bias">,
  bias: Disentangled,
  { q, k, at }: Dots,
): ValueName {
  const { g } = scope;
  const fed = g.input("distances", "int64", [1, "n", "m"], { kind: "distances", bias });
  const rows = scope.once("distances", () => g.op("Expand", [fed, g.ints(a.heads, 1, 1)]));
  const terms = [
    ...(bias.keys ? [lookedUp(scope, products(scope, a, bias, q, bias.keys), rows, 2)] : []),
    ...(bias.queries
      ? [lookedUp(scope, g.transpose(products(scope, a, bias, k, bias.queries), 0, 2, 1), rows, 1)]
      : []),
  ];
  const sum = terms.reduce((all, term) => g.op("Add", [all, term]));
  if (scope.wants("q", "k")) g.output(`${at.block}.${at.layer}.bias`, sum);
  return sum;
}

/** Every vector with every projected distance, scaled, [heads, vectors, 2 span]. */
function products(
  scope: Scope,
  { heads, headSize, scale }: Omit<Attention, "bias">,
  { table, span, norm: by }: Disentangled,
  vectors: ValueName,
  project: Linear,
): ValueName {
  const { g } = scope;
  const distances = scope.once("distance vectors", () =>
    norm(g, g.weight(table, [2 * span, project.in]), by),
  );
  const projected = g.transpose(g.reshape(g.linear(distances, project), -1, heads, headSize), 1, 2, 0);
  return g.multiply(g.op("MatMul", [vectors, projected]), scale);
}

function lookedUp({ g }: Scope, products: ValueName, rows: ValueName, axis: number): ValueName {
  return g.op("GatherElements", [products, rows], { axis });
}
