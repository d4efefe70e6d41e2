// Edits of a golden folder: its notation turned into ours, and how a run with them is compared with Transformers
// with hooks, in Node and in the browser.

import type { Model, RunInput } from "../../src/engine/index.ts";
import { type BlockName, type Capture, type Edit, readEdit, type StreamName } from "../../src/trace/index.ts";
import { difference, type Golden, layersOf, runInput } from "./compare.ts";

/** One operation as expected.json writes it. */
export interface GoldenOperation {
  readonly op: "scale" | "block" | "set" | "patch";
  readonly target: "head" | "cell" | "column" | "mlp" | "residual" | "q" | "v";
  readonly stack?: "enc" | "dec" | "cross";
  readonly layer: number;
  readonly head?: number | null;
  readonly kv_head?: number;
  readonly query?: number;
  readonly key?: number;
  readonly unit?: number;
  readonly dim?: number;
  readonly pos?: number | null;
  readonly value?: number;
}

/** Operations that apply together, and what comes of them. */
export interface GoldenEdit {
  readonly edits: readonly GoldenOperation[];
  readonly tensors: Readonly<Record<string, string>>;
  readonly donor?: {
    readonly ids?: readonly number[];
    readonly decoder_ids?: readonly number[];
    readonly type_ids?: readonly number[];
  };
}

const BLOCKS: Readonly<Record<string, BlockName>> = { enc: "encoder", dec: "decoder", cross: "cross" };
const STREAMS: Readonly<Record<string, StreamName>> = { enc: "encoder", dec: "decoder", cross: "decoder" };
const PLACES = {
  head: "z",
  column: "scores",
  mlp: "mlp_post",
  residual: "resid_post",
  q: "q",
  v: "v",
} as const;

/** An operation in our notation. */
export function ourEdit({ op, target, stack, layer, value, ...of }: GoldenOperation): Edit {
  const at = target === "cell" ? (op === "block" ? "scores" : "pattern") : PLACES[target];
  const onStream = target === "mlp" || target === "residual";
  const fields = {
    ...{ op, at, layer, head: of.head ?? of.kv_head, query: of.query, key: of.key },
    ...{ unit: of.unit ?? of.dim, position: of.pos ?? undefined, value },
    ...(op === "patch" && { from: "other" }),
    ...(stack && (onStream ? { stream: STREAMS[stack] } : { block: BLOCKS[stack] })),
  };
  return readEdit(Object.fromEntries(Object.entries(fields).filter(([, field]) => field !== undefined)));
}

/** The input of the run that a patch reads. */
function donorInput(golden: Golden, { donor, tensors }: GoldenEdit): RunInput | undefined {
  const pixels = tensors.donor_pixel_values;
  if (pixels) return { pixels: golden.tensor(pixels) };
  if (!donor) return undefined;
  const { input_features: features } = golden.inputs[0]!.tensors;
  return {
    ...(features ? { features: golden.tensor(features.name) } : { ids: donor.ids! }),
    ...(donor.type_ids && { typeIds: donor.type_ids }),
    ...(donor.decoder_ids && { targetIds: donor.decoder_ids }),
  };
}

const ATTENTION: Readonly<Record<string, BlockName>> = {
  attn: "self",
  enc_attn: "encoder",
  dec_attn: "decoder",
  cross_attn: "cross",
};

/** Deviation of logits (over the largest logit, at least 1) and of attention (absolute) of one edit. */
async function compareEdit(
  model: Model,
  golden: Golden,
  edit: GoldenEdit,
  captures: readonly Capture[],
): Promise<Record<string, number>> {
  const edits = edit.edits.map(ourEdit);
  const other = donorInput(golden, edit);
  const { trace } = await model.run(runInput(golden, golden.inputs[0]!), { captures, edits, other });
  const errors: Record<string, number> = {};
  const touched = trace.manifest.receipts.map((receipt) => receipt.touched);
  if (touched.length !== edits.length || touched.some((count) => count < 1)) errors.receipts = Number.NaN;
  errors.logits = difference(trace.tensor("logits")!.data, golden.tensor(edit.tensors.logits!), true);
  for (const [name, block] of Object.entries(ATTENTION)) {
    if (!edit.tensors[name]) continue;
    const expected = golden.tensor(edit.tensors[name]);
    const [layers, heads] = expected.shape as [number, number];
    const found = layersOf(layers, (l) => layersOf(heads, (h) => trace.attention(block, l, h)));
    errors[name] = difference(found, expected, false);
  }
  return errors;
}

/** Bounds on logits (relative) and attention (absolute). */
const LOGITS = 1e-3;
const WEIGHTS = 1e-4;

const RECOMPUTED: readonly Capture[] = ["q", "k", "logits"];
const STORED: readonly Capture[] = ["pattern", "logits"];

/** Deviations of logits and attention, with attention stored and recomputed. */
export async function deviations(
  model: Model,
  golden: Golden,
  edit: GoldenEdit,
): Promise<Record<string, number>> {
  const all: Record<string, number> = {};
  for (const captures of [RECOMPUTED, STORED]) {
    const errors = await compareEdit(model, golden, edit, captures);
    for (const [name, error] of Object.entries(errors)) all[`${name} (${captures})`] = error;
  }
  return all;
}

/** Those beyond the bounds; none where all is well. */
export function beyond(errors: Readonly<Record<string, number>>): Record<string, number> {
  const bound = (name: string) => (name.startsWith("logits") ? LOGITS : WEIGHTS);
  return Object.fromEntries(Object.entries(errors).filter(([name, error]) => !(error < bound(name))));
}

/** Deviations beyond the bounds; none where all is well. */
export async function tooFar(
  model: Model,
  golden: Golden,
  edit: GoldenEdit,
): Promise<Record<string, number>> {
  return beyond(await deviations(model, golden, edit));
}
