// Reads from the checkpoint what attribution multiplies: output matrices, norms, and the rows of chosen words.

import type { Source } from "../checkpoint/index.ts";
import { decodeTensor, sizeOf, toFloat } from "../tensor/index.ts";
import type {
  BlockName,
  ReadBranch,
  ReadLayer,
  ReadMatrix,
  ReadNorm,
  Readout,
  ReadStep,
} from "../trace/index.ts";
import type {
  Attention,
  Branch,
  HeadStep,
  Layer,
  Linear,
  Mlp,
  ModelDescription,
  Norm,
  Stack,
} from "./description.ts";
import { InputError } from "./errors.ts";
import type { Element } from "./graph/onnx.ts";
import type { WeightBook } from "./weight-book.ts";

const DTYPES = { float32: "F32", float16: "F16", bfloat16: "BF16", float64: "F64" } as const;

/** What stands between the heads of the last stack and the logits of `targets`. */
export async function readReadout(
  description: ModelDescription,
  book: WeightBook,
  source: Source,
  targets: readonly number[],
  signal?: AbortSignal,
): Promise<Readout> {
  const { head } = description;
  const stack = description.stacks.at(-1)!;
  if (!head) throw new InputError("This model has no logits, so nothing can be attributed to them.");
  const outside = targets.find((id) => !Number.isInteger(id) || id < 0 || id >= head.width);
  if (outside !== undefined) throw new InputError(`Target ${outside} is outside 0 to ${head.width - 1}.`);
  const reader = new Reader(book, source, signal);
  const layers: ReadLayer[] = [];
  for (const layer of stack.layers) layers.push(await layerOf(reader, stack, layer));
  return {
    stream: stack.stream,
    hidden: stack.hidden,
    layers,
    finalNorm: await reader.norm(stack.finalNorm),
    steps: await stepsOf(reader, head.steps, targets),
    targets,
    softcap: head.steps.find((step) => "softcap" in step)?.softcap ?? null,
  };
}

async function layerOf(reader: Reader, stack: Stack, layer: Layer): Promise<ReadLayer> {
  const { attention, cross, mlp, parallel } = layer;
  const branches = [await attentionBranch(reader, "attention", stack.block, attention)];
  if (cross) branches.push(await attentionBranch(reader, "cross", "cross", cross));
  const one = mlp.body.kind === "plain" || mlp.body.kind === "gated" ? mlp.body.down : null;
  const down = mlp.after ? one : null;
  branches.push({
    ...(await normsOf(reader, mlp)),
    part: "mlp",
    block: null,
    out: down && (await reader.matrix(down)),
  });
  return { parallel: parallel !== undefined, branches };
}

async function attentionBranch(
  reader: Reader,
  part: "attention" | "cross",
  block: BlockName,
  branch: Branch<Attention>,
): Promise<ReadBranch> {
  return { ...(await normsOf(reader, branch)), part, block, out: await reader.matrix(branch.body.out) };
}

async function normsOf(reader: Reader, { pre, post, after, residual }: Branch<Attention | Mlp>) {
  return {
    pre: residual === "normed" ? await reader.norm(pre) : null,
    post: await reader.norm(post),
    after: await reader.norm(after),
    normedBase: residual === "normed",
  };
}

async function stepsOf(
  reader: Reader,
  steps: readonly HeadStep[],
  targets: readonly number[],
): Promise<ReadStep[]> {
  const last = steps.findLastIndex((step) => "linear" in step);
  const read: ReadStep[] = [];
  for (const [i, step] of steps.entries()) {
    if ("softcap" in step) continue;
    if ("activation" in step)
      throw new InputError(
        `Between the stream and the logits of this model stands ${step.activation}: they are no sum of what heads write, and nothing can be attributed.`,
      );
    if ("linear" in step)
      read.push({
        matrix: await (i === last ? reader.columns(step.linear, targets) : reader.matrix(step.linear)),
      });
    else if ("norm" in step) read.push({ norm: (await reader.norm(step.norm))! });
    else if ("scale" in step) read.push({ scale: step.scale });
    else if ("add" in step) {
      const all = await reader.floats(step.add, step.shape);
      read.push({ add: Float32Array.from(targets, (id) => all[id]!) });
    }
  }
  return read;
}

/** Reads parts of a checkpoint as float32. */
export class Reader {
  readonly #book: WeightBook;
  readonly #source: Source;
  readonly #signal: AbortSignal | undefined;

  constructor(book: WeightBook, source: Source, signal: AbortSignal | undefined) {
    this.#book = book;
    this.#source = source;
    this.#signal = signal;
  }

  async floats(name: string, shape: readonly number[], rows?: Linear["rows"]): Promise<Float32Array> {
    this.#signal?.throwIfAborted();
    const { file, start, end, element } = this.#book.place(name, shape, rows);
    this.#book.check();
    const bytes = await this.#source.read(file, start, end, this.#signal);
    const dtype = DTYPES[element as Exclude<Element, "int32" | "int64" | "bool">];
    return toFloat(decodeTensor({ dtype, shape }, bytes)).data;
  }

  async norm(norm: Norm | null | undefined): Promise<ReadNorm | null> {
    if (!norm) return null;
    const { kind, eps, size, plusOne } = norm;
    const stored = typeof norm.weight === "string" ? await this.floats(norm.weight, [size]) : null;
    const bias = norm.bias === undefined ? null : await this.floats(norm.bias, [size]);
    return { kind, eps, weight: plusOne && stored ? stored.map((w) => w + 1) : stored, bias };
  }

  async matrix({ weight, bias, in: width, out, layout, rows, times = 1 }: Linear): Promise<ReadMatrix> {
    const inOut = layout === "in-out";
    const stored = await this.floats(weight, inOut ? [width, out] : [out, width], rows);
    const columns = inOut ? stored : transposed(stored, out, width);
    const factors = typeof times === "number" ? null : await this.floats(times, [out]);
    const scaled = (values: Float32Array) =>
      values.map((value, at) => value * (factors ? factors[at % out]! : (times as number)));
    return {
      in: width,
      out,
      weight: times === 1 ? columns : scaled(columns),
      bias: bias === undefined ? null : scaled(await this.floats(bias, [out], rows)),
    };
  }

  /** The columns `ids` of a matrix alone: rows of an output matrix, which is stored word by word. */
  async columns(linear: Linear, ids: readonly number[]): Promise<ReadMatrix> {
    const { weight, bias, in: width, out, layout, rows } = linear;
    if (layout === "in-out" || linear.times !== undefined) return picked(await this.matrix(linear), ids);
    const first = rows?.from ?? 0;
    const of = rows?.of ?? out;
    const words: Float32Array[] = [];
    for (const id of ids) words.push(await this.floats(weight, [1, width], { from: first + id, of }));
    const all = bias === undefined ? null : await this.floats(bias, [out], rows);
    const columns = new Float32Array(sizeOf([width, ids.length]));
    for (const [i, word] of words.entries())
      for (const [at, value] of word.entries()) columns[at * ids.length + i] = value;
    return {
      in: width,
      out: ids.length,
      weight: columns,
      bias: all && Float32Array.from(ids, (id) => all[id]!),
    };
  }
}

function transposed(data: Float32Array, rows: number, columns: number): Float32Array {
  const out = new Float32Array(data.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) out[column * rows + row] = data[row * columns + column]!;
  return out;
}

function picked({ in: width, out, weight, bias }: ReadMatrix, ids: readonly number[]): ReadMatrix {
  const columns = Float32Array.from({ length: width * ids.length }, (_, at) => {
    const [row, i] = [Math.floor(at / ids.length), at % ids.length];
    return weight[row * out + ids[i]!]!;
  });
  return {
    in: width,
    out: ids.length,
    weight: columns,
    bias: bias && Float32Array.from(ids, (id) => bias[id]!),
  };
}
