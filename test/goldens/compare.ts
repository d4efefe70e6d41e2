// What a golden folder holds (a tiny model with what Transformers computes with it; see
// test/fixtures/goldens/README.md) and how a run of ours is compared with it, in Node and in the browser.

import type { Model, RunInput } from "../../src/engine/index.ts";
import { decodeTensor, type FloatTensor, parseSafetensors, sizeOf, toFloat } from "../../src/tensor/index.ts";
import { type BlockName, CAPTURES, type StreamName, type Trace } from "../../src/trace/index.ts";

import type { GoldenEdit } from "./edits.ts";

/** One input of expected.json and where its tensors are. */
export interface GoldenInput {
  readonly text?: string;
  readonly pair?: string;
  readonly ids?: readonly number[];
  readonly type_ids?: readonly number[];
  /** First and last code point of each token, [0, 0] for added ones. */
  readonly offsets?: readonly (readonly [number, number])[];
  readonly decoder_text?: string;
  readonly decoder_ids?: readonly number[];
  readonly decoder_offsets?: readonly (readonly [number, number])[];
  readonly tensors: Readonly<Record<string, { readonly name: string }>>;
  readonly generated?: readonly number[];
}

/** A golden folder. */
export interface Golden {
  readonly inputs: readonly GoldenInput[];
  /** Edits of input 0; see edits.ts. */
  readonly edits?: readonly GoldenEdit[];
  readonly kind: string;
  readonly final_norm: readonly string[];
  tensor(name: string): FloatTensor;
}

/** A golden from the text of expected.json and the bytes of expected.safetensors. */
export function parseGolden(json: string, file: Uint8Array): Golden {
  const expected = JSON.parse(json) as Omit<Golden, "tensor">;
  const { tensors } = parseSafetensors(file);
  const tensor = (name: string) => {
    const entry = tensors.get(name);
    if (!entry) throw new Error(`expected.safetensors has no tensor ${name}`);
    return toFloat(decodeTensor(entry, file.subarray(entry.start, entry.end)));
  };
  return { ...expected, tensor };
}

/** What Model.run is given for a golden input, and which of its tensors come of it: CLIP's towers run one by one. */
function runsOf(golden: Golden, input: GoldenInput): { run: RunInput; holds: (short: string) => boolean }[] {
  if (golden.kind !== "dual") return [{ run: runInput(golden, input), holds: () => true }];
  const { pixel_values } = input.tensors;
  return [
    { run: { ids: input.ids! }, holds: (short) => short.startsWith("text_") },
    { run: { pixels: golden.tensor(pixel_values!.name) }, holds: (short) => short.startsWith("vision_") },
  ];
}

/** What to give Model.run for a golden input of one stack, or of encoder and decoder. */
export function runInput(golden: Golden, input: GoldenInput): RunInput {
  const { pixel_values: pixels, input_features: features } = input.tensors;
  if (pixels) return { pixels: golden.tensor(pixels.name) };
  return {
    ...(features ? { features: golden.tensor(features.name) } : { ids: input.ids! }),
    ...(input.type_ids && { typeIds: input.type_ids }),
    ...(input.decoder_ids && { targetIds: input.decoder_ids }),
  };
}

/** Golden stack names by trace block, with the trace stream of each. */
const STACKS: Readonly<Record<string, { block: BlockName; stream: StreamName }>> = {
  "": { block: "self", stream: "text" },
  enc_: { block: "encoder", stream: "encoder" },
  dec_: { block: "decoder", stream: "decoder" },
  cross_: { block: "cross", stream: "decoder" },
  text_: { block: "self", stream: "text" },
  vision_: { block: "self", stream: "text" },
};
const BLOCK_PARTS = {
  attn: "pattern",
  q: "q",
  k: "k",
  v: "v",
  scores: "scores",
  score_bias: "bias",
  head_out: "z",
} as const;

/**
 * What goldens hold and traces do not: inputs, and what derived.test.ts works out from a trace: routers, and vectors
 * pooled from a stream (but not SigLIP's, which has an attention of its own that headscope does not run).
 */
const NOT_RECORDED = new Set(
  `pixel_values input_features router pooled text_embeds image_embeds logits_per_text`.split(" "),
);

/** Largest deviation per quantity: absolute for attention, else relative to the tensor's largest value (at least 1). */
export type Errors = Map<string, number>;

/** Run one input with everything captured, and once with the pattern recomputed from q and k. */
export async function compare(model: Model, golden: Golden, input: GoldenInput): Promise<Errors> {
  const errors: Errors = new Map();
  const tensors = Object.entries(input.tensors).filter(([short]) => !NOT_RECORDED.has(short));
  for (const { run, holds } of runsOf(golden, input)) {
    const { trace } = await model.run(run, { captures: CAPTURES });
    const recomputed = await model.run(run, { captures: ["q", "k"] });
    for (const [short, { name }] of tensors.filter(([short]) => holds(short)))
      compareOne(errors, [trace, recomputed.trace], short, golden.tensor(name));
  }
  return errors;
}

function compareOne(
  errors: Errors,
  [trace, recomputed]: readonly [Trace, Trace],
  short: string,
  expected: FloatTensor,
): void {
  const found = foundTensor(trace, short, expected.shape);
  errors.set(short, difference(found, expected, !short.endsWith("attn")));
  const [prefix, part] = splitName(short);
  if (part !== "attn") return;
  const pattern = patternOf(recomputed, prefix, expected.shape);
  errors.set(`${short} from q, k`, difference(pattern, expected, false));
}

/** How one folder fared: deviations by quantity of each input, and what greedy generation wrote. */
export interface Measured {
  readonly errors: readonly Readonly<Record<string, number>>[];
  readonly generated: readonly { readonly expected: readonly number[]; readonly found: readonly number[] }[];
}

/** Run every input of a golden, and generate where it says what Transformers generates. */
export async function measure(model: Model, golden: Golden): Promise<Measured> {
  const errors: Record<string, number>[] = [];
  const generated: Measured["generated"][number][] = [];
  for (const input of golden.inputs) {
    errors.push(Object.fromEntries(await compare(model, golden, input)));
    if (!input.generated) continue;
    for (const write of [continuation, goingOn])
      generated.push({ expected: input.generated, found: await write(model, golden, input) });
  }
  return { errors, generated };
}

/** The same over the graphs of a run, going on from the run, and then from the first half of what was written. */
export async function goingOn(model: Model, golden: Golden, input: GoldenInput): Promise<number[]> {
  await model.prepare({ writing: true });
  await model.run(runInput(golden, input));
  await continuation(model, golden, input, Math.ceil(input.generated!.length / 2));
  return continuation(model, golden, input);
}

/** Ids that our greedy generation adds to an input. */
export async function continuation(
  model: Model,
  golden: Golden,
  input: GoldenInput,
  tokens = input.generated!.length,
): Promise<number[]> {
  const ids: number[] = [];
  const options = { tokens, ignoreEos: true };
  for await (const { token } of model.generate(runInput(golden, input), options)) ids.push(token.id!);
  return ids;
}

function splitName(short: string): [string, string] {
  const prefix = Object.keys(STACKS).find((p) => p && short.startsWith(p)) ?? "";
  return [prefix, short.slice(prefix.length)];
}

/** The trace's numbers for a golden tensor, layers one after another. */
function foundTensor(trace: Trace, short: string, shape: readonly number[]): Float32Array {
  const [prefix, part] = splitName(short);
  const { block, stream } = STACKS[prefix]!;
  const layers = shape[0]!;
  const get = (name: string): Float32Array => {
    const tensor = trace.tensor(name);
    if (!tensor) throw new Error(`the trace has no ${name}`);
    return tensor.data;
  };
  if (part === "logits") return get("logits");
  if (part === "final_norm") return get(`${stream}.final_norm`);
  if (part === "mlp_act") return layersOf(layers, (l) => get(`${stream}.${l}.mlp_post`));
  if (part === "hidden") {
    return layersOf(layers, (l) =>
      l === 0 ? get(`${stream}.0.resid_pre`) : get(`${stream}.${l - 1}.resid_post`),
    );
  }
  const name = BLOCK_PARTS[part as keyof typeof BLOCK_PARTS];
  if (!name) throw new Error(`unknown golden tensor ${short}`);
  return layersOf(layers, (l) => get(`${block}.${l}.${name}`));
}

function patternOf(trace: Trace, prefix: string, [layers, heads]: readonly number[]): Float32Array {
  const { block } = STACKS[prefix]!;
  return layersOf(layers!, (l) => layersOf(heads!, (h) => trace.attention(block, l, h)));
}

/** Arrays of several layers one after another. */
export function layersOf(count: number, part: (index: number) => Float32Array): Float32Array {
  const parts = Array.from({ length: count }, (_, i) => part(i));
  const out = new Float32Array(parts.reduce((sum, p) => sum + p.length, 0));
  let at = 0;
  for (const p of parts) {
    out.set(p, at);
    at += p.length;
  }
  return out;
}

/** Largest difference; `relative`: over the largest expected value, at least 1. */
export function difference(found: Float32Array, expected: FloatTensor, relative: boolean): number {
  if (found.length !== sizeOf(expected.shape)) {
    throw new Error(`${found.length} values for the shape [${expected.shape.join(", ")}]`);
  }
  let worst = 0;
  let top = 1;
  for (let i = 0; i < found.length; i++) {
    const e = expected.data[i]!;
    if (Object.is(found[i], e) || found[i] === e) continue;
    const gap = Math.abs(found[i]! - e);
    worst = Number.isNaN(gap) ? Number.POSITIVE_INFINITY : Math.max(worst, gap);
    if (relative && Number.isFinite(e)) top = Math.max(top, Math.abs(e));
  }
  return worst / top;
}
