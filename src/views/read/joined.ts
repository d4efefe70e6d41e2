// An encoder-decoder run as one matrix: source and target words in one list, as rows and as columns. What does not
// exist, source words looking at target words, is masked. The row of a target word holds two distributions, its cross
// attention and its own, and so sums to 2; nothing is renormalised. Numbers are read from the run as they are asked for.

import type { Tensor } from "../../tensor/index.ts";
import { type Block, type BlockName, type Manifest, type Stream, Trace } from "../../trace/index.ts";

const PARTS = ["encoder", "decoder", "cross"] as const;

/** A joined run: one block "self" over one stream "text"; source words have segment 0, target words 1. */
export class JoinedTrace extends Trace {
  readonly #run: Trace;
  /** Number of source words. */
  readonly #source: number;

  constructor(run: Trace, manifest: Manifest, tensors: ReadonlyMap<string, Tensor>) {
    super(manifest, tensors);
    this.#run = run;
    this.#source = run.stream("encoder").tokens.length;
  }

  /** True if all three parts of the layer were recorded. */
  override hasAttention(_block: BlockName, layer: number): boolean {
    return PARTS.every((part) => this.#run.hasAttention(part, layer));
  }

  override hasQueriesAndKeys(): boolean {
    return false;
  }

  /** Rows `from` to `to` of a head, [to - from, source + target words]. */
  override attention(block: BlockName, layer: number, head: number, from = 0, to?: number): Float32Array {
    const { queries, keys } = this.sides(block);
    const end = Math.min(to ?? queries, queries);
    const out = new Float32Array((end - from) * keys);
    for (let query = from; query < end; query++) this.#row(layer, head, query, out, (query - from) * keys);
    return out;
  }

  #row(layer: number, head: number, query: number, out: Float32Array, at: number): void {
    const read = (part: (typeof PARTS)[number], row: number): Float32Array =>
      this.#run.attention(part, layer, head, row, row + 1);
    const target = query - this.#source;
    out.set(target < 0 ? read("encoder", query) : read("cross", target), at);
    if (target >= 0) out.set(read("decoder", target), at + this.#source);
  }
}

/** True if `run` is one of an encoder-decoder, with all three parts. */
export function joins(run: Trace): boolean {
  return PARTS.every((part) => run.manifest.blocks.some(({ name }) => name === part));
}

/** The joined run; null where `run` is not one of an encoder-decoder. */
export function joinTrace(run: Trace): JoinedTrace | null {
  const blocks = PARTS.map((part) => run.manifest.blocks.find(({ name }) => name === part));
  const [encoder, decoder, cross] = blocks;
  if (!encoder || !decoder || !cross) return null;
  const least = (of: (block: Block) => number): number => Math.min(of(encoder), of(decoder), of(cross));
  const recipe = { scale: 1, causal: false, window: null, softcap: null, bias: null, sinks: false };
  const heads = least((block) => block.heads);
  const manifest: Manifest = {
    ...run.manifest,
    streams: [joinedWords(run)],
    blocks: [
      {
        name: "self",
        queries: "text",
        keys: "text",
        layers: least((block) => block.layers),
        heads,
        kvHeads: heads,
        headSize: encoder.headSize,
        recipe,
      },
    ],
    generated: generatedIn(run),
    stored: {},
  };
  return new JoinedTrace(run, manifest, new Map([["self.mask", maskOf(run)]]));
}

function joinedWords(run: Trace): Stream {
  const words = (stream: "encoder" | "decoder", segment: 0 | 1) =>
    run.stream(stream).tokens.map((token) => ({ ...token, segment }));
  return { name: "text", tokens: [...words("encoder", 0), ...words("decoder", 1)] };
}

function generatedIn(run: Trace): Manifest["generated"] {
  const { generated } = run.manifest;
  if (generated?.stream !== "decoder") return null;
  return { stream: "text", start: run.stream("encoder").tokens.length + generated.start };
}

/** 1 where a row can see a column, [words, words]; masks do not change from layer to layer in these models. */
function maskOf(run: Trace): Tensor {
  const source = run.stream("encoder").tokens.length;
  const count = source + run.stream("decoder").tokens.length;
  const data = new Uint8Array(count * count);
  for (let query = 0; query < count; query++) {
    for (let key = 0; key < count; key++) {
      if (query < source && key >= source) continue;
      const part = query < source ? "encoder" : key < source ? "cross" : "decoder";
      const [row, column] = [query - (query < source ? 0 : source), key - (key < source ? 0 : source)];
      if (run.visible(part, 0, row, column)) data[query * count + key] = 1;
    }
  }
  return { dtype: "U8", shape: [count, count], data };
}
