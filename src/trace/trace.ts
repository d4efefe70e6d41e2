// A recorded run: the one thing that is passed between engine, analysis, views and exports.
// One question is asked everywhere, attention(block, layer, head, rows); whether the answer is stored,
// dequantised or recomputed from q and k is this file's business.

import { type FloatTensor, floatTensor, type Tensor, toFloat } from "../tensor/index.ts";
import { attend, type HeadInputs, inReach, scoreRow, t5Bucket } from "./attend.ts";
import {
  type Block,
  type BlockName,
  type BlockPart,
  type Manifest,
  type Recipe,
  type Stream,
  type StreamName,
  type StreamPart,
  TraceError,
} from "./types.ts";

export class Trace {
  readonly manifest: Manifest;
  readonly #tensors: ReadonlyMap<string, Tensor>;
  readonly #floats = new Map<string, FloatTensor>();

  constructor(manifest: Manifest, tensors: ReadonlyMap<string, Tensor>) {
    this.manifest = manifest;
    this.#tensors = tensors;
  }

  get names(): string[] {
    return [...this.#tensors.keys()];
  }

  has(name: string): boolean {
    return this.#tensors.has(name);
  }

  /** A stored tensor as it is (halves and codes stay as they are), or undefined. */
  raw(name: string): Tensor | undefined {
    return this.#tensors.get(name);
  }

  /** A stored tensor as float32, decoded once and kept, or undefined. */
  tensor(name: string): FloatTensor | undefined {
    const known = this.#floats.get(name);
    if (known) return known;
    const raw = this.#tensors.get(name);
    if (!raw) return undefined;
    const value = this.manifest.stored[name] === "sqrt" ? fromSqrt(raw) : toFloat(raw);
    this.#floats.set(name, value);
    return value;
  }

  block(name: BlockName): Block {
    const block = this.manifest.blocks.find((b) => b.name === name);
    if (block) return block;
    const names = this.manifest.blocks.map((b) => b.name).join(", ");
    throw new TraceError(`This trace has no block "${name}"; it has ${names}.`);
  }

  stream(name: StreamName): Stream {
    const stream = this.manifest.streams.find((s) => s.name === name);
    if (!stream) throw new TraceError(`This trace has no stream "${name}".`);
    return stream;
  }

  /** Number of queries (rows) and keys (columns) of a block's matrices. */
  sides(name: BlockName): { queries: number; keys: number } {
    const block = this.block(name);
    return {
      queries: this.stream(block.queries).tokens.length,
      keys: this.stream(block.keys).tokens.length,
    };
  }

  recipe(name: BlockName, layer: number): Recipe {
    const { recipe } = this.block(name);
    const found = Array.isArray(recipe) ? (recipe as readonly Recipe[])[layer] : (recipe as Recipe);
    if (!found) throw new TraceError(`Block "${name}" has no layer ${layer}.`);
    return found;
  }

  part(block: BlockName, layer: number, part: BlockPart): FloatTensor | undefined {
    return this.tensor(`${block}.${layer}.${part}`);
  }

  activation(stream: StreamName, layer: number, part: StreamPart): FloatTensor | undefined {
    return this.tensor(`${stream}.${layer}.${part}`);
  }

  /** True if attention of this layer is stored or can be recomputed. */
  hasAttention(block: BlockName, layer: number): boolean {
    return this.has(`${block}.${layer}.pattern`) || this.hasQueriesAndKeys(block, layer);
  }

  hasQueriesAndKeys(block: BlockName, layer: number): boolean {
    return this.has(`${block}.${layer}.q`) && this.has(`${block}.${layer}.k`);
  }

  /** True if `key` may be seen from `query`: inside causality, window and stored mask. */
  visible(block: BlockName, layer: number, query: number, key: number): boolean {
    if (!inReach(this.recipe(block, layer), query, key)) return false;
    const mask = this.#tensors.get(`${block}.mask`);
    return mask === undefined || mask.data[query * this.sides(block).keys + key] !== 0;
  }

  /**
   * Attention of one head, rows `from` to `to` (exclusive; all by default): [to - from, keys], row-major.
   * Rows sum to 1, or to less where the model has sinks or an edit took mass away.
   */
  attention(block: BlockName, layer: number, head: number, from = 0, to?: number): Float32Array {
    const { queries, keys } = this.sides(block);
    const end = Math.min(to ?? queries, queries);
    this.#checkHead(block, layer, head);
    const pattern = this.part(block, layer, "pattern");
    if (pattern) {
      const first = head * queries * keys;
      return pattern.data.subarray(first + from * keys, first + end * keys);
    }
    return attend(this.head(block, layer, head), from, end);
  }

  /** Scores of one head (before softmax), [to - from, keys]; -Infinity where masked. */
  scores(block: BlockName, layer: number, head: number, from = 0, to?: number): Float32Array {
    const { queries, keys } = this.sides(block);
    const end = Math.min(to ?? queries, queries);
    this.#checkHead(block, layer, head);
    const stored = this.part(block, layer, "scores");
    if (stored) {
      const first = head * queries * keys;
      return stored.data.subarray(first + from * keys, first + end * keys);
    }
    const inputs = this.head(block, layer, head);
    const row = new Float64Array(keys);
    const out = new Float32Array((end - from) * keys);
    for (let query = from; query < end; query++) {
      scoreRow(inputs, query, row);
      out.set(row, (query - from) * keys);
    }
    return out;
  }

  /** q, k and the recipe of one head; grouped heads share the keys of their group. */
  head(block: BlockName, layer: number, head: number): HeadInputs {
    const q = this.part(block, layer, "q");
    const k = this.part(block, layer, "k");
    if (!q || !k) {
      throw new TraceError(
        `This trace holds neither attention nor queries and keys of ${block} layer ${layer}.`,
      );
    }
    const { heads, kvHeads, headSize } = this.block(block);
    const { queries, keys } = this.sides(block);
    const group = Math.floor(head / (heads / kvHeads));
    return {
      q: q.data.subarray(head * queries * headSize, (head + 1) * queries * headSize),
      k: k.data.subarray(group * keys * headSize, (group + 1) * keys * headSize),
      headSize,
      keys,
      recipe: this.recipe(block, layer),
      bias: this.#bias(block, layer, head),
      visible: this.#mask(block, keys),
      sink: this.part(block, layer, "sinks")?.data[head],
    };
  }

  /** Value vectors a head reads, [keys, headSize], or undefined where none are stored. */
  values(block: BlockName, layer: number, head: number): FloatTensor | undefined {
    const v = this.part(block, layer, "v");
    if (!v) return undefined;
    const { heads, kvHeads } = this.block(block);
    const { keys } = this.sides(block);
    const size = (v.shape[2] ?? 0) * keys;
    const group = Math.floor(head / (heads / kvHeads));
    return floatTensor([keys, v.shape[2] ?? 0], v.data.subarray(group * size, (group + 1) * size));
  }

  #checkHead(block: BlockName, layer: number, head: number): void {
    const { layers, heads } = this.block(block);
    if (layer < 0 || layer >= layers || head < 0 || head >= heads) {
      throw new TraceError(
        `Block "${block}" has layers 0 to ${layers - 1} and heads 0 to ${heads - 1}, not ${layer}.${head}.`,
      );
    }
  }

  #mask(block: BlockName, keys: number): HeadInputs["visible"] {
    const mask = this.#tensors.get(`${block}.mask`);
    return mask && ((query, key) => mask.data[query * keys + key] !== 0);
  }

  #bias(block: BlockName, layer: number, head: number): HeadInputs["bias"] {
    const { bias } = this.recipe(block, layer);
    if (bias === null) return undefined;
    if (bias === "tensor") return this.#biasTensor(block, layer, head);
    if ("alibi" in bias) {
      const slope = bias.alibi[head] ?? 0;
      return (_, key) => slope * key;
    }
    return this.#biasTable(block, head, bias.t5);
  }

  #biasTensor(block: BlockName, layer: number, head: number): HeadInputs["bias"] {
    const stored = this.part(block, layer, "bias");
    if (!stored)
      throw new TraceError(
        `The recipe of ${block} layer ${layer} asks for a bias tensor that is not stored.`,
      );
    const { queries, keys } = this.sides(block);
    const first = head * queries * keys;
    return (query, key) => stored.data[first + query * keys + key]!;
  }

  #biasTable(
    block: BlockName,
    head: number,
    t5: { buckets: number; maxDistance: number; bidirectional: boolean },
  ): HeadInputs["bias"] {
    const table = this.tensor(`${block}.bias_table`);
    if (!table)
      throw new TraceError(`The recipe of ${block} asks for ${block}.bias_table, which is not stored.`);
    const { heads } = this.block(block);
    return (query, key) =>
      table.data[t5Bucket(key - query, t5.buckets, t5.maxDistance, t5.bidirectional) * heads + head]!;
  }
}

/** Weights from their square-root codes: (code / largest code)². */
function fromSqrt(raw: Tensor): FloatTensor {
  const top = raw.dtype === "U8" ? 255 : 65535;
  const codes = raw.data as Uint8Array | Uint16Array;
  const data = new Float32Array(codes.length);
  for (let i = 0; i < codes.length; i++) data[i] = (codes[i]! / top) ** 2;
  return floatTensor(raw.shape, data);
}
