// Half-precision floats (IEEE 754 binary16) and bfloat16, by bits: Node 20 has no Float16Array.

const scratch = new DataView(new ArrayBuffer(4));

/** float32 value of one IEEE half. */
export function halfToFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Bits of the IEEE half nearest to a float32, ties to even; beyond 65,504 infinity. */
export function floatToHalf(value: number): number {
  scratch.setFloat32(0, value);
  const bits = scratch.getUint32(0);
  const sign = (bits >>> 16) & 0x8000;
  const exponent = (bits >>> 23) & 255;
  const fraction = bits & 0x7fffff;
  if (exponent === 255) return sign | 0x7c00 | (fraction ? 0x200 : 0);
  const shifted = exponent - 112;
  if (shifted >= 31) return sign | 0x7c00;
  if (shifted <= 0) {
    if (shifted < -10) return sign;
    return sign | roundShift(fraction | 0x800000, 14 - shifted);
  }
  return sign | roundShift((shifted << 23) | fraction, 13);
}

function roundShift(value: number, shift: number): number {
  const floor = value >>> shift;
  const rest = value & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return rest > half || (rest === half && floor & 1) ? floor + 1 : floor;
}

let table: Float32Array | undefined;

function tableOfHalves(): Float32Array {
  const made = new Float32Array(65536);
  for (let bits = 0; bits < made.length; bits++) made[bits] = halfToFloat(bits);
  return made;
}

/** True if every IEEE half is a number: an exponent of 31 is infinity or none. */
export function allHalvesFinite(bits: Uint16Array): boolean {
  for (let i = 0; i < bits.length; i++) if ((bits[i]! & 0x7c00) === 0x7c00) return false;
  return true;
}

/** float32 copies of IEEE halves, through a table of all 65,536 values. */
export function halvesToFloats(bits: Uint16Array): Float32Array {
  table ??= tableOfHalves();
  const out = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) out[i] = table[bits[i]!]!;
  return out;
}

/** IEEE halves of float32 values. */
export function floatsToHalves(values: Float32Array): Uint16Array {
  const out = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) out[i] = floatToHalf(values[i]!);
  return out;
}

/** The bfloat16 nearest to a number, ties to even, as a number. */
export function roundToBfloat(value: number): number {
  scratch.setFloat32(0, value);
  const bits = scratch.getUint32(0);
  scratch.setUint32(0, (bits + 0x7fff + ((bits >>> 16) & 1)) & 0xffff0000);
  return scratch.getFloat32(0);
}

/** float32 copies of bfloat16 values: the upper half of a float32. */
export function bfloatsToFloats(bits: Uint16Array): Float32Array {
  const out = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) out[i] = bits[i]! << 16;
  return new Float32Array(out.buffer);
}
