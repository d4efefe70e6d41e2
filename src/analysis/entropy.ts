// How evenly a row of attention is spread.

import type { HeadRows } from "./head-rows.ts";

const known = new WeakMap<HeadRows, Float64Array>();

/** Entropy of each row in nats. Two scores want it, and its logarithms are most of what scores cost: taken once. */
export function entropiesOf(rows: HeadRows): Float64Array {
  const made = known.get(rows) ?? Float64Array.from(rows.queries, (_, r) => entropy(rows.row(r)));
  known.set(rows, made);
  return made;
}

function entropy(row: Float32Array): number {
  let sum = 0;
  for (let key = 0; key < row.length; key++) sum += surprise(row[key]!);
  return sum;
}

/** What a weight adds to the entropy of its row; nothing where it is zero. */
export function surprise(weight: number): number {
  return weight > 0 ? -weight * Math.log(weight) : 0;
}
