// Two runs side by side: how far their attention is apart.

import { type BlockName, type Trace, TraceError } from "../trace/index.ts";

/** Largest absolute difference of attention, and where it is. */
export interface Difference {
  readonly largest: number;
  readonly layer: number;
  readonly head: number;
  readonly query: number;
  readonly key: number;
}

/** Where the attention of two traces of equal sizes differs most. */
export function attentionDifference(a: Trace, b: Trace, block: BlockName): Difference {
  checkSizes(a, b, block);
  const { layers, heads } = a.block(block);
  const { keys } = a.sides(block);
  let found = { largest: 0, layer: 0, head: 0, query: 0, key: 0 };
  for (let i = 0; i < layers * heads; i++) {
    const [layer, head] = [Math.floor(i / heads), i % heads];
    if (!a.hasAttention(block, layer, head) || !b.hasAttention(block, layer, head)) continue;
    const other = b.attention(block, layer, head);
    a.attention(block, layer, head).forEach((weight, at) => {
      const largest = Math.abs(weight - other[at]!);
      if (largest > found.largest)
        found = { largest, layer, head, query: Math.floor(at / keys), key: at % keys };
    });
  }
  return found;
}

/**
 * Attention that moved between two runs, [layers, heads]: half the summed difference of a row, 0 to 1, at the row
 * where it is largest. NaN where a layer was not recorded.
 */
export function attentionMoved(a: Trace, b: Trace, block: BlockName): Float32Array {
  checkSizes(a, b, block);
  const { layers, heads } = a.block(block);
  return Float32Array.from({ length: layers * heads }, (_, i) => {
    const [layer, head] = [Math.floor(i / heads), i % heads];
    if (!a.hasAttention(block, layer, head) || !b.hasAttention(block, layer, head)) return Number.NaN;
    return largestMove(a.attention(block, layer, head), b.attention(block, layer, head), a.sides(block).keys);
  });
}

function largestMove(a: Float32Array, b: Float32Array, keys: number): number {
  let top = 0;
  for (let from = 0; from < a.length; from += keys) {
    let sum = 0;
    for (let at = from; at < from + keys; at++) sum += Math.abs(a[at]! - b[at]!);
    top = Math.max(top, sum / 2);
  }
  return top;
}

function checkSizes(a: Trace, b: Trace, block: BlockName): void {
  const size = (trace: Trace): string => {
    const { layers, heads } = trace.block(block);
    const { queries, keys } = trace.sides(block);
    return `${layers} layers × ${heads} heads of ${queries} × ${keys} tokens`;
  };
  if (size(a) !== size(b))
    throw new TraceError(`The runs cannot be compared: ${size(a)} against ${size(b)}.`);
}
