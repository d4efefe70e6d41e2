// Vectors, products with a matrix, and norms in double precision, as attribution needs them.

import type { ReadNorm } from "../trace/index.ts";

export type Vector = Float64Array;

function statistics({ kind, eps }: ReadNorm, x: ArrayLike<number>): { mean: number; scale: number } {
  let mean = 0;
  if (kind === "layer") {
    for (let i = 0; i < x.length; i++) mean += x[i]!;
    mean /= x.length;
  }
  let square = 0;
  for (let i = 0; i < x.length; i++) square += (x[i]! - mean) ** 2;
  return { mean, scale: 1 / Math.sqrt(square / x.length + eps) };
}

/** A norm's output; without one the input. */
export function normed(norm: ReadNorm | null, x: Float32Array | Vector): Vector {
  if (!norm) return Float64Array.from(x);
  const { mean, scale } = statistics(norm, x);
  return Float64Array.from(
    x,
    (value, i) => (value - mean) * scale * (norm.weight?.[i] ?? 1) + (norm.bias?.[i] ?? 0),
  );
}

/** A direction behind a norm as one in front of it, with the scale that the norm had at `x`. */
export function normBack(norm: ReadNorm, x: ArrayLike<number>, direction: Vector): Vector {
  const { scale } = statistics(norm, x);
  const scaled = direction.map((value, i) => value * scale * (norm.weight?.[i] ?? 1));
  if (norm.kind === "rms") return scaled;
  const mean = scaled.reduce((sum, value) => sum + value, 0) / scaled.length;
  return scaled.map((value) => value - mean);
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

export function add(a: ArrayLike<number>, b: ArrayLike<number>): Vector {
  return Float64Array.from({ length: a.length }, (_, i) => a[i]! + b[i]!);
}

export function subtract(a: ArrayLike<number>, b: ArrayLike<number>): Vector {
  return Float64Array.from({ length: a.length }, (_, i) => a[i]! - b[i]!);
}

/** x [in] · weight [in, out] + bias */
export function times(
  x: ArrayLike<number>,
  weight: Float32Array,
  out: number,
  bias: Float32Array | null,
): Vector {
  const y = Float64Array.from({ length: out }, (_, j) => bias?.[j] ?? 0);
  for (let i = 0; i < x.length; i++) {
    const value = x[i]!;
    for (let j = 0; j < out; j++) y[j]! += value * weight[i * out + j]!;
  }
  return y;
}

/** weight [in, out] · direction [out] */
export function against(weight: Float32Array, rows: number, direction: Vector): Vector {
  const out = direction.length;
  return Float64Array.from({ length: rows }, (_, i) =>
    dot(weight.subarray(i * out, (i + 1) * out), direction),
  );
}
