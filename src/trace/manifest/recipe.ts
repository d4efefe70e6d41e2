// How a file says that attention is computed: scale, mask, window, cap, bias and rotary positions of a block's layers.

import { count, type Fields, finite, flag, list, object, positive, show, text } from "../checks.ts";
import type { Sizes } from "../shapes.ts";
import {
  type Alibi,
  type Bias,
  type Block,
  type LayerSizes,
  type Recipe,
  type Rotary,
  type T5Buckets,
  TraceError,
} from "../types.ts";
import { LIMITS } from "./limits.ts";

/** One recipe, or one for each layer. */
export function recipes(
  value: unknown,
  where: string,
  block: Pick<Block, "layers" | "heads" | "headSize" | "perLayer">,
  sizes: Sizes,
): Recipe | Recipe[] {
  if (!Array.isArray(value)) return oneRecipe(value ?? {}, where, block, sizes);
  if (value.length !== block.layers) {
    throw new TraceError(`${where} lists ${value.length} recipes for ${block.layers} layers.`);
  }
  return value.map((r, layer) => recipe(r, `${where}[${layer}]`, block.perLayer?.[layer] ?? block, sizes));
}

/** One recipe for all layers; a list where head sizes differ and the scale is left to them. */
function oneRecipe(
  value: unknown,
  where: string,
  block: Pick<Block, "heads" | "headSize" | "perLayer">,
  sizes: Sizes,
): Recipe | Recipe[] {
  if (!block.perLayer || object(value, where).scale !== undefined) return recipe(value, where, block, sizes);
  return block.perLayer.map((layer) => recipe(value, where, layer, sizes));
}

function recipe(
  value: unknown,
  where: string,
  { heads, headSize }: Pick<LayerSizes, "heads" | "headSize">,
  sizes: Sizes,
): Recipe {
  const fields = object(value, where);
  return {
    scale: factor(fields.scale ?? (headSize ? headSize ** -0.5 : 1), `${where}.scale`),
    causal: flag(fields.causal ?? false, `${where}.causal`),
    window: window(fields.window, `${where}.window`),
    softcap: fields.softcap == null ? null : positive(fields.softcap, `${where}.softcap`),
    bias: bias(fields.bias, `${where}.bias`, heads),
    sinks: flag(fields.sinks ?? sizes.sinks, `${where}.sinks`),
  };
}

function window(value: unknown, where: string): readonly [number, number] | null {
  if (value == null) return null;
  const sides = list(value, where, 2);
  const [before, after] = sides;
  if (sides.length !== 2) throw new TraceError(`${where} is ${show(value)}; expected [before, after].`);
  const limit = Number.MAX_SAFE_INTEGER;
  return [count(before, `${where}[0]`, limit, 0), count(after, `${where}[1]`, limit, 0)];
}

function bias(value: unknown, where: string, heads: number): Bias {
  if (value == null) return null;
  if (value === "tensor") return "tensor";
  const fields = object(value, where);
  if (fields.alibi !== undefined) {
    const alibi = list(fields.alibi, `${where}.alibi`, LIMITS.heads).map((s) => factor(s, `${where}.alibi`));
    if (alibi.length !== heads)
      throw new TraceError(`${where}.alibi has ${alibi.length} slopes for ${heads} heads.`);
    return { alibi, ...alibiKind(fields, where) };
  }
  if (fields.tensor !== undefined) return { tensor: text(fields.tensor, `${where}.tensor`) };
  return { t5: t5(object(fields.t5, `${where}.t5`), `${where}.t5`) };
}

/** Half of the buckets of one direction are exact distances; the rest are spread in logarithms up to maxDistance. */
function t5(fields: Fields, where: string): T5Buckets {
  const bidirectional = flag(fields.bidirectional ?? true, `${where}.bidirectional`);
  const buckets = count(fields.buckets, `${where}.buckets`, LIMITS.size, bidirectional ? 4 : 2);
  if (bidirectional && buckets % 2)
    throw new TraceError(`${where}.buckets is ${buckets}; both directions have half of them.`);
  const exact = Math.floor(buckets / (bidirectional ? 4 : 2));
  return {
    buckets,
    maxDistance: count(fields.maxDistance, `${where}.maxDistance`, LIMITS.size, exact + 1),
    bidirectional,
  };
}

/** A number that scores are multiplied by; far above any model, far below what would make a score infinite. */
function factor(value: unknown, where: string): number {
  if (Math.abs(finite(value, where)) <= LIMITS.factor) return value as number;
  throw new TraceError(`${where} is ${show(value)}; expected at most ${LIMITS.factor}.`);
}

/** What is otherwise about ALiBi than the slopes. */
function alibiKind({ from, rounding, times }: Fields, where: string): Omit<Alibi, "alibi"> {
  if (from !== undefined && from !== "last")
    throw new TraceError(`${where}.from is ${show(from)}; expected "last" or nothing.`);
  if (rounding !== undefined && rounding !== "bf16")
    throw new TraceError(`${where}.rounding is ${show(rounding)}; expected "bf16" or nothing.`);
  return {
    ...(from && { from }),
    ...(rounding && { rounding }),
    ...(times !== undefined && { times: factor(times, `${where}.times`) }),
  };
}

export function rotary(value: unknown, where: string, headSize: number): Rotary {
  const fields = object(value, where);
  const dims = count(fields.dims ?? headSize, `${where}.dims`, headSize, 2);
  const style = fields.style ?? "half";
  if (dims % 2) throw new TraceError(`${where}.dims is ${dims}; dimensions rotate in pairs.`);
  if (style !== "half" && style !== "interleaved") {
    throw new TraceError(`${where}.style is ${show(style)}; expected "half" or "interleaved".`);
  }
  return { dims, style };
}
