// Attention weights as unsigned integers of their square roots: 8 bits for pictures, 16 for numbers.
// Never linear: with 8 linear bits the small weights of a long row vanish and its sum is off by up to .99.

import type { FloatTensor, Tensor } from "../tensor/index.ts";

/** Weights (0 to 1) as codes, round(sqrt(weight) * top); largest error 3.9e-3 in 8 bits, 1.5e-5 in 16. */
export function toSqrt(weights: FloatTensor, bits: 8 | 16): Tensor {
  const { data, shape } = weights;
  const codes = bits === 8 ? new Uint8Array(data.length) : new Uint16Array(data.length);
  const top = bits === 8 ? 255 : 65535;
  for (let i = 0; i < data.length; i++) codes[i] = Math.round(Math.sqrt(data[i]!) * top);
  return { dtype: bits === 8 ? "U8" : "U16", shape, data: codes };
}

/** Weights of codes: (code / top)². */
export function fromSqrt(codes: Uint8Array | Uint16Array): Float32Array {
  const top = codes instanceof Uint8Array ? 255 : 65535;
  const out = new Float32Array(codes.length);
  for (let i = 0; i < codes.length; i++) out[i] = (codes[i]! / top) ** 2;
  return out;
}
