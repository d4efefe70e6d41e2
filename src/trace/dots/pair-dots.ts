// q·k of two queries with many keys: the inner loop of attention, in float64. Plain loops here; simd.ts has faster ones,
// which who wants them switches on.

/** Vectors of one head. */
export interface HeadVectors {
  /** [queries, headSize] */
  readonly q: Float32Array;
  /** [keys, headSize] */
  readonly k: Float32Array;
  readonly headSize: number;
  readonly keys: number;
}

/**
 * Products of the queries `a` and `b` with keys `from` to `to` (exclusive), each at the place of its key. Both arrays are
 * the caller's until the next call.
 */
export type PairDots = (
  a: number,
  b: number,
  from: number,
  to: number,
) => readonly [Float64Array, Float64Array];

/** Prepares one head; null where it cannot. */
export type PreparePairDots = (head: HeadVectors) => PairDots | null;

/** Rows from which on preparing a head pays. */
const LEAST = 4;

let faster: PreparePairDots | null = null;

/** Compute with `prepare` from now on; null for plain loops. */
export function setPairDots(prepare: PreparePairDots | null): void {
  faster = prepare;
}

/** The products of a head of which `rows` rows are wanted. */
export function pairDots(head: HeadVectors, rows: number): PairDots {
  return (rows >= LEAST ? faster?.(head) : null) ?? plainDots(head);
}

function plainDots(head: HeadVectors): PairDots {
  const pair = [new Float64Array(head.keys), new Float64Array(head.keys)] as const;
  return (a, b, from, to) => {
    dots(head, a, from, to, pair[0]);
    if (b !== a) dots(head, b, from, to, pair[1]);
    return pair;
  };
}

/** q·k of one query with keys `from` to `to`, four keys at a time: four sums in flight are twice as fast as one. */
export function dots(
  { q, k, headSize }: HeadVectors,
  query: number,
  from: number,
  to: number,
  out: Float64Array,
): void {
  const first = query * headSize;
  let key = from;
  for (; key + 4 <= to; key += 4) {
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let i = 0, at = key * headSize; i < headSize; i++, at++) {
      const x = q[first + i]!;
      a += x * k[at]!;
      b += x * k[at + headSize]!;
      c += x * k[at + 2 * headSize]!;
      d += x * k[at + 3 * headSize]!;
    }
    out[key] = a;
    out[key + 1] = b;
    out[key + 2] = c;
    out[key + 3] = d;
  }
  for (; key < to; key++) {
    let sum = 0;
    for (let i = 0, at = key * headSize; i < headSize; i++) sum += q[first + i]! * k[at + i]!;
    out[key] = sum;
  }
}
