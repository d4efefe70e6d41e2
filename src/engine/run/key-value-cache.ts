// Keys and values of a text, to which the graphs of its next tokens add.

import { type FloatTensor, floatTensor, sizeOf } from "../../tensor/index.ts";
import type { Stack } from "../description.ts";
import type { Recorded } from "./prefixes.ts";

interface Rows {
  buffer: Float32Array;
  tokens: number;
  readonly shape: readonly [kvHeads: number, headSize: number];
}

/** Keys and values by trace name, token-major [tokens, kvHeads, headSize], in buffers that double as they fill. */
export class KeyValueCache {
  readonly #rows = new Map<string, Rows>();

  constructor(stack: Stack) {
    stack.layers.forEach((layer, i) => {
      for (const [block, branch] of [
        [stack.block, layer.attention],
        ["cross", layer.cross],
      ] as const) {
        if (!branch) continue;
        const { kvHeads, headSize } = branch.body;
        const empty = { buffer: new Float32Array(0), tokens: 0, shape: [kvHeads, headSize] as const };
        for (const part of ["k", "v"]) this.#rows.set(`${block}.${i}.${part}`, { ...empty });
      }
    });
  }

  /** Append the outputs called `{name}.new`. */
  grow(outputs: ReadonlyMap<string, FloatTensor>): void {
    for (const [name, row] of this.#rows) {
      const fresh = outputs.get(freshName(name));
      if (fresh) append(row, fresh);
    }
  }

  /** The same, and take them away. */
  take(outputs: Recorded): void {
    this.grow(outputs);
    for (const name of this.#rows.keys()) outputs.delete(freshName(name));
  }

  /** Forget all tokens but the first. */
  cut(tokens: number): void {
    for (const row of this.#rows.values()) row.tokens = Math.min(row.tokens, tokens);
  }

  /** Bytes that are held. */
  get bytes(): number {
    return [...this.#rows.values()].reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
  }

  /** What the next graph is fed; views that hold until the cache grows. */
  tensors(): Map<string, FloatTensor> {
    return new Map(
      [...this.#rows].map(([name, { buffer, tokens, shape }]) => [
        name,
        floatTensor([tokens, ...shape], buffer.subarray(0, tokens * sizeOf(shape))),
      ]),
    );
  }
}

function freshName(name: string): string {
  return `${name}.new`;
}

/** The first rows are taken as they come; later ones find room for as many again. */
function append(row: Rows, { data, shape }: FloatTensor): void {
  const filled = row.tokens * sizeOf(row.shape);
  const needed = filled + data.length;
  if (filled === 0) row.buffer = data;
  else {
    if (needed > row.buffer.length) row.buffer = enlarged(row.buffer.subarray(0, filled), 2 * needed);
    row.buffer.set(data, filled);
  }
  row.tokens += shape[0]!;
}

function enlarged(filled: Float32Array, length: number): Float32Array {
  const out = new Float32Array(length);
  out.set(filled);
  return out;
}
