// A recorded run: the one thing that is passed between engine, analysis, views and exports.
// One question is asked everywhere, attention(block, layer, head, rows); whether the answer is stored,
// dequantised or recomputed from q and k is this file's business.

import { at, type FloatTensor, floatTensor, sizeOf, type Tensor, toFloat } from "../tensor/index.ts";
import { attend, attendRows, type HeadInputs, inReach, scoreRow } from "./attend.ts";
import { fromSqrt } from "./coding.ts";
import type { Coming } from "./coming.ts";
import { isCellEdit, isNeutral } from "./edit/edit.ts";
import { Recent } from "./recent.ts";
import { scoreBias } from "./score-bias.ts";
import { layerSizes } from "./sizes.ts";
import {
  type Block,
  type BlockName,
  type BlockPart,
  type LayerSizes,
  type Manifest,
  type Recipe,
  type Stream,
  type StreamName,
  type StreamPart,
  TraceError,
} from "./types.ts";

/** Bytes of decoded and recomputed float32 kept for the next question: about five heads of 2,048 tokens. */
const KEPT = 96 * 2 ** 20;

/** The two halves of a trace as plain data: what a worker can be sent. */
export interface TraceParts {
  readonly manifest: Manifest;
  readonly tensors: ReadonlyMap<string, Tensor>;
}

/** One recorded run. Arrays it returns may be shared: do not write into them. */
export class Trace {
  readonly manifest: Manifest;
  /** While more tensors come; null for a trace that was whole from the beginning. */
  readonly coming: Coming | null;
  readonly #tensors: ReadonlyMap<string, Tensor>;
  readonly #recent = new Recent(KEPT);

  /** `coming`: more tensors will be put into the map. */
  constructor(manifest: Manifest, tensors: ReadonlyMap<string, Tensor>, coming: Coming | null = null) {
    this.manifest = manifest;
    this.coming = coming;
    this.#tensors = tensors;
  }

  /** Names of the stored tensors. */
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

  /** Let go of what was decoded and recomputed: it is made again when it is asked for. */
  letGo(): void {
    this.#recent.clear();
  }

  /** Manifest and tensors of the names that `keep` accepts, sharing memory. */
  parts(keep: (name: string) => boolean = () => true): TraceParts {
    return { manifest: this.manifest, tensors: new Map([...this.#tensors].filter(([name]) => keep(name))) };
  }

  /** A stored tensor as float32, or undefined. Large ones are decoded anew when they were not asked for lately. */
  tensor(name: string): FloatTensor | undefined {
    const raw = this.#tensors.get(name);
    if (!raw || raw.dtype === "F32") return raw as FloatTensor | undefined;
    return floatTensor(
      raw.shape,
      this.#recent.get(name, () => this.#decode(name, raw).data),
    );
  }

  /**
   * Head `head` of a stored tensor as float32; only that head is decoded. Undefined where it is not stored:
   * a file may hold q, k and v of some heads only.
   */
  entry(name: string, head: number): FloatTensor | undefined {
    const raw = this.#tensors.get(name);
    const index = this.#place(name, head);
    if (!raw || index < 0) return undefined;
    if (raw.dtype === "F32") return at(raw as FloatTensor, index);
    const shape = raw.shape.slice(1);
    const size = sizeOf(shape);
    const part = (): Tensor => ({ ...raw, shape, data: raw.data.subarray(index * size, (index + 1) * size) });
    return floatTensor(
      shape,
      this.#recent.get(`${name}[${index}]`, () => this.#decode(name, part()).data),
    );
  }

  /** Where a head stands on the first axis of a stored tensor; -1 where it is not stored. */
  #place(name: string, head: number): number {
    return this.manifest.heads?.[name]?.indexOf(head) ?? head;
  }

  #holds(name: string, head: number | undefined): boolean {
    if (!this.has(name)) return false;
    return head === undefined ? this.manifest.heads?.[name] === undefined : this.#place(name, head) >= 0;
  }

  #decode(name: string, raw: Tensor): FloatTensor {
    if (this.manifest.stored[name] !== "sqrt") return toFloat(raw);
    return floatTensor(raw.shape, fromSqrt(raw.data as Uint8Array | Uint16Array));
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

  /** Heads, key/value heads and head size of one layer. */
  sizes(name: BlockName, layer: number): LayerSizes {
    return layerSizes(this.block(name), layer);
  }

  /** Number of heads of one layer. */
  heads(name: BlockName, layer: number): number {
    return this.sizes(name, layer).heads;
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

  /** True if attention of this head (left out: of every head of the layer) is stored or can be recomputed. */
  hasAttention(block: BlockName, layer: number, head?: number): boolean {
    if (head !== undefined && head >= this.heads(block, layer)) return false;
    if (this.has(`${block}.${layer}.pattern`)) return true;
    return this.hasQueriesAndKeys(block, layer, head) && !this.edited(block, layer, "scores", "pattern");
  }

  /** True if an edit acts at one of these places of a layer: q and k then do not tell what became of it. */
  edited(block: BlockName, layer: number, ...places: ("scores" | "pattern")[]): boolean {
    return this.manifest.edits.some((edit) => {
      if (!isCellEdit(edit) || !places.includes(edit.at) || isNeutral(edit)) return false;
      const here = edit.block === undefined || edit.block === block;
      return here && (edit.layer === undefined || [edit.layer].flat().includes(layer));
    });
  }

  /** True if q and k of this head (left out: of every head of the layer) are stored. */
  hasQueriesAndKeys(block: BlockName, layer: number, head?: number): boolean {
    if (head !== undefined && head >= this.heads(block, layer)) return false;
    const group = head === undefined ? undefined : this.group(block, layer, head);
    return this.#holds(`${block}.${layer}.q`, head) && this.#holds(`${block}.${layer}.k`, group);
  }

  /** True if the values that this head reads are stored. */
  hasValues(block: BlockName, layer: number, head: number): boolean {
    if (head >= this.heads(block, layer)) return false;
    return this.#holds(`${block}.${layer}.v`, this.group(block, layer, head));
  }

  /** True if `key` may be seen from `query`: inside causality, window and the masks of block and layer. */
  visible(block: BlockName, layer: number, query: number, key: number): boolean {
    if (!inReach(this.recipe(block, layer), query, key)) return false;
    return this.mask(block, layer)?.(query, key) ?? true;
  }

  /** Where the stored masks of block and layer leave a cell open; undefined where none is stored. */
  mask(block: BlockName, layer: number): HeadInputs["visible"] {
    const { keys } = this.sides(block);
    const [first, second] = this.#masks(block, layer).map(({ data }) => data);
    if (!first) return undefined;
    if (!second) return (query, key) => first[query * keys + key] !== 0;
    return (query, key) => first[query * keys + key] !== 0 && second[query * keys + key] !== 0;
  }

  /**
   * Attention of one head, rows `from` to `to` (exclusive; all by default): [to - from, keys], row-major.
   * Rows sum to 1, or to less where the model has sinks or an edit took mass away.
   */
  attention(block: BlockName, layer: number, head: number, from = 0, to?: number): Float32Array {
    const { queries, keys } = this.sides(block);
    const end = Math.min(to ?? queries, queries);
    this.#checkHead(block, layer, head);
    const pattern = this.entry(`${block}.${layer}.pattern`, head);
    if (pattern) return pattern.data.subarray(from * keys, end * keys);
    const name = attentionName(block, layer, head);
    const known = this.#recent.peek(name);
    if (known) return known.subarray(from * keys, end * keys);
    this.#refuseEdited(block, layer, "scores", "pattern");
    const compute = (): Float32Array => attend(this.head(block, layer, head), from, end);
    return end - from === queries ? this.#recent.get(name, compute) : compute();
  }

  /** Attention of some rows of one head, [queries.length, keys]. Rows of a head that is known whole are taken from it. */
  rows(block: BlockName, layer: number, head: number, queries: ArrayLike<number>): Float32Array {
    const { queries: all, keys } = this.sides(block);
    if (queries.length === all) return this.attention(block, layer, head);
    this.#checkHead(block, layer, head);
    const whole =
      this.entry(`${block}.${layer}.pattern`, head)?.data ??
      this.#recent.peek(attentionName(block, layer, head));
    if (!whole) {
      this.#refuseEdited(block, layer, "scores", "pattern");
      return attendRows(this.head(block, layer, head), queries);
    }
    const rows = new Float32Array(queries.length * keys);
    for (let r = 0; r < queries.length; r++)
      rows.set(whole.subarray(queries[r]! * keys, (queries[r]! + 1) * keys), r * keys);
    return rows;
  }

  /** Scores of one head (before softmax), [to - from, keys]; -Infinity where masked. */
  scores(block: BlockName, layer: number, head: number, from = 0, to?: number): Float32Array {
    const { queries, keys } = this.sides(block);
    const end = Math.min(to ?? queries, queries);
    this.#checkHead(block, layer, head);
    const stored = this.entry(`${block}.${layer}.scores`, head);
    if (stored) return stored.data.subarray(from * keys, end * keys);
    this.#refuseEdited(block, layer, "scores");
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
    const q = this.entry(`${block}.${layer}.q`, head);
    const k = this.entry(`${block}.${layer}.k`, this.group(block, layer, head));
    if (!q || !k) {
      const what = this.has(`${block}.${layer}.q`)
        ? `head ${layer}.${head} of ${block}`
        : `${block} layer ${layer}`;
      throw new TraceError(`This trace holds neither attention nor queries and keys of ${what}.`);
    }
    const recipe = this.recipe(block, layer);
    return {
      q: q.data,
      k: k.data,
      headSize: this.sizes(block, layer).headSize,
      keys: this.sides(block).keys,
      recipe,
      bias: this.#bias(recipe, block, layer, head),
      visible: this.mask(block, layer),
      sink: recipe.sinks ? this.#sink(block, layer, head) : undefined,
    };
  }

  #bias({ bias }: Recipe, block: BlockName, layer: number, head: number): HeadInputs["bias"] {
    const { heads } = this.block(block);
    const place = { block, layer, head, heads, keys: this.sides(block).keys };
    return scoreBias(bias, place, {
      matrix: this.entry(`${block}.${layer}.bias`, head),
      table: this.tensor(`${block}.bias_table`),
    });
  }

  #sink(block: BlockName, layer: number, head: number): number | undefined {
    const sinks = this.part(block, layer, "sinks");
    if (sinks) return sinks.data[head];
    throw new TraceError(`The recipe of ${block} layer ${layer} asks for sinks, which are not stored.`);
  }

  /** The key/value head that a query head reads. */
  group(block: BlockName, layer: number, head: number): number {
    const { heads, kvHeads } = this.sizes(block, layer);
    return Math.floor(head / (heads / kvHeads));
  }

  /** Value vectors a head reads, [keys, value size], or undefined where none are stored. */
  values(block: BlockName, layer: number, head: number): FloatTensor | undefined {
    return this.entry(`${block}.${layer}.v`, this.group(block, layer, head));
  }

  #refuseEdited(block: BlockName, layer: number, ...places: ("scores" | "pattern")[]): void {
    if (!this.edited(block, layer, ...places)) return;
    const what = places.includes("pattern") ? "pattern" : "scores";
    throw new TraceError(
      `Edits act inside the attention of ${block} layer ${layer}, and its ${what} are not stored: record them.`,
    );
  }

  #checkHead(block: BlockName, layer: number, head: number): void {
    const { layers } = this.block(block);
    const heads = this.heads(block, layer);
    if (layer < 0 || layer >= layers || head < 0 || head >= heads) {
      throw new TraceError(
        `Block "${block}" has layers 0 to ${layers - 1} and heads 0 to ${heads - 1}, not ${layer}.${head}.`,
      );
    }
  }

  /** The stored masks of block and layer; a key must be open in both. */
  #masks(block: BlockName, layer: number): Tensor[] {
    const both = [`${block}.mask`, `${block}.${layer}.mask`].map((name) => this.#tensors.get(name));
    return both.filter((mask) => mask !== undefined);
  }
}

/** What the attention of a head is kept under. */
function attentionName(block: BlockName, layer: number, head: number): string {
  return `${block}.${layer}.attention[${head}]`;
}
