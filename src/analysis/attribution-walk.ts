// Attribution's way back: from a logit towards the embedding along the direction that reads it, through norms held at
// the scale they had in the run, past every branch that wrote into the stream.

import type {
  BlockName,
  ReadBranch,
  ReadLayer,
  ReadNorm,
  Readout,
  StreamPart,
  Trace,
} from "../trace/index.ts";
import { add, against, dot, normBack, normed, subtract, times, type Vector } from "./vectors.ts";

/** Where and what to attribute: column `target` of the readout, minus column `against`. */
export interface AttributionTarget {
  readonly position: number;
  readonly target: number;
  readonly against?: number;
}

/** One branch of one layer on the way back: the direction that its outputs are read along, before its output matrix. */
export interface Step {
  readonly layer: number;
  readonly branch: ReadBranch;
  /** For attention: [heads · size], what a unit of each head's z adds to the logit. */
  readonly out: Vector;
}

export interface Walk {
  readonly steps: readonly Step[];
  readonly mlps: readonly number[];
  readonly embedding: number;
  readonly biases: number;
}

/** From the logit back to the embedding along the direction that reads it, with norms held at the run's scale. */
export function walkBack(
  trace: Trace,
  readout: Readout,
  { position, target, against }: AttributionTarget,
): Walk {
  const { layers, stream, finalNorm, steps, targets } = readout;
  within("Position", position, trace.stream(stream).tokens.length);
  within("Target", target, targets.length);
  if (against !== undefined) within("Target", against, targets.length);
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

function within(what: string, index: number, count: number): void {
  if (!Number.isInteger(index) || index < 0 || index >= count)
    throw new RangeError(`${what} ${index} is outside 0 to ${count - 1}.`);
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

/** A head's z at one position, [size]. */
export function headOutput(
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
