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

function checkSizes(a: Trace, b: Trace, block: BlockName): void {
  const size = (trace: Trace): string => {
    const { layers, heads } = trace.block(block);
    const { queries, keys } = trace.sides(block);
    return `${layers} layers × ${heads} heads of ${queries} × ${keys} tokens`;
  };
  if (size(a) !== size(b))
    throw new TraceError(`The runs cannot be compared: ${size(a)} against ${size(b)}.`);
}
