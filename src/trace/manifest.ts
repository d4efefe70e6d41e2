// The manifest of a trace file, from the JSON of a stranger to checked types with every default filled in.
// Least that opens: one block's name; sizes then come from the shapes of its tensors (see shapes.ts).

import type { Tensor } from "../tensor/index.ts";
import { count, type Fields, finite, flag, list, object, positive, show, text } from "./checks.ts";
import { type Edit, EditError } from "./edit/edit.ts";
import { readEdit } from "./edit/read.ts";
import { partsOfHeads } from "./head-lists.ts";
import { type Sizes, sizesOf } from "./shapes.ts";
import { readSizes } from "./sizes.ts";
import {
  type Alibi,
  type Bias,
  type Block,
  type BlockName,
  type LayerSizes,
  type Manifest,
  type ModelInfo,
  type Recipe,
  type Rotary,
  type Stream,
  type StreamName,
  type StreamUnit,
  type Token,
  TraceError,
} from "./types.ts";

/** Bounds on what a file may claim; far above any model, far below what would exhaust memory. */
const LIMITS = {
  tokens: 1_000_000,
  layers: 4096,
  heads: 4096,
  size: 1_000_000,
  edits: 100_000,
  text: 10_000,
  factor: 1e30,
  allHeads: 65_536,
};

const UNITS: readonly StreamUnit[] = ["token", "word", "patch", "frame"];
const STREAMS: readonly StreamName[] = ["text", "encoder", "decoder"];
const SIDES: Readonly<Record<BlockName, readonly [StreamName, StreamName]>> = {
  self: ["text", "text"],
  encoder: ["encoder", "encoder"],
  decoder: ["decoder", "decoder"],
  cross: ["decoder", "encoder"],
};

type Tensors = ReadonlyMap<string, Tensor>;
type T5 = Extract<Bias, { readonly t5: object }>["t5"];

/** A manifest whose every field is checked, from parsed JSON and the tensors it describes. */
export function checkManifest(json: unknown, tensors: Tensors): Manifest {
  const fields = object(json, "manifest");
  const raw = list(fields.blocks ?? [], "blocks", 4).map((b, i) => object(b, `blocks[${i}]`));
  if (raw.length === 0)
    throw new TraceError('The manifest names no block; it needs at least {"name": "self"}.');
  const partial = new Set(Object.keys(object(fields.heads ?? {}, "heads")));
  const sized = raw.map((b, i) => ({
    fields: b,
    where: `blocks[${i}]`,
    sizes: sizesOf(tensors, nameOf(b, i), partial),
  }));
  const blocks = sized.map(({ fields, where, sizes }, i) => block(fields, where, nameOf(raw[i]!, i), sizes));
  unique(blocks, "block");
  const stated = list(fields.streams ?? [], "streams", 3).map((s, i) => stream(s, `streams[${i}]`));
  unique(stated, "stream");
  const streams = withMissing(
    stated,
    blocks,
    sized.map((s) => s.sizes),
  );
  return {
    model: model(fields.model, blocks[0]!),
    streams,
    blocks,
    edits: list(fields.edits ?? [], "edits", LIMITS.edits).map(edit),
    receipts: list(fields.receipts ?? [], "receipts", LIMITS.edits).map(receipt),
    generated: generated(fields.generated, streams),
    stored: stored(fields.stored, tensors),
    ...(fields.heads == null ? {} : { heads: partsOfHeads(fields.heads, blocks, tensors) }),
    ...(fields.precision === "f16" || fields.precision === "f32" ? { precision: fields.precision } : {}),
    ...(fields.note === undefined ? {} : { note: text(fields.note, "note") }),
  };
}

function nameOf(fields: Fields, index: number): BlockName {
  const { name } = fields;
  if (typeof name === "string" && Object.hasOwn(SIDES, name)) return name as BlockName;
  throw new TraceError(
    `blocks[${index}].name is ${show(name)}; a block is one of ${Object.keys(SIDES).join(", ")}.`,
  );
}

function block(fields: Fields, where: string, name: BlockName, sizes: Sizes): Block {
  const layers = count(fields.layers ?? sizes.layers, `${where}.layers`, LIMITS.layers, 1);
  const base = { name, layers, ...readSizes(fields, where, layers, sizes) };
  const { heads, headSize } = base;
  if (layers * heads > LIMITS.allHeads)
    throw new TraceError(
      `${where} has ${layers} layers of ${heads} heads; at most ${LIMITS.allHeads} heads in all are read.`,
    );
  const [queries, keys] = SIDES[name];
  return {
    ...base,
    queries: streamName(fields.queries ?? queries, `${where}.queries`),
    keys: streamName(fields.keys ?? keys, `${where}.keys`),
    recipe: recipes(fields.recipe, `${where}.recipe`, base, sizes),
    ...(fields.rotary == null ? {} : { rotary: rotary(fields.rotary, `${where}.rotary`, headSize) }),
  };
}

function recipes(
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
function t5(fields: Fields, where: string): T5 {
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

function rotary(value: unknown, where: string, headSize: number): Rotary {
  const fields = object(value, where);
  const dims = count(fields.dims ?? headSize, `${where}.dims`, headSize, 2);
  const style = fields.style ?? "half";
  if (dims % 2) throw new TraceError(`${where}.dims is ${dims}; dimensions rotate in pairs.`);
  if (style !== "half" && style !== "interleaved") {
    throw new TraceError(`${where}.style is ${show(style)}; expected "half" or "interleaved".`);
  }
  return { dims, style };
}

function stream(value: unknown, where: string): Stream {
  const fields = object(value, where);
  const tokens = list(fields.tokens, `${where}.tokens`, LIMITS.tokens);
  if (tokens.length === 0) throw new TraceError(`${where} has no tokens.`);
  const read = tokens.map((t, i) => token(t, `${where}.tokens[${i}]`, i));
  return {
    name: streamName(fields.name, `${where}.name`),
    tokens: read,
    ...(fields.unit == null ? {} : { unit: unit(fields.unit, `${where}.unit`) }),
    ...(fields.grid == null ? {} : { grid: grid(fields.grid, `${where}.grid`, read) }),
  };
}

function unit(value: unknown, where: string): StreamUnit {
  if (UNITS.includes(value as StreamUnit)) return value as StreamUnit;
  throw new TraceError(`${where} is ${show(value)}; a token is one of ${UNITS.join(", ")}.`);
}

function grid(value: unknown, where: string, tokens: readonly Token[]): readonly [number, number] {
  const sides = list(value, where, 2);
  if (sides.length !== 2) throw new TraceError(`${where} is ${show(value)}; expected [rows, columns].`);
  const rows = count(sides[0], `${where}[0]`, LIMITS.tokens, 1);
  const columns = count(sides[1], `${where}[1]`, LIMITS.tokens, 1);
  const patches = tokens.filter((t) => !t.special).length;
  if (rows * columns === patches) return [rows, columns];
  throw new TraceError(
    `${where} is ${rows} × ${columns}, but the stream has ${patches} tokens that are not special.`,
  );
}

function token(value: unknown, where: string, index: number): Token {
  const fields: Fields = typeof value === "string" ? { raw: value } : object(value, where);
  const raw = text(fields.raw ?? fields.text ?? String(index), `${where}.raw`);
  const place = (key: "id" | "start" | "end"): number | null =>
    fields[key] == null ? null : count(fields[key], `${where}.${key}`, Number.MAX_SAFE_INTEGER, 0);
  return {
    id: place("id"),
    raw,
    text: text(fields.text ?? raw, `${where}.text`),
    start: place("start"),
    end: place("end"),
    special: flag(fields.special ?? false, `${where}.special`),
    segment: count(fields.segment ?? 0, `${where}.segment`, 1, 0),
  };
}

/** Streams that blocks need and the manifest leaves out, with tokens "0" to "n-1". */
function withMissing(stated: readonly Stream[], blocks: readonly Block[], sizes: readonly Sizes[]): Stream[] {
  const streams = new Map<StreamName, Stream>(stated.map((s) => [s.name, s]));
  blocks.forEach((block, i) => {
    for (const side of ["queries", "keys"] as const) {
      if (!streams.has(block[side]))
        streams.set(block[side], numbered(block[side], sizes[i]![side], block.name));
    }
  });
  return [...streams.values()];
}

function numbered(name: StreamName, length: number, block: BlockName): Stream {
  if (length < 1 || length > LIMITS.tokens) {
    throw new TraceError(
      `The manifest lists no tokens of stream "${name}", and the tensors of block "${block}" give ${length}; expected 1 to ${LIMITS.tokens}.`,
    );
  }
  return { name, tokens: Array.from({ length }, (_, i) => token(String(i), name, i)) };
}

function model(value: unknown, block: Block): ModelInfo {
  const fields = object(value ?? {}, "model");
  const size = (
    key: "layers" | "heads" | "kvHeads" | "headSize" | "hidden" | "vocab",
    fallback: number,
  ): number => count(fields[key] ?? fallback, `model.${key}`, Number.MAX_SAFE_INTEGER, 0);
  return {
    name: text(fields.name ?? "", "model.name"),
    family: text(fields.family ?? "", "model.family"),
    layers: size("layers", block.layers),
    heads: size("heads", block.heads),
    kvHeads: size("kvHeads", block.kvHeads),
    headSize: size("headSize", block.headSize),
    hidden: size("hidden", 0),
    vocab: size("vocab", 0),
  };
}

function edit(value: unknown, index: number): Edit {
  try {
    return readEdit(value);
  } catch (error) {
    if (error instanceof EditError) throw new TraceError(`edits[${index}]: ${error.message}`);
    throw error;
  }
}

function receipt(value: unknown, index: number): { edit: number; touched: number } {
  const fields = object(value, `receipts[${index}]`);
  return {
    edit: count(fields.edit, `receipts[${index}].edit`, LIMITS.edits, 0),
    touched: count(fields.touched, `receipts[${index}].touched`, Number.MAX_SAFE_INTEGER, 0),
  };
}

function generated(value: unknown, streams: readonly Stream[]): Manifest["generated"] {
  if (value == null) return null;
  const fields = object(value, "generated");
  const name = streamName(fields.stream, "generated.stream");
  const length = streams.find((s) => s.name === name)?.tokens.length ?? 0;
  return { stream: name, start: count(fields.start, "generated.start", length, 0) };
}

function stored(value: unknown, tensors: Tensors): Manifest["stored"] {
  const entries = Object.entries(object(value ?? {}, "stored"));
  for (const [name, coding] of entries) {
    if (coding !== "sqrt")
      throw new TraceError(`stored says ${show(coding)} of ${show(name)}; expected "sqrt".`);
    if (!tensors.has(name)) throw new TraceError(`stored names ${show(name)}, which is not in the file.`);
  }
  return Object.fromEntries(entries) as Manifest["stored"];
}

function unique(named: readonly { readonly name: string }[], what: string): void {
  const names = named.map((n) => n.name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice) throw new TraceError(`The manifest names the ${what} "${twice}" twice.`);
}

function streamName(value: unknown, where: string): StreamName {
  if (STREAMS.includes(value as StreamName)) return value as StreamName;
  throw new TraceError(`${where} is ${show(value)}; a stream is one of ${STREAMS.join(", ")}.`);
}
