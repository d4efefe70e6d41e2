// Where a token stands: rotary turns of q and k, and what is added to the scores
// (causality, windows, ALiBi (Press et al. 2022), T5's relative bias). Nothing here knows layers;
// layers with equal settings share one mask.

import type { Attention, Disentangled, Rotary, ScoreBias } from "../description.ts";
import type { ValueName } from "./builder.ts";
import { type Dots, positionTerms } from "./disentangled.ts";
import type { Scope } from "./scope.ts";

/** Turn q or k, token-major: [n, heads · headSize] in any split, [n, heads, headSize] out. */
export function rotate(
  scope: Scope,
  x: ValueName,
  rotary: Rotary,
  heads: number,
  headSize: number,
): ValueName {
  const { g } = scope;
  const table = (kind: "cos" | "sin"): ValueName => {
    const name = `${kind}:${JSON.stringify(rotary)}`;
    return scope.once(name, () => g.input(name, "float32", [1, "n", rotary.size / 2], { kind, rotary }));
  };
  const attributes = {
    num_heads: heads,
    interleaved: rotary.interleaved ? 1 : 0,
    rotary_embedding_dim: rotary.size === headSize ? 0 : rotary.size,
  };
  const flat = g.reshape(x, 1, -1, heads * headSize);
  const turned = g.op("RotaryEmbedding", [flat, table("cos"), table("sin")], attributes);
  return g.reshape(turned, -1, heads, headSize);
}

/** What is added to the scores, [n, m] or [heads, n, m] or [heads, 1, m]; null for nothing. */
export function scoreOffsets(scope: Scope, a: Attention, dots: Dots): ValueName | null {
  const both = () => {
    const hidden = scoreMask(scope, a);
    const bias = scoreBias(scope, a, dots);
    return hidden && bias ? scope.g.op("Add", [bias, hidden]) : (hidden ?? bias);
  };
  if (a.bias?.kind === "disentangled") return both();
  return scope.once(JSON.stringify([a.causal, a.window, a.bias]), both);
}

/** 0 where a key is visible, -inf where not, [n, m]; null where all are visible. */
export function scoreMask(scope: Scope, a: Attention): ValueName | null {
  const key = `mask:${JSON.stringify([a.causal, a.window])}`;
  return scope.once(key, () => (a.causal || a.window ? maskOf(scope, a) : null));
}

/** ALiBi, T5's relative bias or position terms, [heads, n, m] or [heads, 1, m]; null for none. */
export function scoreBias(scope: Scope, { bias, ...a }: Attention, dots: Dots): ValueName | null {
  if (!bias) return null;
  if (bias.kind === "disentangled") return positionTerms(scope, a, bias, dots);
  return scope.once(`bias:${JSON.stringify(bias)}`, () => biasOf(scope, bias, a.heads));
}

/** 0 where a key is visible, -inf where not, [n, m]. */
function maskOf({ g }: Scope, { causal, window }: Attention): ValueName {
  const queries = g.reshape(g.input("queries", "int64", ["n"], { kind: "queries" }), -1, 1);
  const before = g.op("Sub", [queries, g.input("keys", "int64", ["m"], { kind: "keys" })]);
  const limits: ValueName[] = [];
  if (causal) limits.push(g.op("Less", [before, g.ints(0)]));
  if (window) limits.push(g.op("Greater", [before, g.ints(window[0])]));
  if (window && !causal) limits.push(g.op("Less", [before, g.ints(-window[1])]));
  const hidden = limits.reduce((all, limit) => g.op("Or", [all, limit]));
  return g.op("Where", [hidden, g.float(Number.NEGATIVE_INFINITY), g.float(0)]);
}

function biasOf({ g }: Scope, bias: Exclude<ScoreBias, Disentangled>, heads: number): ValueName {
  if (bias.kind === "alibi") return g.input("alibi", "float32", [heads, 1, "m"], { kind: "alibi", bias });
  const buckets = g.input(`buckets:${bias.table}`, "int64", ["n", "m"], { kind: "buckets", bias });
  const rows = g.op("Gather", [g.weight(bias.table, [bias.buckets, heads]), buckets]);
  return g.transpose(rows, 2, 0, 1);
}
