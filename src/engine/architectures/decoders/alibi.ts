// The slopes of ALiBi (Press et al. 2022), one per head, as three families compute them.

/** A geometric series for a power of two of heads; the heads beyond it take every other term of the next finer one. */
export function alibiSlopes(heads: number): number[] {
  const power = 2 ** Math.floor(Math.log2(heads));
  const first = Array.from({ length: power }, (_, i) => i + 1);
  const rest = Array.from({ length: heads - power }, (_, i) => 2 * i + 1);
  return [...terms(power, first), ...terms(2 * power, rest)];
}

/** MPT: the series of the next power of two, every second term first. */
export function mptSlopes(heads: number): number[] {
  const power = 2 ** Math.ceil(Math.log2(heads));
  const all = Array.from({ length: power }, (_, i) => 2 ** -((8 * (i + 1)) / power));
  if (power === heads) return all;
  return [...all.filter((_, i) => i % 2 === 1), ...all.filter((_, i) => i % 2 === 0)].slice(0, heads);
}

/** Powers of the factor of a series of `of` terms, in float32 as Transformers has them. */
function terms(of: number, exponents: readonly number[]): number[] {
  const base = Math.fround(2 ** -(8 / of));
  return exponents.map((exponent) => Math.fround(base ** exponent));
}
