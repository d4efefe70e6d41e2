// The logit lens (nostalgebraist 2020): what the final norm and head make of the stream behind each layer, at each
// position. At the last layer these are the model's own logits.

import { type FloatTensor, floatTensor } from "../tensor/index.ts";
import type { StreamName, Trace } from "../trace/index.ts";
import { candidates, likeliest } from "./next-token.ts";
import { emptyTable, type Table } from "./table.ts";

/** Captures that the lens reads. */
export const LENS_CAPTURES = ["resid_pre", "resid_post"] as const;

/** Any stream [rows, hidden] to logits [rows, words]: the model's `unembed`. */
export type Unembed = (stream: FloatTensor, signal?: AbortSignal) => Promise<FloatTensor>;

export interface LensOptions {
  readonly stream?: StreamName;
  /** Positions to look at; all if left out. */
  readonly positions?: readonly number[];
  /** Without a target the cell shows its likeliest word. */
  readonly target?: number;
  /** A word's text. */
  word(id: number): string;
  readonly signal?: AbortSignal | undefined;
  /** Layers done, layers in all, and the tables as far as they are filled. */
  readonly onProgress?: ((done: number, total: number, tables: Lens) => void) | undefined;
}

/** Three tables of one lens, [layers + 1, positions]: rows are the embedding and the streams behind each layer. */
export interface Lens {
  /** Probability of the target, or of the cell's likeliest word; words are the likeliest ones. */
  readonly probability: Table;
  /** Rank of the target among all words, 1 for the likeliest. */
  readonly rank: Table;
  /** Logit of the target, or of the cell's likeliest word. */
  readonly logit: Table;
}

/** The lens over a trace with LENS_CAPTURES. */
export async function logitLens(trace: Trace, unembed: Unembed, options: LensOptions): Promise<Lens> {
  const stream = options.stream ?? trace.manifest.streams.at(-1)!.name;
  const { tokens } = trace.stream(stream);
  const layers = trace.manifest.blocks.find(({ queries }) => queries === stream)!.layers;
  const positions = options.positions ?? tokens.map((_, i) => i);
  const streams = Array.from({ length: layers + 1 }, (_, i) =>
    i === 0 ? trace.activation(stream, 0, "resid_pre") : trace.activation(stream, i - 1, "resid_post"),
  );
  if (streams.some((found) => !found))
    throw new RangeError("The lens needs resid_pre and resid_post of every layer.");
  const sides = {
    ...{ rowsAre: "layer", columnsAre: "position", columns: positions.map((p) => tokens[p]!.text) },
    rows: streams.map((_, i) => (i === 0 ? "embedding" : String(i - 1))),
  };
  const what = options.target === undefined ? "the likeliest word" : `"${options.word(options.target)}"`;
  const words: string[] = [];
  const tables = {
    probability: emptyTable({ ...sides, meaning: `Probability of ${what} behind each layer.`, words }),
    rank: emptyTable({ ...sides, meaning: `Rank of ${what} behind each layer.` }),
    logit: emptyTable({ ...sides, meaning: `Logit of ${what} behind each layer.` }),
  };
  for (const [i, found] of streams.entries()) {
    options.signal?.throwIfAborted();
    const logits = await unembed(rowsOf(found!, positions), options.signal);
    fill(tables, words, i, logits, options);
    options.onProgress?.(i + 1, streams.length, tables);
  }
  return tables;
}

function rowsOf({ shape, data }: FloatTensor, positions: readonly number[]): FloatTensor {
  const width = shape[1]!;
  const out = new Float32Array(positions.length * width);
  for (const [i, position] of positions.entries())
    out.set(data.subarray(position * width, (position + 1) * width), i * width);
  return floatTensor([positions.length, width], out);
}

function fill(tables: Lens, words: string[], row: number, logits: FloatTensor, options: LensOptions): void {
  const [count = 0, vocab = 0] = logits.shape;
  for (let i = 0; i < count; i++) {
    const all = logits.data.subarray(i * vocab, (i + 1) * vocab);
    const best = likeliest(all, 1)[0]!;
    const [found] = candidates(all, [options.target ?? best]);
    const at = row * count + i;
    tables.probability.values[at] = found!.probability;
    tables.rank.values[at] = found!.rank;
    tables.logit.values[at] = found!.logit;
    words[at] = options.word(best);
  }
}
