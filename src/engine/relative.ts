// Buckets of relative positions whose width grows with the logarithm of the distance (He et al. 2021, DeBERTa-v3).

/**
 * Bucket of query - key: itself up to half of `buckets` both ways, then by the logarithm, so that `maxDistance` - 1 is
 * the last of `buckets`; farther ones go on. Rounded to float32 as Transformers computes it.
 */
export function logBucket(
  distance: number,
  { buckets, maxDistance }: { readonly buckets: number; readonly maxDistance: number },
): number {
  const { fround, log } = Math;
  const middle = Math.floor(buckets / 2);
  const far = Math.abs(distance);
  if (far <= middle) return distance;
  const share = fround(fround(log(fround(far / middle))) / fround(log(fround((maxDistance - 1) / middle))));
  return Math.sign(distance) * (Math.ceil(fround(share * (middle - 1))) + middle);
}
