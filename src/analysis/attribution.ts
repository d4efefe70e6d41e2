// Direct logit attribution (Elhage et al. 2021, "A Mathematical Framework for Transformer Circuits"; Nostalgebraist
// 2020): the logit of a word, or the difference of two, as a sum of what each head, mlp and the embedding wrote into the
// stream. Norms are held at the scale they had in the run, so that every step is linear and the parts add up to the
// logit before any final soft cap. What is left (rounding, edits of the stream) is shown as the residue.

import type {
  BlockName,
  ReadBranch,
  ReadLayer,
  ReadNorm,
  Readout,
  StreamPart,
  Trace,
} from "../trace/index.ts";
import type { Table } from "./table.ts";

/** Parts of one logit, or of the difference of two. All numbers are in logits. */
export interface Attribution {
  /** The recorded logit, with any final soft cap undone. */
  readonly logit: number;
  readonly embedding: number;
  /** [layers, heads] of the stack's own attention, and of its cross-attention where there is one. */
  readonly heads: Table;
  readonly cross?: Table;
  /** [layers, 1] */
  readonly mlps: Table;
  /** Everything that no head, mlp or word wrote: biases of projections and norms. */
  readonly biases: number;
  readonly sum: number;
  /** logit - sum */
  readonly residue: number;
}

/** Captures that attribution reads; `logits` where the position is not the last. */
export const ATTRIBUTION_CAPTURES = [
  "q",
  "k",
  "v",
  "z",
  "resid_pre",
  "resid_mid",
  "resid_post",
  "mlp_post",
  "logits",
] as const;

/** Where and what to attribute: column `target` of the readout, minus column `against`. */
export interface AttributionTarget {
  readonly position: number;
  readonly target: number;
  readonly against?: number;
}

type Vector = Float64Array;

/** Attribution of a logit at one position, from a trace with ATTRIBUTION_CAPTURES. */
export function attribute(trace: Trace, readout: Readout, at: AttributionTarget): Attribution {
  const walk = walkBack(trace, readout, at);
  const layers = readout.layers.length;
  const tableOf = (block: BlockName): Table => {
    const heads = Math.max(...readout.layers.map((_, layer) => trace.heads(block, layer)));
    const values = new Float32Array(layers * heads).fill(Number.NaN);
    for (const { layer, branch, out } of walk.steps) {
      if (branch.block !== block) continue;
      const parts = headParts(trace, block, layer, at.position, out);
      values.set(parts, layer * heads);
    }
    return {
      ...{ meaning: "What a head adds to the logit.", rowsAre: "layer", columnsAre: "head" },
      ...{ rows: names(layers), columns: names(heads), values },
    };
  };
  const heads = tableOf(trace.block(readout.layers[0]!.branches[0]!.block!).name);
  const crossing = readout.layers.some(({ branches }) => branches.some(({ part }) => part === "cross"));
  const cross = crossing ? tableOf("cross") : undefined;
  const mlps: Table = {
    ...{ meaning: "What an mlp adds to the logit.", rowsAre: "layer", columnsAre: "mlp" },
    ...{ rows: names(layers), columns: ["mlp"], values: Float32Array.from(walk.mlps) },
  };
  const sum = walk.embedding + total(heads) + total(cross) + total(mlps) + walk.biases;
  const logit = recordedLogit(trace, readout, at);
  return {
    ...{ logit, embedding: walk.embedding, heads, mlps, biases: walk.biases, sum, residue: logit - sum },
    ...(cross && { cross }),
  };
}

/** What a head adds to the logit by reading each source word, [keys]: weight times value through the output matrix. */
export function attributeSources(
  trace: Trace,
  readout: Readout,
  at: AttributionTarget,
  head: { readonly block: BlockName; readonly layer: number; readonly head: number },
): Float32Array {
  const step = walkBack(trace, readout, at).steps.find(
    (s) => s.layer === head.layer && s.branch.block === head.block,
  )!;
  const values = trace.values(head.block, head.layer, head.head);
  if (!values) throw new RangeError(`The values of head ${head.layer}.${head.head} are not recorded.`);
  const size = values.shape[1]!;
  const direction = step.out.subarray(head.head * size, (head.head + 1) * size);
  const weights = trace.attention(head.block, head.layer, head.head, at.position, at.position + 1);
  return weights.map(
    (weight, key) => weight * dot(values.data.subarray(key * size, (key + 1) * size), direction),
  );
}

/** Sum of the numbers that are there. */
function total(table: Table | undefined): number {
  let sum = 0;
  for (const value of table?.values ?? []) if (!Number.isNaN(value)) sum += value;
  return sum;
}

/** What the run says at the position, with the final soft cap undone. */
function recordedLogit(trace: Trace, { targets, softcap, stream }: Readout, at: AttributionTarget): number {
  const { length } = trace.stream(stream).tokens;
  const all = trace.tensor("logits");
  const last = at.position === length - 1 ? trace.tensor("last_logits") : undefined;
  const row = last?.data ?? all?.data.subarray((at.position * all.data.length) / length);
  if (!row) throw new RangeError("The logits are not recorded; attribution needs them.");
  const of = (column: number) => {
    const logit = row[targets[column]!]!;
    return softcap === null ? logit : softcap * Math.atanh(logit / softcap);
  };
  return of(at.target) - (at.against === undefined ? 0 : of(at.against));
}

function names(count: number): string[] {
  return Array.from({ length: count }, (_, i) => String(i));
}

function headParts(trace: Trace, block: BlockName, layer: number, position: number, out: Vector): number[] {
  const { heads } = trace.sizes(block, layer);
  return Array.from({ length: heads }, (_, head) => {
    const z = headOutput(trace, block, layer, head, position);
    return dot(z, out.subarray(head * z.length, (head + 1) * z.length));
  });
}

function headOutput(
  trace: Trace,
  block: BlockName,
  layer: number,
  head: number,
  position: number,
): Float32Array {
  const z = trace.entry(`${block}.${layer}.z`, head);
  if (!z) throw new RangeError(`z of ${block} layer ${layer} is not recorded; attribution needs it.`);
  const size = z.shape[1]!;
  return z.data.subarray(position * size, (position + 1) * size);
}

/** One branch of one layer on the way back: the direction that its outputs are read along, before its output matrix. */
interface Step {
  readonly layer: number;
  readonly branch: ReadBranch;
  /** For attention: [heads · size], what a unit of each head's z adds to the logit. */
  readonly out: Vector;
}

interface Walk {
  readonly steps: readonly Step[];
  readonly mlps: readonly number[];
  readonly embedding: number;
  readonly biases: number;
}

/** From the logit back to the embedding along the direction that reads it, with norms held at the run's scale. */
function walkBack(trace: Trace, readout: Readout, { position, target, against }: AttributionTarget): Walk {
  const { layers, stream, finalNorm, steps } = readout;
  const row = (layer: number, part: StreamPart): Float32Array => {
    const tensor = trace.activation(stream, layer, part);
    if (!tensor) throw new RangeError(`${stream}.${layer}.${part} is not recorded; attribution needs it.`);
    const width = tensor.shape[1]!;
    return tensor.data.subarray(position * width, (position + 1) * width);
  };
  const last = row(layers.length - 1, "resid_post");
  const top = headDirection(readout, steps, normed(finalNorm, last), target, against);
  const back = new Backward(top.direction, top.constant);
  back.through(finalNorm, last);
  const found: Step[] = [];
  const mlps = new Array<number>(layers.length).fill(0);
  for (let layer = layers.length - 1; layer >= 0; layer--) {
    const passes = forwardLayer(trace, layers[layer]!, layer, position, row);
    mlps[layer] = passes.reduceRight((mlp, pass) => mlp + back.branch(pass, layer, found), 0);
  }
  return { steps: found, mlps, embedding: dot(row(0, "resid_pre"), back.direction), biases: back.biases };
}

/** What one branch had in front of it and what it wrote. */
interface Pass {
  readonly branch: ReadBranch;
  readonly input: Float32Array | Vector;
  /** Behind its output matrix, before its own norm; null where only the sum is known. */
  readonly raw: Vector | null;
  /** What joined the stream, [hidden]. */
  readonly joined: Vector;
  /** Stream plus what joined it, before the norm behind. */
  readonly sum: Vector;
  readonly parallel: boolean;
}

function forwardLayer(
  trace: Trace,
  { branches, parallel }: ReadLayer,
  layer: number,
  position: number,
  row: (layer: number, part: StreamPart) => Float32Array,
): Pass[] {
  const before = row(layer, "resid_pre");
  const end = row(layer, "resid_post");
  let x: Float32Array | Vector = before;
  let others: Vector = Float64Array.from(before);
  return branches.map((branch) => {
    const input = parallel ? before : branch.part === "mlp" ? row(layer, "resid_mid") : x;
    const base = branch.normedBase ? normed(branch.pre, input) : input;
    const raw = rawOutput(trace, branch, layer, position, row);
    const joined = raw ? normed(branch.post, raw) : subtract(end, parallel ? others : base);
    const sum = add(base, joined);
    others = add(others, joined);
    x = normed(branch.after, sum);
    return { branch, input, raw, joined, sum, parallel };
  });
}

/** What the output matrix gives for one position, or null for an mlp whose matrix was not read. */
function rawOutput(
  trace: Trace,
  { block, out }: ReadBranch,
  layer: number,
  position: number,
  row: (layer: number, part: StreamPart) => Float32Array,
): Vector | null {
  if (!out) return null;
  if (block === null) return times(row(layer, "mlp_post"), out.weight, out.out, out.bias);
  const { heads } = trace.sizes(block, layer);
  const z = Array.from({ length: heads }, (_, head) => [
    ...headOutput(trace, block, layer, head, position),
  ]).flat();
  return times(z, out.weight, out.out, out.bias);
}

/** A direction that is carried from the logit towards the embedding, and the biases met on the way. */
class Backward {
  direction: Vector;
  biases: number;

  constructor(direction: Vector, constant: number) {
    this.direction = direction;
    this.biases = constant;
  }

  /** Past a norm that stood at `input`. */
  through(norm: ReadNorm | null, input: Float32Array | Vector): void {
    if (!norm) return;
    if (norm.bias) this.biases += dot(norm.bias, this.direction);
    this.direction = normBack(norm, input, this.direction);
  }

  /** Past a branch; returns what an mlp adds, 0 for attention, whose heads are told apart later. */
  branch({ branch, input, raw, joined, sum, parallel }: Pass, layer: number, found: Step[]): number {
    if (!parallel) this.through(branch.after, sum);
    const mlp =
      branch.block === null ? this.#mlp(branch, raw, joined) : this.#heads(branch, raw!, layer, found);
    if (branch.normedBase) this.through(branch.pre, input);
    return mlp;
  }

  #mlp({ post }: ReadBranch, raw: Vector | null, joined: Vector): number {
    if (raw && post?.bias) this.biases += dot(post.bias, this.direction);
    return raw
      ? dot(raw, post ? normBack(post, raw, this.direction) : this.direction)
      : dot(joined, this.direction);
  }

  #heads(branch: ReadBranch, raw: Vector, layer: number, found: Step[]): number {
    const { post, out } = branch;
    if (post?.bias) this.biases += dot(post.bias, this.direction);
    const direction = post ? normBack(post, raw, this.direction) : this.direction;
    if (out!.bias) this.biases += dot(out!.bias, direction);
    found.push({ layer, branch, out: against(out!.weight, out!.in, direction) });
    return 0;
  }
}

/** The direction in front of the head's steps that reads the target, and what biases add. */
function headDirection(
  { hidden }: Readout,
  steps: Readout["steps"],
  stream: Vector,
  target: number,
  minus: number | undefined,
): { direction: Vector; constant: number } {
  const inputs: Vector[] = [];
  let x = stream;
  for (const step of steps) {
    inputs.push(x);
    if ("matrix" in step) x = times(x, step.matrix.weight, step.matrix.out, step.matrix.bias);
    else if ("norm" in step) x = normed(step.norm, x);
    else if ("scale" in step) x = x.map((value) => value * step.scale);
  }
  const back = new Backward(new Float64Array(steps.length ? x.length : hidden), 0);
  back.direction[target] = 1;
  if (minus !== undefined) back.direction[minus]! -= 1;
  for (const [i, step] of [...steps.entries()].reverse()) {
    if ("norm" in step) back.through(step.norm, inputs[i]!);
    else if ("add" in step) back.biases += dot(step.add, back.direction);
    else if ("scale" in step) back.direction = back.direction.map((value) => value * step.scale);
    else {
      if (step.matrix.bias) back.biases += dot(step.matrix.bias, back.direction);
      back.direction = against(step.matrix.weight, step.matrix.in, back.direction);
    }
  }
  return { direction: back.direction, constant: back.biases };
}

function statistics({ kind, eps }: ReadNorm, x: ArrayLike<number>): { mean: number; scale: number } {
  let mean = 0;
  if (kind === "layer") {
    for (let i = 0; i < x.length; i++) mean += x[i]!;
    mean /= x.length;
  }
  let square = 0;
  for (let i = 0; i < x.length; i++) square += (x[i]! - mean) ** 2;
  return { mean, scale: 1 / Math.sqrt(square / x.length + eps) };
}

/** A norm's output; without one the input. */
function normed(norm: ReadNorm | null, x: Float32Array | Vector): Vector {
  if (!norm) return Float64Array.from(x);
  const { mean, scale } = statistics(norm, x);
  return Float64Array.from(
    x,
    (value, i) => (value - mean) * scale * (norm.weight?.[i] ?? 1) + (norm.bias?.[i] ?? 0),
  );
}

/** A direction behind a norm as one in front of it, with the scale that the norm had at `x`. */
function normBack(norm: ReadNorm, x: ArrayLike<number>, direction: Vector): Vector {
  const { scale } = statistics(norm, x);
  const scaled = direction.map((value, i) => value * scale * (norm.weight?.[i] ?? 1));
  if (norm.kind === "rms") return scaled;
  const mean = scaled.reduce((sum, value) => sum + value, 0) / scaled.length;
  return scaled.map((value) => value - mean);
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function add(a: ArrayLike<number>, b: ArrayLike<number>): Vector {
  return Float64Array.from({ length: a.length }, (_, i) => a[i]! + b[i]!);
}

function subtract(a: ArrayLike<number>, b: ArrayLike<number>): Vector {
  return Float64Array.from({ length: a.length }, (_, i) => a[i]! - b[i]!);
}

/** x [in] · weight [in, out] + bias */
function times(x: ArrayLike<number>, weight: Float32Array, out: number, bias: Float32Array | null): Vector {
  const y = Float64Array.from({ length: out }, (_, j) => bias?.[j] ?? 0);
  for (let i = 0; i < x.length; i++) {
    const value = x[i]!;
    for (let j = 0; j < out; j++) y[j]! += value * weight[i * out + j]!;
  }
  return y;
}

/** weight [in, out] · direction [out] */
function against(weight: Float32Array, rows: number, direction: Vector): Vector {
  const out = direction.length;
  return Float64Array.from({ length: rows }, (_, i) =>
    dot(weight.subarray(i * out, (i + 1) * out), direction),
  );
}
