// Thumbnails as one byte per cell: what the map keeps and paints.

/** Weights below are not painted in the map. */
const LEAST = 0.012;
/** Levels of a colour in a code. */
const LEVELS = 127;
/** Code of a masked cell and of a weight too small to paint. */
export const MASKED_CODE = 0;
export const ZERO_CODE = 1;

/** A thumbnail as one byte per cell: masked, zero, 127 levels of √weight, 127 of a quiet or negative one. */
export function thumbnailCodes(weights: Float32Array): Uint8Array {
  // A loop: Uint8Array.from with a function takes several times as long.
  const codes = new Uint8Array(weights.length);
  for (let i = 0; i < codes.length; i++) codes[i] = codeOf(weights[i]!);
  return codes;
}

function codeOf(weight: number): number {
  if (Number.isNaN(weight)) return MASKED_CODE;
  const size = Math.abs(weight);
  if (size < LEAST) return ZERO_CODE;
  const level = Math.round(Math.sqrt(Math.min(1, size)) * (LEVELS - 1));
  return (weight < 0 ? ZERO_CODE + 1 + LEVELS : ZERO_CODE + 1) + level;
}

/** Position 0 to 1 on the colour ramp of a code, and whether the key is quiet; null for masked and zero cells. */
export function codeLevel(code: number): { position: number; quiet: boolean } | null {
  if (code <= ZERO_CODE) return null;
  const level = code - ZERO_CODE - 1;
  return { position: (level % LEVELS) / (LEVELS - 1), quiet: level >= LEVELS };
}
