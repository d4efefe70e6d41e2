// What the tensors of a trace must look like: names, shapes and number formats, against the manifest.

import type { Tensor } from "../tensor/index.ts";
import { layerSizes } from "./sizes.ts";
import { type Block, type BlockName, type Manifest, type Recipe, type Stream, TraceError } from "./types.ts";

/** Sizes of a block as its tensors show them; 0 where none says. */
export interface Sizes {
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headSize: number;
  readonly queries: number;
  readonly keys: number;
  readonly sinks: boolean;
}

type Tensors = ReadonlyMap<string, Tensor>;
/** Expected sides with their names; null accepts any. */
type Side = readonly [name: string, size: number | null];

const BLOCK_PART =
  /^(self|encoder|decoder|cross)\.(0|[1-9]\d{0,5})\.(q|k|v|scores|pattern|z|bias|sinks|mask)$/;
const STREAM_PART = /^(text|encoder|decoder)\.(0|[1-9]\d{0,5})\.(resid_pre|resid_mid|resid_post|mlp_post)$/;
const BLOCK_WIDE = /^(self|encoder|decoder|cross)\.(bias_table|mask)$/;
const FINAL_NORM = /^(text|encoder|decoder)\.final_norm$/;
const FLOATS = ["F32", "F16", "BF16", "F64"];

const KNOWN_PARTS =
  "q, k, v, scores, pattern, z, bias, sinks and mask of a layer, bias_table and mask of the block";

/**
 * Sizes of block `name`, read off the shapes of its tensors; the first tensor that shows a size decides.
 * Tensors in `partial` hold some heads only and do not show how many there are.
 */
export function sizesOf(tensors: Tensors, name: BlockName, partial: ReadonlySet<string>): Sizes {
  const sizes = { layers: 0, heads: 0, kvHeads: 0, headSize: 0, queries: 0, keys: 0, sinks: false };
  for (const [key, { shape }] of tensors) {
    const [, block, layer, part] = BLOCK_PART.exec(key) ?? [];
    if (block !== name) continue;
    sizes.layers = Math.max(sizes.layers, Number(layer) + 1);
    const [first = 0, b = 0, c = 0] = shape;
    const a = partial.has(key) ? 0 : first;
    if (part === "sinks") sizes.sinks = true;
    if (part === "q") take(sizes, { heads: a, queries: b, headSize: c });
    if (part === "k") take(sizes, { kvHeads: a, keys: b, headSize: c });
    if (part === "pattern" || part === "scores") take(sizes, { heads: a, queries: b, keys: c });
  }
  return sizes;
}

function take<T extends object>(sizes: T, seen: Partial<T>): void {
  for (const [key, value] of Object.entries(seen) as [keyof T, T[keyof T]][]) sizes[key] ||= value;
}

/** Throws a TraceError at the first tensor that does not fit the manifest. */
export function checkTensors(manifest: Manifest, tensors: Tensors): void {
  for (const [name, tensor] of tensors) {
    const sides = expected(manifest, name, tensor);
    if (sides) checkShape(name, tensor.shape, sides);
    if (sides) checkFormat(name, tensor, manifest.stored[name] === "sqrt");
  }
}

/** The sides tensor `name` must have, or null for a name that belongs to no block and that this version does not know. */
function expected(manifest: Manifest, name: string, tensor: Tensor): readonly Side[] | null {
  let found = BLOCK_PART.exec(name);
  if (found)
    return blockPart(manifest, blockOf(manifest, name, found[1]!), Number(found[2]), found[3]!, name);
  found = STREAM_PART.exec(name);
  if (found) return streamPart(manifest, name, found[1]!, found[3] === "mlp_post");
  found = FINAL_NORM.exec(name);
  if (found) return streamPart(manifest, name, found[1]!, false);
  found = BLOCK_WIDE.exec(name);
  if (found) return blockWide(manifest, blockOf(manifest, name, found[1]!), found[2]!);
  if (name === "last_logits") return [["vocab", null]];
  if (name === "logits") return logits(manifest, tensor.shape);
  refuseUnknownPart(manifest, name);
  return null;
}

/** An unknown part of a block may change its attention, as a mask does: it is never ignored. */
function refuseUnknownPart(manifest: Manifest, name: string): void {
  const block = name.split(".", 1)[0];
  if (!manifest.blocks.some((b) => b.name === block)) return;
  throw new TraceError(
    `${name} is a part of block "${block}" that this headscope does not know; it knows ${KNOWN_PARTS}. A newer headscope may have written it: update this one, or leave the tensor out.`,
  );
}

function blockPart(
  manifest: Manifest,
  block: Block,
  layer: number,
  part: string,
  name: string,
): readonly Side[] {
  if (layer >= block.layers) {
    throw new TraceError(
      `${name} is of layer ${layer}, but block "${block.name}" has ${block.layers} layers.`,
    );
  }
  const sizes = layerSizes(block, layer);
  const listed = manifest.heads?.[name]?.length;
  const heads: Side = ["heads", (part === "q" && listed) || sizes.heads];
  const kvHeads: Side = ["kvHeads", listed ?? sizes.kvHeads];
  const queries: Side = ["queries", length(manifest, block.queries)];
  const keys: Side = ["keys", length(manifest, block.keys)];
  const headSize: Side = ["headSize", sizes.headSize];
  if (part === "mask") return [queries, keys];
  if (part === "q") return [heads, queries, headSize];
  if (part === "k") return [kvHeads, keys, headSize];
  if (part === "v") return [kvHeads, keys, ["value size", null]];
  if (part === "z") return [heads, queries, ["value size", null]];
  return part === "sinks" ? [heads] : [heads, queries, keys];
}

function blockWide(manifest: Manifest, block: Block, part: string): readonly Side[] {
  if (part === "mask") {
    return [
      ["queries", length(manifest, block.queries)],
      ["keys", length(manifest, block.keys)],
    ];
  }
  return [
    ["buckets", bucketsOf(block)],
    ["heads", block.heads],
  ];
}

function bucketsOf({ recipe }: Block): number | null {
  const recipes = Array.isArray(recipe) ? (recipe as readonly Recipe[]) : [recipe as Recipe];
  for (const { bias } of recipes)
    if (typeof bias === "object" && bias && "t5" in bias) return bias.t5.buckets;
  return null;
}

function streamPart(manifest: Manifest, name: string, stream: string, wide: boolean): readonly Side[] {
  if (!manifest.streams.some((s) => s.name === stream)) {
    throw new TraceError(`${name} belongs to stream "${stream}", which the manifest does not name.`);
  }
  return [
    ["tokens", length(manifest, stream as Stream["name"])],
    wide ? ["units", null] : ["hidden", manifest.model.hidden || null],
  ];
}

/** [tokens, vocab], or one row of anything: labels of a classifier, or one number a token. */
function logits(manifest: Manifest, shape: readonly number[]): readonly Side[] {
  if (shape.length !== 2) return [["labels or tokens", null]];
  const name = manifest.streams.some((s) => s.name === "decoder") ? "decoder" : manifest.streams[0]!.name;
  return [
    ["tokens", length(manifest, name)],
    ["vocab", null],
  ];
}

function blockOf(manifest: Manifest, name: string, block: string): Block {
  const found = manifest.blocks.find((b) => b.name === block);
  if (found) return found;
  throw new TraceError(`${name} belongs to block "${block}", which the manifest does not name.`);
}

function length(manifest: Manifest, stream: Stream["name"]): number {
  const found = manifest.streams.find((s) => s.name === stream);
  return found ? found.tokens.length : 0;
}

function checkShape(name: string, shape: readonly number[], sides: readonly Side[]): void {
  const fits =
    shape.length === sides.length &&
    sides.every(([, size], i) => shape[i]! > 0 && (size ?? shape[i]) === shape[i]);
  if (fits) return;
  const wanted = sides.map(([side, size]) => (size === null ? side : `${side} ${size}`)).join(", ");
  throw new TraceError(
    `${name} has the shape [${shape.join(", ")}]; by the manifest it must be [${wanted}].`,
  );
}

function checkFormat(name: string, { dtype }: Tensor, coded: boolean): void {
  const allowed = name.endsWith(".mask") ? ["U8", "BOOL"] : coded ? ["U8", "U16"] : FLOATS;
  if (coded && !name.endsWith(".pattern"))
    throw new TraceError(`stored says "sqrt" of ${name}; only a pattern can be.`);
  if (allowed.includes(dtype)) return;
  const hint = name.endsWith(".pattern") && !coded ? ', or "sqrt" in stored for U8 and U16' : "";
  throw new TraceError(`${name} is stored as ${dtype}; expected ${allowed.join(", ")}${hint}.`);
}
