// Trace files for tests: values that are the same each time, the least manifest, and one with every kind of tensor.

import { floatTensor, type Tensor, writeSafetensors } from "../../src/tensor/index.ts";
import { toSqrt } from "../../src/trace/coding.ts";
import { Trace } from "../../src/trace/trace.ts";
import type { Manifest } from "../../src/trace/types.ts";

/** Values that look random and are the same each time. */
export function values(count: number, seed = 1): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => Math.sin((i + 1) * 12.9898 + seed) * 2);
}

/** Weights of rows of two or three keys. */
export const weights = (count: number): Float32Array => values(count).map((x) => Math.abs(x) / 6);

export function file(manifest: unknown, tensors: Record<string, Tensor> = {}): Uint8Array {
  const metadata = { format: "headscope.trace", version: "1", manifest: JSON.stringify(manifest) };
  return writeSafetensors(new Map(Object.entries(tensors)), metadata);
}

export const q = floatTensor([2, 3, 4], values(24));

export const k = floatTensor([2, 3, 4], values(24, 5));

export const least = { blocks: [{ name: "self" }] };

/** Encoder and decoder with every kind of tensor. */
export function rich(): Trace {
  const tokens = (words: string[]) =>
    words.map((text, id) => ({
      id,
      raw: text,
      text,
      start: id,
      end: id + 1,
      special: false,
      segment: id > 1 ? 1 : 0,
    }));
  const recipe = { scale: 0.5, causal: false, window: null, softcap: null, bias: null, sinks: false };
  const size = { layers: 2, heads: 4, kvHeads: 2, headSize: 4 };
  const manifest: Manifest = {
    model: { name: "m", family: "f", ...size, hidden: 16, vocab: 7 },
    streams: [
      { name: "encoder", tokens: tokens(["<b>", "🙂", "\u0000"]) },
      { name: "decoder", tokens: tokens(["a", "b"]) },
    ],
    blocks: [
      {
        name: "decoder",
        queries: "decoder",
        keys: "decoder",
        ...size,
        recipe: [recipe, { ...recipe, causal: true }],
      },
      {
        name: "cross",
        queries: "decoder",
        keys: "encoder",
        ...size,
        recipe: { ...recipe, bias: { t5: { buckets: 8, maxDistance: 20, bidirectional: true } } },
        rotary: { dims: 4, style: "half" },
      },
    ],
    edits: [{ op: "scale", at: "z", layer: 0, head: 1, value: 0 }],
    receipts: [{ edit: 0, touched: 2 }],
    generated: { stream: "decoder", start: 1 },
    stored: { "cross.1.pattern": "sqrt" },
    note: "made up",
  };
  const pattern = floatTensor([4, 2, 3], weights(24));
  const tensors: Record<string, Tensor> = {
    "decoder.0.q": floatTensor([4, 2, 4], values(32)),
    "decoder.0.k": floatTensor([2, 2, 4], values(16, 2)),
    "decoder.0.v": floatTensor([2, 2, 5], values(20, 3)),
    "decoder.0.z": floatTensor([4, 2, 5], values(40, 3)),
    "decoder.1.scores": floatTensor(
      [4, 2, 2],
      values(16).map((x, i) => (i % 4 === 1 ? -Infinity : x)),
    ),
    "cross.0.q": floatTensor([4, 2, 4], values(32)),
    "cross.0.k": floatTensor([2, 3, 4], values(24, 2)),
    "cross.1.pattern": toSqrt(pattern, 8),
    "cross.bias_table": floatTensor([8, 4], values(32)),
    "cross.mask": { dtype: "U8", shape: [2, 3], data: Uint8Array.from([1, 1, 0, 1, 1, 1]) },
    "decoder.0.resid_pre": floatTensor([2, 16], values(32)),
    "decoder.0.mlp_post": floatTensor(
      [2, 9],
      values(18).map((x) => x * 1e6),
    ),
    "decoder.final_norm": floatTensor([2, 16], values(32)),
    logits: floatTensor([2, 7], values(14)),
    last_logits: floatTensor([7], values(7)),
  };
  return new Trace(manifest, new Map(Object.entries(tensors)));
}
