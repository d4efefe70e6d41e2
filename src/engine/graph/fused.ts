// Causal self-attention as one operator of onnxruntime, where no score and no pattern is recorded or edited: it works in
// tiles that stay in the cache, skips hidden keys and never holds the scores. attention.ts remains the truth.
// Measured on GPT-2 small's shape in Node, one thread, processor time: n = 16 to 512 as attention written out, within
// 5 %; n = 1024 1.2 s against 2.0 s, a third of which went into memory for scores. Attention 23 and MultiHeadAttention
// with a causal mask gained 5 % there, and MultiHeadAttention without one nothing on MiniLM (n = 64 to 512). Biases and
// edited steps of generation stay written out. In WebAssembly the operator is the slower way (processor time of one thread
// against attention written out: 1.15 times at 16 tokens, 1.3 at 128, 1.9 at 512), so there it is not used.

import type { BlockName } from "../../trace/index.ts";
import type { Attention } from "../description.ts";
import type { ValueName } from "./builder.ts";
import type { GraphSpec, Scope } from "./scope.ts";

/** The operator counts positions in 32 bits; no text is longer. */
const LONGEST = 2 ** 31 - 1;

type Projected = readonly [q: ValueName, k: ValueName, v: ValueName];

/** True where the operator gives what attention written out would give. */
export function canFuse(
  spec: Pick<GraphSpec, "captures" | "points" | "cache" | "fused">,
  a: Attention,
  block: BlockName,
): boolean {
  const inside = spec.captures.has("scores") || spec.captures.has("pattern") || spec.points === "cells";
  const plain = !inside && !(spec.cache && spec.points) && block !== "cross";
  return plain && spec.fused !== false && a.causal && !a.bias && a.headSize % 8 === 0;
}

/** q, k, v [n, heads, headSize] to [n, heads · headSize]. */
export function fusedAttention(
  scope: Scope,
  a: Attention,
  projected: Projected,
  { block, layer }: { readonly block: BlockName; readonly layer: number },
): ValueName {
  const { g } = scope;
  const headMajor = (x: ValueName) => g.transpose(x, 1, 0, 2);
  const edited = (["q", "k", "v"] as const).map((part, i) => {
    const value = scope.editHeads({ block, layer }, part, a, projected[i]!);
    if (scope.wants(part)) scope.tapBlock(block, layer, part, headMajor(value));
    if (scope.spec.cache && part !== "q") g.output(`${block}.${layer}.${part}.new`, value);
    return value;
  }) as unknown as Projected;
  const out = g.reshape(operator(scope, a, edited, { block, layer }), -1, a.heads, a.headSize);
  const z = scope.editHeads({ block, layer }, "z", a, out);
  if (scope.wants("z")) scope.tapBlock(block, layer, "z", headMajor(z));
  return g.reshape(z, -1, a.heads * a.headSize);
}

/** Texts side by side, heads side by side: what the operator reads. A graph without edit points runs one text. */
function batched(scope: Scope, a: Attention, [q, k, v]: Projected): ValueName[] {
  const flat = (x: ValueName, heads: number) => textMajor(scope, x, heads * a.headSize);
  return [flat(q, a.heads), flat(k, a.kvHeads), flat(v, a.kvHeads)];
}

function textMajor(scope: Scope, x: ValueName, width: number): ValueName {
  const { g, spec } = scope;
  if (!spec.points) return g.reshape(x, 1, -1, width);
  const sides = () => {
    const texts = g.input("texts", "int64", [1], { kind: "texts" });
    return g.op("Concat", [texts, g.ints(-1, width)], { axis: 0 });
  };
  return g.op("Reshape", [x, scope.once(`sides:${width}`, sides)]);
}

/** Keys or values of the tokens before, [1, kvHeads, past, headSize]. */
function past({ g }: Scope, a: Attention, name: string): ValueName {
  const need = { kind: "past", name } as const;
  const rows = g.input(`${name}.past`, "float32", [`${name}.past`, a.kvHeads, a.headSize], need);
  // As a reshape, whose length nothing infers: WebGPU else writes the longer result into the memory of what came before.
  return g.reshape(g.transpose(rows, 1, 0, 2), 1, a.kvHeads, -1, a.headSize);
}

function operator(
  scope: Scope,
  a: Attention,
  projected: Projected,
  { block, layer }: { readonly block: BlockName; readonly layer: number },
): ValueName {
  const { g } = scope;
  const before = scope.spec.cache
    ? (["k", "v"] as const).map((part) => past(scope, a, `${block}.${layer}.${part}`))
    : ["", ""];
  const ends = g.input("ends", "int32", ["texts"], { kind: "ends" });
  const total = g.input("total", "int32", [], { kind: "total" });
  const sinks = a.sinks ? g.weight(a.sinks, [a.heads]) : "";
  if (sinks && scope.wants("q", "k")) g.output(`${block}.${layer}.sinks`, sinks);
  const noTablesNorBias = ["", "", "", ""];
  const inputs = [...batched(scope, a, projected), ...before, ends, total, ...noTablesNorBias, sinks];
  const attributes = {
    num_heads: a.heads,
    kv_num_heads: a.kvHeads,
    scale: { float: a.scale },
    ...(a.softcap && { softcap: { float: a.softcap } }),
    ...(a.window && { local_window_size: Math.min(a.window[0] + 1, LONGEST) }),
  };
  return g.split("GroupQueryAttention", inputs, 3, attributes, "com.microsoft")[0]!;
}
