// Heads, key/value heads and head sizes of a block, where all layers agree and where they differ.
// A file spells a size as one number, or as a list with one entry per layer.

import { count, type Fields } from "./checks.ts";
import { type Block, type LayerSizes, TraceError } from "./types.ts";

/** Bounds on what a file may claim. */
const LIMITS: LayerSizes = { heads: 4096, kvHeads: 4096, headSize: 1_000_000 };
const KEYS = ["heads", "kvHeads", "headSize"] as const;

/** Sizes of one layer of a block. */
export function layerSizes(block: Block, layer: number): LayerSizes {
  return block.perLayer?.[layer] ?? block;
}

/** The sizes a block states, or else those that its tensors show. */
export function readSizes(
  fields: Fields,
  where: string,
  layers: number,
  shown: LayerSizes,
): LayerSizes & Pick<Block, "perLayer"> {
  if (!KEYS.some((key) => Array.isArray(fields[key]))) return layerOf(fields, where, shown, null);
  const perLayer = Array.from({ length: layers }, (_, layer) => layerOf(fields, where, shown, layer));
  for (const key of KEYS) checkLength(fields[key], `${where}.${key}`, layers);
  return { ...largest(perLayer), ...(uniform(perLayer) ? {} : { perLayer }) };
}

function layerOf(fields: Fields, where: string, shown: LayerSizes, layer: number | null): LayerSizes {
  const size = (key: keyof LayerSizes, fallback: number, least: number): number => {
    const stated = fields[key];
    if (!Array.isArray(stated) || layer === null)
      return count(stated ?? fallback, `${where}.${key}`, LIMITS[key], least);
    return count(stated[layer], `${where}.${key}[${layer}]`, LIMITS[key], least);
  };
  const heads = size("heads", shown.heads, 1);
  const kvHeads = size("kvHeads", shown.kvHeads || heads, 1);
  if (heads % kvHeads === 0) return { heads, kvHeads, headSize: size("headSize", shown.headSize, 0) };
  const of = layer === null ? "" : ` in layer ${layer}`;
  throw new TraceError(
    `${where} has ${heads} heads${of}, which ${kvHeads} key/value heads cannot share evenly.`,
  );
}

function checkLength(stated: unknown, where: string, layers: number): void {
  if (!Array.isArray(stated) || stated.length === layers) return;
  throw new TraceError(`${where} lists ${stated.length} sizes for ${layers} layers.`);
}

function uniform(perLayer: readonly LayerSizes[]): boolean {
  return perLayer.every((sizes) => KEYS.every((key) => sizes[key] === perLayer[0]![key]));
}

function largest(perLayer: readonly LayerSizes[]): LayerSizes {
  const most = (key: keyof LayerSizes): number => Math.max(...perLayer.map((sizes) => sizes[key]));
  return { heads: most("heads"), kvHeads: most("kvHeads"), headSize: most("headSize") };
}

/** A block as a file spells it: sizes that differ between layers as lists. */
export function spelledSizes({ perLayer, ...block }: Block): object {
  if (!perLayer) return block;
  const lists = KEYS.map((key) => [key, perLayer.map((sizes) => sizes[key])]);
  return { ...block, ...Object.fromEntries(lists) };
}
