// What the numbers of a trace must be: rows of attention that are probabilities, everything else finite, and all that a
// recipe asks for. Files come from strangers: each number is looked at once, in parts, and whatever is wrong is placed.

import { allHalvesFinite, type Tensor, toFloat } from "../tensor/index.ts";
import type { Trace } from "./trace.ts";
import { type Bias, type Block, type BlockName, TraceError } from "./types.ts";

/** How far the sum of a row may be above 1: files keep few decimals. */
const SLACK = 0.02;
/** What the note of a recording with dropout says (python/headscope/arrays.py), and the most that a weight may then be. */
const NOTED = /Rows sum to up to/;
const MOST_NOTED = 4;
/** Numbers that are widened at a time. */
const PART = 1 << 16;
/** Where masks are written as -Infinity. */
const MASKED = /\.(scores|bias)$|^(last_)?logits$/;

/** Throws a TraceError at the first number or tensor that makes the attention of a trace wrong. */
export function checkValues(trace: Trace): void {
  for (const name of trace.names) {
    const tensor = trace.raw(name)!;
    const [, block, layer] = /^(\w+)\.(\d+)\.pattern$/.exec(name) ?? [];
    if (block) checkPattern(trace, name, tensor, trace.edited(block as BlockName, Number(layer), "pattern"));
    else if (isFloat(tensor)) checkFinite(trace, name, tensor);
  }
  for (const block of trace.manifest.blocks)
    for (let layer = 0; layer < block.layers; layer++) checkRecipe(trace, block, layer);
}

function isFloat({ dtype }: Tensor): boolean {
  return dtype === "F32" || dtype === "F16" || dtype === "BF16" || dtype === "F64";
}

/** Weights of 0 to 1 whose rows sum to at most 1; an edit of the pattern may have made them anything finite. */
function checkPattern(trace: Trace, name: string, tensor: Tensor, edited: boolean): void {
  const coded = trace.manifest.stored[name] === "sqrt";
  if (!coded) checkFinite(trace, name, tensor);
  if (edited) return;
  if (coded) checkCodes(trace, name, tensor);
  else checkWeights(trace, name, tensor);
}

function checkWeights(trace: Trace, name: string, tensor: Tensor): void {
  const keys = tensor.shape.at(-1)!;
  const noted = NOTED.test(trace.manifest.note ?? "");
  const most = noted ? MOST_NOTED : 1 + SLACK;
  eachPart(tensor, keys, (part, from) => {
    for (let row = 0; row < part.length; row += keys) {
      let sum = 0;
      for (let i = row; i < row + keys; i++) {
        const weight = part[i]!;
        if (weight < -1e-6 || weight > most)
          throw failure(trace, name, from + i, `is ${weight}; a weight is 0 to 1`);
        sum += weight;
      }
      if (sum > 1 + SLACK && !noted) throw tooMuch(trace, name, from + row, sum);
    }
  });
}

/** Codes cannot be negative, and each may be half a code too large. */
function checkCodes(trace: Trace, name: string, { data, shape }: Tensor): void {
  const codes = data as Uint8Array | Uint16Array;
  const keys = shape.at(-1)!;
  const top = codes instanceof Uint8Array ? 255 : 65535;
  const most = (1 + SLACK) * (1 + Math.sqrt(keys) / (2 * top)) ** 2 * top ** 2;
  for (let row = 0; row < codes.length; row += keys) {
    let sum = 0;
    for (let i = row; i < row + keys; i++) sum += codes[i]! * codes[i]!;
    if (sum > most) throw tooMuch(trace, name, row, sum / top ** 2);
  }
}

function checkFinite(trace: Trace, name: string, tensor: Tensor): void {
  if (tensor.dtype === "F16" && allHalvesFinite(tensor.data as Uint16Array)) return;
  const least = MASKED.test(name) ? Number.NEGATIVE_INFINITY : -Number.MAX_VALUE;
  eachPart(tensor, 1, (part, from) => {
    for (let i = 0; i < part.length; i++) {
      const value = part[i]!;
      if (!(value >= least && value <= Number.MAX_VALUE))
        throw failure(trace, name, from + i, `is ${value}; expected a finite number`);
    }
  });
}

/** Float32 numbers of a tensor in parts of whole rows, with where each part begins. */
function eachPart(tensor: Tensor, row: number, visit: (part: Float32Array, from: number) => void): void {
  const size = Math.max(1, Math.floor(PART / row)) * row;
  for (let from = 0; from < tensor.data.length; from += size) {
    const data = tensor.data.subarray(from, from + size);
    visit(toFloat({ ...tensor, shape: [data.length], data }).data, from);
  }
}

function tooMuch(trace: Trace, name: string, at: number, sum: number): TraceError {
  const why = "sums to at most 1, so this is no attention. Scores belong into scores, sums of heads nowhere";
  return failure(trace, name, at, `begins a row that sums to ${sum.toPrecision(3)}; attention ${why}`);
}

/** An error at number `at` of a tensor, placed by head, row and column. */
function failure(trace: Trace, name: string, at: number, what: string): TraceError {
  const { shape } = trace.raw(name)!;
  const columns = shape.at(-1) ?? 1;
  const rows = shape.at(-2) ?? 1;
  const index = Math.floor(at / (columns * rows));
  const head = shape.length > 2 ? (trace.manifest.heads?.[name]?.[index] ?? index) : undefined;
  const row = shape.length > 1 ? Math.floor(at / columns) % rows : undefined;
  const column = at % columns;
  const place = [
    ...(head === undefined ? [] : [`head ${head}`]),
    ...(row === undefined ? [] : [`row ${row}`]),
    `column ${column}`,
  ];
  const data = { tensor: name, head, row, column };
  return new TraceError(`${name}: the number at ${place.join(", ")} ${what}.`, { code: "values", data });
}

/** Where attention is computed from q and k, sinks, bias and table of the recipe must be stored. */
function checkRecipe(trace: Trace, { name }: Block, layer: number): void {
  if (!trace.has(`${name}.${layer}.q`) || !trace.has(`${name}.${layer}.k`)) return;
  const { sinks, bias } = trace.recipe(name, layer);
  const asked = [...(sinks ? [`${name}.${layer}.sinks`] : []), ...biasTensor(bias, name, layer)];
  const missing = asked.find((tensor) => !trace.has(tensor));
  if (missing) {
    throw new TraceError(
      `The recipe of ${name} layer ${layer} asks for ${missing}, which is not in the file. Without it q and k do not tell the attention: store it, or the pattern in place of q and k.`,
      { code: "missing", data: { tensor: missing } },
    );
  }
  if (bias && typeof bias === "object" && "t5" in bias) checkTable(trace, name, layer, bias.t5.buckets);
}

function biasTensor(bias: Bias, block: BlockName, layer: number): string[] {
  if (bias === null || (typeof bias === "object" && "alibi" in bias)) return [];
  return typeof bias === "object" && "t5" in bias ? [`${block}.bias_table`] : [`${block}.${layer}.bias`];
}

function checkTable(trace: Trace, block: BlockName, layer: number, buckets: number): void {
  const rows = trace.raw(`${block}.bias_table`)!.shape[0];
  if (rows === buckets) return;
  throw new TraceError(
    `The recipe of ${block} layer ${layer} has ${buckets} t5 buckets, but ${block}.bias_table has ${rows} rows.`,
  );
}
