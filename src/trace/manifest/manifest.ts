// The manifest of a trace file, from the JSON of a stranger to checked types with every default filled in.
// Least that opens: one block's name; sizes then come from the shapes of its tensors (see shapes.ts).

import type { Tensor } from "../../tensor/index.ts";
import { count, type Fields, list, object, show, text } from "../checks.ts";
import { type Edit, EditError } from "../edit/edit.ts";
import { readEdit } from "../edit/read.ts";
import { partsOfHeads } from "../head-lists.ts";
import { type Sizes, sizesOf } from "../shapes.ts";
import { readSizes } from "../sizes.ts";
import {
  type Block,
  type BlockName,
  type Manifest,
  type ModelInfo,
  type Stream,
  type StreamName,
  TraceError,
} from "../types.ts";
import { LIMITS } from "./limits.ts";
import { recipes, rotary } from "./recipe.ts";
import { stream, streamName, withMissing } from "./streams.ts";

const SIDES: Readonly<Record<BlockName, readonly [StreamName, StreamName]>> = {
  self: ["text", "text"],
  encoder: ["encoder", "encoder"],
  decoder: ["decoder", "decoder"],
  cross: ["decoder", "encoder"],
};

type Tensors = ReadonlyMap<string, Tensor>;

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
