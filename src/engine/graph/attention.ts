// Scaled dot-product attention (Vaswani et al. 2017) with grouped keys, written out so that every
// intermediate can be read or edited. Heads of a group are stacked as rows of one product, so k and v
// are never copied. Shapes: n new queries, m keys (past and new).

import type { BlockName } from "../../trace/index.ts";
import type { Attention, Norm } from "../description.ts";
import type { ValueName } from "./builder.ts";
import type { Dots } from "./disentangled.ts";
import { canFuse, fusedAttention } from "./fused.ts";
import { norm } from "./norm.ts";
import { rotate, scoreBias, scoreMask, scoreOffsets } from "./position.ts";
import type { Scope } from "./scope.ts";

/** [n, hidden] to [n, hidden]. In cross-attention keys and values come from the encoder's output. */
export function attention(
  scope: Scope,
  a: Attention,
  x: ValueName,
  at: { block: BlockName; layer: number },
): ValueName {
  const { g } = scope;
  const { block, layer } = at;
  const [fresh, freshKeys, freshValues] = project(scope, a, x, block);
  if (freshKeys && freshValues && canFuse(scope.spec, a, block)) {
    return g.linear(fusedAttention(scope, a, [fresh, freshKeys, freshValues], at), a.out);
  }
  const name = (part: string) => `${block}.${layer}.${part}`;
  const placed = (part: "q" | "k" | "v", x: ValueName): ValueName =>
    scope.tapBlock(block, layer, part, headMajor(scope, scope.editHeads(at, part, a, x)));
  const side = (part: "k" | "v", rows: ValueName | null): ValueName =>
    placed(part, scope.spec.cache ? withPast(scope, a, name(part), rows) : rows!);
  const q = placed("q", fresh);
  const k = side("k", freshKeys);
  const v = side("v", freshValues);
  const scores = scope.tapBlock(block, layer, "scores", scoresOf(scope, a, { q, k, at }));
  const attended = scope.editCells(name("pattern"), softmax(scope, a, scores, at));
  const pattern = scope.tapBlock(block, layer, "pattern", attended);
  const grouped = g.op("MatMul", [g.reshape(pattern, a.kvHeads, -1, 0), v]);
  const z = outputs(scope, a, g.reshape(grouped, a.heads, -1, a.headSize), at);
  if (a.bias?.kind === "t5" && scope.wants("q", "k")) {
    g.output(`${block}.bias_table`, g.weight(a.bias.table, [a.bias.buckets, a.heads]));
  }
  return g.linear(g.reshape(z, -1, a.heads * a.headSize), a.out);
}

/** z edited and recorded, [heads, n, headSize] to [n, heads, headSize]. */
function outputs(
  scope: Scope,
  a: Attention,
  z: ValueName,
  { block, layer }: { block: BlockName; layer: number },
): ValueName {
  if (!scope.spec.points) return headMajor(scope, scope.tapBlock(block, layer, "z", z));
  const edited = scope.editHeads({ block, layer }, "z", a, headMajor(scope, z));
  if (scope.wants("z")) scope.tapBlock(block, layer, "z", headMajor(scope, edited));
  return edited;
}

/** q, k, v after norms and rotary, [tokens, heads, headSize]; k and v are null where the cache has all of them. */
function project(
  scope: Scope,
  a: Attention,
  x: ValueName,
  block: BlockName,
): readonly [ValueName, ValueName | null, ValueName | null] {
  const crossing = block === "cross";
  if (crossing && scope.spec.cache && a.project.kind === "separate") {
    return [place(scope, a, scope.g.linear(x, a.project.q), a.heads, a.qkNorm?.q), null, null];
  }
  const [q, k, v] = rawProjections(scope, a, x, crossing ? scope.memory() : x);
  return [
    place(scope, a, q, a.heads, a.qkNorm?.q),
    place(scope, a, k, a.kvHeads, a.qkNorm?.k),
    scope.g.reshape(v, -1, a.kvHeads, a.headSize),
  ];
}

/** The encoder's keys and values of one cross-attention, for the cache. */
export function crossCache(scope: Scope, a: Attention, layer: number): void {
  const { g } = scope;
  if (a.project.kind !== "separate") return;
  const k = place(scope, a, g.linear(scope.memory(), a.project.k), a.kvHeads, a.qkNorm?.k);
  const v = g.reshape(g.linear(scope.memory(), a.project.v), -1, a.kvHeads, a.headSize);
  g.output(`cross.${layer}.k.new`, k);
  g.output(`cross.${layer}.v.new`, v);
}

function rawProjections(
  scope: Scope,
  a: Attention,
  x: ValueName,
  memory: ValueName,
): [ValueName, ValueName, ValueName] {
  const { g } = scope;
  const { project: p, heads, kvHeads, headSize } = a;
  if (p.kind === "separate") return [g.linear(x, p.q), g.linear(memory, p.k), g.linear(memory, p.v)];
  const { slices, order = ["q", "k", "v"] } = p;
  const widths = { q: heads * headSize, k: kvHeads * headSize, v: kvHeads * headSize };
  const sliced = g.reshape(g.linear(x, p.qkv), -1, slices, p.qkv.out / slices);
  const sizes = g.ints(...order.map((part) => widths[part] / slices));
  const cut = g.split("Split", [sliced, sizes], 3, { axis: 2 });
  const take = (part: "q" | "k" | "v") => g.reshape(cut[order.indexOf(part)]!, -1, widths[part]);
  return [take("q"), take("k"), take("v")];
}

function place(scope: Scope, a: Attention, x: ValueName, heads: number, by: Norm | undefined): ValueName {
  const { g } = scope;
  const split = (value: ValueName) => g.reshape(value, -1, heads, a.headSize);
  const normed = by && a.qkNorm?.over === "all" ? split(norm(g, x, by)) : norm(g, split(x), by);
  return a.rotary ? rotate(scope, normed, a.rotary, heads, a.headSize) : normed;
}

/** [n, heads, headSize] to [heads, n, headSize], or back. */
function headMajor({ g }: Scope, x: ValueName): ValueName {
  return g.transpose(x, 1, 0, 2);
}

/** Past rows before the new ones, [m, kvHeads, headSize]; the new ones leave the graph for the next step. */
function withPast({ g }: Scope, a: Attention, name: string, fresh: ValueName | null): ValueName {
  const past = g.input(`${name}.past`, "float32", [`${name}.past`, a.kvHeads, a.headSize], {
    kind: "past",
    name,
  });
  if (!fresh) return past;
  g.output(`${name}.new`, fresh);
  return g.op("Concat", [past, fresh], { axis: 0 });
}

/** softcap(q·k scale) + bias, edited, and mask, [heads, n, m]. */
function scoresOf(scope: Scope, a: Attention, parts: Dots): ValueName {
  const { g } = scope;
  const { q, k, at } = parts;
  const stacked = g.reshape(q, a.kvHeads, -1, a.headSize);
  const attributes = { transB: 1, alpha: { float: a.scale } };
  const name = `${at.block}.${at.layer}.scores`;
  const sized = (x: ValueName) => g.sized(x, a.heads, `${name}.rows`, `${name}.columns`);
  const dots = g.reshape(g.op("FusedMatMul", [stacked, k], attributes, "com.microsoft"), a.heads, -1, 0);
  const capped = a.softcap ? g.softcap(dots, a.softcap) : sized(dots);
  const plus = (x: ValueName, y: ValueName | null) => (y ? sized(g.op("Add", [x, y])) : x);
  if (scope.spec.points !== "cells") return plus(capped, scoreOffsets(scope, a, parts));
  const biased = plus(capped, scoreBias(scope, a, parts));
  return plus(scope.editCells(name, biased), scoreMask(scope, a));
}

/** Softmax over the keys; a sink is one more column that is dropped afterwards. */
function softmax(
  scope: Scope,
  a: Attention,
  scores: ValueName,
  at: { block: BlockName; layer: number },
): ValueName {
  const { g } = scope;
  if (!a.sinks) return g.op("Softmax", [scores], { axis: -1 });
  const sinks = g.weight(a.sinks, [a.heads]);
  if (scope.wants("q", "k")) g.output(`${at.block}.${at.layer}.sinks`, sinks);
  const rows = g.op("Shape", [scores], { start: 1, end: 2 });
  const column = g.op("Expand", [
    g.reshape(sinks, a.heads, 1, 1),
    g.op("Concat", [g.ints(1), rows, g.ints(1)], { axis: 0 }),
  ]);
  const all = g.op("Softmax", [g.op("Concat", [scores, column], { axis: -1 })], { axis: -1 });
  return g.op("Slice", [all, g.ints(0), g.ints(-1), g.ints(2)]);
}
