// One attention layer as slow and as plainly as it can be said, for tests: Vaswani et al. 2017 with grouped keys,
// windows, soft caps, ALiBi (Press et al. 2022), T5's relative bias (Raffel et al. 2020) and learned sinks.
// Every number is a float64 in nested arrays; nothing is shared with the code under test.

/** [rows, columns] */
export type Rows = readonly (readonly number[])[];

/** A layer's inputs and rules; what is left out does not apply. */
export interface ReferenceLayer {
  /** [heads, queries, headSize] */
  readonly q: readonly Rows[];
  /** [kvHeads, keys, headSize] */
  readonly k: readonly Rows[];
  /** [kvHeads, keys, headSize] */
  readonly v: readonly Rows[];
  readonly scale: number;
  readonly causal: boolean;
  /** How far back and ahead a query sees, itself included in both. */
  readonly window?: readonly [number, number] | null;
  readonly softcap?: number | null;
  /** False where a key is hidden from a query, [queries, keys]. */
  readonly mask?: readonly (readonly boolean[])[];
  /** One slope per head. */
  readonly alibi?: readonly number[];
  /** Keys count back from the last; key and product are rounded to bfloat16; what is added is multiplied. */
  readonly alibiRules?: { readonly from?: "last"; readonly rounding?: "bf16"; readonly times?: number };
  /** Added to the scores as it is, [heads, queries, keys]. */
  readonly bias?: readonly Rows[] | null;
  readonly t5?: {
    /** [buckets, heads] */
    readonly table: Rows;
    readonly maxDistance: number;
    readonly bidirectional: boolean;
  };
  /** One logit per head that takes attention and gives nothing. */
  readonly sinks?: readonly number[];
}

/** What the layer computes, per head. */
export interface ReferenceResult {
  /** [heads, queries, keys]; -Infinity where hidden. */
  readonly scores: Rows[];
  /** [heads, queries, keys] */
  readonly pattern: Rows[];
  /** [heads, queries, headSize] */
  readonly z: Rows[];
}

/** Runs the layer. */
export function referenceAttention(layer: ReferenceLayer): ReferenceResult {
  const heads = layer.q.map((_, head) => head);
  const scores = heads.map((head) => scoresOf(layer, head));
  const pattern = heads.map((head) => scores[head]!.map((row) => softmax(row, layer.sinks?.[head])));
  const z = heads.map((head) => pattern[head]!.map((row) => mix(row, valuesOf(layer, head))));
  return { scores, pattern, z };
}

/** The key/value head that a head reads. */
export function groupOf({ q, k }: ReferenceLayer, head: number): number {
  return Math.floor((head * k.length) / q.length);
}

function valuesOf(layer: ReferenceLayer, head: number): Rows {
  return layer.v[groupOf(layer, head)]!;
}

function scoresOf(layer: ReferenceLayer, head: number): Rows {
  const keys = layer.k[groupOf(layer, head)]!;
  return layer.q[head]!.map((query, i) => keys.map((key, j) => score(layer, head, query, key, i, j)));
}

/** Scale, then cap, then bias, then mask. */
function score(
  layer: ReferenceLayer,
  head: number,
  query: readonly number[],
  key: readonly number[],
  i: number,
  j: number,
): number {
  if (!isVisible(layer, i, j)) return Number.NEGATIVE_INFINITY;
  let value = 0;
  for (let unit = 0; unit < query.length; unit++) value += query[unit]! * key[unit]!;
  value *= layer.scale;
  if (layer.softcap) value = layer.softcap * Math.tanh(value / layer.softcap);
  if (layer.alibi) value += alibiOf(layer, layer.alibi[head]!, j, keyCount(layer));
  if (layer.bias) value += layer.bias[head]![i]![j]!;
  if (layer.t5) value += layer.t5.table[bucketOf(layer.t5, j - i)]![head]!;
  return value;
}

function keyCount({ k }: ReferenceLayer): number {
  return k[0]!.length;
}

function alibiOf({ alibiRules = {} }: ReferenceLayer, slope: number, key: number, keys: number): number {
  const { from, rounding, times = 1 } = alibiRules;
  const place = from === "last" ? key - keys + 1 : key;
  const round = (value: number) => (rounding === "bf16" ? toEightBits(value) : value);
  return round(slope * round(place)) * times;
}

/** The nearest number with eight significant bits, of two the even one. */
function toEightBits(value: number): number {
  if (value === 0) return 0;
  const step = 2 ** (Math.floor(Math.log2(Math.abs(value))) - 7);
  const down = Math.floor(value / step);
  const rest = value / step - down;
  const up = rest > 0.5 || (rest === 0.5 && down % 2 !== 0);
  return (down + (up ? 1 : 0)) * step;
}

function isVisible({ causal, window, mask }: ReferenceLayer, i: number, j: number): boolean {
  if (causal && j > i) return false;
  if (window && i - j > window[0]) return false;
  if (window && j - i > window[1]) return false;
  return mask?.[i]?.[j] ?? true;
}

/** Near distances have a bucket each; far ones share buckets that widen with the logarithm of the distance. */
function bucketOf(t5: NonNullable<ReferenceLayer["t5"]>, ahead: number): number {
  const sides = t5.bidirectional ? 2 : 1;
  const buckets = t5.table.length / sides;
  const first = t5.bidirectional && ahead > 0 ? buckets : 0;
  const distance = t5.bidirectional ? Math.abs(ahead) : Math.max(0, -ahead);
  const near = Math.floor(buckets / 2);
  if (distance < near) return first + distance;
  const share = Math.log(distance / near) / Math.log(t5.maxDistance / near);
  return first + Math.min(buckets - 1, near + Math.floor(share * (buckets - near) + 1e-6));
}

/** Weights of one row; a sink takes attention and gives nothing. */
export function softmax(row: readonly number[], sink?: number): number[] {
  const all = sink === undefined ? row : [...row, sink];
  const top = Math.max(...all);
  const sum = all.reduce((total, value) => total + Math.exp(value - top), 0);
  return row.map((value) => Math.exp(value - top) / sum);
}

/** Sum of vectors by weight. */
export function mix(weights: readonly number[], vectors: Rows): number[] {
  return vectors[0]!.map((_, unit) =>
    weights.reduce((sum, weight, j) => sum + weight * vectors[j]![unit]!, 0),
  );
}
