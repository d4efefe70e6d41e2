// The parts of a layer that many families spell alike: attention over three matrices, plain and gated mlps.

import type { Attention, Branch, GatedMlp, Linear, Norm, PlainMlp, Projections } from "../description.ts";
import { layerNorm, linear } from "./family.ts";

/** Sizes of attention. */
export interface HeadSizes {
  readonly hidden: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headSize: number;
}

/** Sizes of an mlp. */
export interface MlpSizes {
  readonly hidden: number;
  readonly units: number;
  readonly activation: string;
}

/** Sizes of attention whose heads share the stream evenly. */
export function evenHeads(hidden: number, heads: number): HeadSizes {
  return { hidden, heads, kvHeads: heads, headSize: Math.floor(hidden / heads) };
}

/** q, k and v as a matrix each; `name` spells the matrix of a part; `bias`: whether, or which, have one. */
export function separate(
  { hidden, heads, kvHeads, headSize }: HeadSizes,
  name: (part: "q" | "k" | "v") => string,
  bias: boolean | readonly ("q" | "k" | "v")[],
): Projections {
  const project = (part: "q" | "k" | "v", count: number) =>
    linear(name(part), hidden, count * headSize, typeof bias === "boolean" ? bias : bias.includes(part));
  return { kind: "separate", q: project("q", heads), k: project("k", kvHeads), v: project("v", kvHeads) };
}

/** Causal attention with the usual scale; `facts` says what is otherwise. */
export function causalAttention(
  { heads, kvHeads, headSize }: HeadSizes,
  project: Projections,
  out: Linear,
  facts: Partial<Attention> = {},
): Attention {
  return { heads, kvHeads, headSize, project, out, scale: headSize ** -0.5, causal: true, ...facts };
}

/** Attention over all tokens, likewise. */
export function fullAttention(sizes: HeadSizes, project: Projections, out: Linear): Attention {
  return causalAttention(sizes, project, out, { causal: false });
}

/** Two stored [out, in] matrices with an activation between. */
export function plainMlp(
  { hidden, units, activation }: MlpSizes,
  up: string,
  down: string,
  bias = true,
): PlainMlp {
  return {
    kind: "plain",
    up: linear(up, hidden, units, bias),
    activation,
    down: linear(down, units, hidden, bias),
  };
}

/** Activation of the gate times up, as `name`.gate_proj, up_proj and down_proj. */
export function gatedMlp({ hidden, units, activation }: MlpSizes, name: string, bias = false): GatedMlp {
  return {
    kind: "gated",
    gate: linear(`${name}.gate_proj`, hidden, units, bias),
    up: linear(`${name}.up_proj`, hidden, units, bias),
    activation,
    down: linear(`${name}.down_proj`, units, hidden, bias),
  };
}

/** A branch after a layer norm called `name`. */
export function normed<T>(
  name: string,
  { hidden, eps }: { hidden: number; eps: number },
  body: T,
): Branch<T> {
  return { pre: layerNorm(name, hidden, eps), body };
}

/** A norm with neither factor nor summand. */
export function bareNorm(size: number, eps: number): Norm {
  return { kind: "layer", size, eps, weight: null };
}
