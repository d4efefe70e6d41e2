// Direct logit attribution (Elhage et al. 2021, "A Mathematical Framework for Transformer Circuits"; Nostalgebraist
// 2020): the logit of a word, or the difference of two, as a sum of what each head, mlp and the embedding wrote into the
// stream. Norms are held at the scale they had in the run, so that every step is linear and the parts add up to the
// logit before any final soft cap. What is left (rounding, edits of the stream) is shown as the residue.

import type { BlockName, Readout, Trace } from "../trace/index.ts";
import { type AttributionTarget, headOutput, walkBack } from "./attribution-walk.ts";
import type { Table } from "./table.ts";
import { dot, type Vector } from "./vectors.ts";

export type { AttributionTarget } from "./attribution-walk.ts";

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
