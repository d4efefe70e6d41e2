// What one query of a head writes: value vectors times weights, and their sum, the head's output z.

import type { BlockName, Trace } from "../trace/index.ts";

/** The values a query reads, weighted. */
export interface WrittenValues {
  /** Visible keys, ascending. */
  readonly keys: readonly number[];
  readonly size: number;
  /** Value vectors, [keys, size]. */
  readonly values: Float32Array;
  /** weight × value, [keys, size]. */
  readonly weighted: Float32Array;
  /** Their sum over keys: z of this query, [size]. */
  readonly sum: Float32Array;
  /** Length of each weighted vector, [keys]. */
  readonly lengths: Float32Array;
}

/** What `query` reads in one head, or undefined where values were not recorded. */
export function writtenValues(
  trace: Trace,
  block: BlockName,
  layer: number,
  head: number,
  query: number,
): WrittenValues | undefined {
  const stored = trace.values(block, layer, head);
  if (!stored) return undefined;
  const size = stored.shape[1]!;
  const row = trace.attention(block, layer, head, query, query + 1);
  const keys = [...row.keys()].filter((key) => trace.visible(block, layer, query, key));
  const values = new Float32Array(keys.length * size);
  for (const [at, key] of keys.entries())
    values.set(stored.data.subarray(key * size, (key + 1) * size), at * size);
  const weighted = values.map((value, i) => value * row[keys[Math.floor(i / size)]!]!);
  const sum = new Float32Array(size);
  weighted.forEach((value, i) => {
    sum[i % size]! += value;
  });
  const lengths = Float32Array.from(keys, (_, at) =>
    Math.hypot(...weighted.subarray(at * size, (at + 1) * size)),
  );
  return { keys, size, values, weighted, sum, lengths };
}
