// A trace small enough to send: every head's pattern in 8 bits, queries, keys and values of the heads in focus in half
// precision, within a number of bytes. What does not fit is left out, layers far from the focus first, and named.

import { deflateSync } from "fflate";
import { floatsToHalves, floatTensor, type Tensor } from "../tensor/index.ts";
import { type Block, type BlockName, type Manifest, type Recipe, Trace, toSqrt } from "../trace/index.ts";
import type { Selection } from "../views/view.ts";

/** A small trace, and sentences about what it lacks. */
export interface SmallTrace {
  readonly trace: Trace;
  readonly leftOut: readonly string[];
}

interface Place {
  readonly block: BlockName;
  readonly layer: number;
}

type Tensors = Map<string, Tensor>;

/** The trace within about `maxBytes` of a page, deflated and written as base64. */
export function smallTrace(trace: Trace, selection: Selection, maxBytes: number): SmallTrace {
  const places = placesOf(trace, selection);
  const [focus] = places;
  const tensors: Tensors = new Map(masksOf(trace));
  const heads: Record<string, readonly number[]> = {};
  const left: Place[] = [];
  const notes: string[] = [];
  let used = 0;
  if (focus) {
    const own = neuronsOf(trace, focus, selection.heads);
    const cost = costOf(own.tensors);
    if (own.tensors.size > 0 && cost < maxBytes / 2) {
      for (const [name, tensor] of own.tensors) tensors.set(name, tensor);
      Object.assign(heads, own.heads);
      used += cost;
    } else if (own.tensors.size > 0) notes.push("The neurons of the chosen heads did not fit.");
  }
  for (const place of places) {
    const own = patternOf(trace, place);
    const cost = costOf(own);
    if (used > 0 && used + cost > maxBytes) left.push(place);
    else {
      for (const [name, tensor] of own) tensors.set(name, tensor);
      used += cost;
    }
  }
  const small = new Trace(manifestOf(trace, tensors, heads), tensors);
  return { trace: small, leftOut: [...notes, ...sentences(left, trace)] };
}

/** Bytes that tensors add to a page. */
function costOf(tensors: Tensors): number {
  let sum = 0;
  for (const { data } of tensors.values()) {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    sum += (deflateSync(bytes, { level: 1 }).length * 4) / 3;
  }
  return sum;
}

/** Recorded layers, the focused one first, then its block's from near to far, then the other blocks'. */
function placesOf(trace: Trace, { block: own, layer: focus }: Selection): Place[] {
  const all = trace.manifest.blocks.flatMap(({ name, layers }) =>
    Array.from({ length: layers }, (_, layer) => ({ block: name, layer })),
  );
  const far = ({ block, layer }: Place): number => (block === own ? 0 : 1e6) + Math.abs(layer - focus);
  return all
    .filter(({ block, layer }) => trace.hasAttention(block, layer))
    .sort((a, b) => far(a) - far(b) || a.layer - b.layer);
}

function masksOf(trace: Trace): [string, Tensor][] {
  return trace.names.filter((name) => /^\w+\.mask$/.test(name)).map((name) => [name, trace.raw(name)!]);
}

/** Patterns of all heads of a layer, and its own mask. */
function patternOf(trace: Trace, { block, layer }: Place): Tensors {
  const { queries, keys } = trace.sides(block);
  const heads = trace.heads(block, layer);
  const data = new Float32Array(heads * queries * keys);
  for (let head = 0; head < heads; head++)
    data.set(trace.attention(block, layer, head), head * queries * keys);
  const mask = trace.raw(`${block}.${layer}.mask`);
  return new Map<string, Tensor>([
    [`${block}.${layer}.pattern`, toSqrt(floatTensor([heads, queries, keys], data), 8)],
    ...(mask ? [[`${block}.${layer}.mask`, mask] as const] : []),
  ]);
}

/** q, k and v of some heads of a layer, what else makes their scores, and which heads they are. */
function neuronsOf(
  trace: Trace,
  { block, layer }: Place,
  chosen: readonly number[],
): { readonly tensors: Tensors; readonly heads: Record<string, readonly number[]> } {
  const tensors: Tensors = new Map();
  const heads: Record<string, readonly number[]> = {};
  const shown = chosen.filter((head) => trace.hasQueriesAndKeys(block, layer, head));
  if (shown.length === 0) return { tensors, heads };
  const groups = [...new Set(shown.map((head) => trace.group(block, layer, head)))].sort((a, b) => a - b);
  for (const [part, list] of [
    ["q", shown],
    ["k", groups],
    ["v", groups],
  ] as const) {
    const name = `${block}.${layer}.${part}`;
    const found = list.map((head) => trace.entry(name, head));
    if (found.some((entry) => entry === undefined)) continue;
    const entries = found.map((entry) => entry!);
    const size = entries[0]!.data.length;
    const data = new Float32Array(entries.length * size);
    for (const [i, entry] of entries.entries()) data.set(entry.data, i * size);
    tensors.set(name, {
      dtype: "F16",
      shape: [entries.length, ...entries[0]!.shape],
      data: floatsToHalves(data),
    });
    heads[name] = list;
  }
  for (const name of [`${block}.${layer}.bias`, `${block}.${layer}.sinks`, `${block}.bias_table`]) {
    const tensor = trace.raw(name);
    if (tensor) tensors.set(name, tensor);
  }
  return { tensors, heads };
}

function manifestOf(trace: Trace, tensors: Tensors, heads: NonNullable<Manifest["heads"]>): Manifest {
  const patterns = [...tensors.keys()].filter((name) => name.endsWith(".pattern"));
  return {
    ...trace.manifest,
    blocks: trace.manifest.blocks.map((block) => blockOf(trace, block, tensors)),
    stored: Object.fromEntries(patterns.map((name) => [name, "sqrt"] as const)),
    heads,
    precision: "f16",
  };
}

/** A block whose recipes ask for no tensor that was left out. */
function blockOf(trace: Trace, block: Block, tensors: Tensors): Block {
  const recipe = Array.from({ length: block.layers }, (_, layer): Recipe => {
    const own = trace.recipe(block.name, layer);
    const prefix = `${block.name}.${layer}`;
    const table = own.bias !== null && own.bias !== "tensor" && "t5" in own.bias;
    const lost =
      (own.bias === "tensor" && !tensors.has(`${prefix}.bias`)) ||
      (table && !tensors.has(`${block.name}.bias_table`));
    return { ...own, bias: lost ? null : own.bias, sinks: own.sinks && tensors.has(`${prefix}.sinks`) };
  });
  return { ...block, recipe };
}

function sentences(left: readonly Place[], trace: Trace): string[] {
  if (left.length === 0) return [];
  const parts = trace.manifest.blocks.flatMap(({ name }) => {
    const layers = left.filter(({ block }) => block === name).map(({ layer }) => layer);
    const listed = layers.sort((a, b) => a - b).join(", ");
    const of = trace.manifest.blocks.length > 1 ? ` of ${name}` : "";
    return layers.length > 0 ? [`layer${layers.length > 1 ? "s" : ""} ${listed}${of}`] : [];
  });
  return [`To stay small this page leaves out ${parts.join("; ")}.`];
}
