// A trace from arrays that others recorded: attention per layer and token texts, as BertViz takes them
// (Vig 2019; its `attention`, `tokens`, `sentence_b_start`, and encoder, decoder and cross arguments).

import { type FloatTensor, floatTensor, type Tensor } from "../tensor/index.ts";
import { type ForeignTensor, layersIn, type Numbers, tensorOf } from "./arrays.ts";
import { checkTensors } from "./shapes.ts";
import { type Spelled, tokenOf } from "./spelling.ts";
import { Trace } from "./trace.ts";
import {
  type Block,
  type BlockName,
  type ModelInfo,
  type Recipe,
  type Stream,
  type StreamName,
  TraceError,
} from "./types.ts";

/** One entry per layer, or one tensor whose first axis counts the layers. */
export type Layers = readonly Numbers[] | ForeignTensor;

/** What was recorded of one block: attention, or q and k, or both. */
export interface RecordedBlock {
  /** Per layer [heads, queries, keys]; a leading batch axis of 1 is dropped. */
  readonly attention?: Layers;
  /** Per layer [heads, queries, headSize] and [kvHeads, keys, headSize], after rotary, before scale. */
  readonly q?: Layers;
  readonly k?: Layers;
  readonly v?: Layers;
  /** Added to the scores of q and k, per layer [heads, queries, keys]; needs one wherever there is a layer of q. */
  readonly bias?: Layers;
  /**
   * Which keys each query may see beyond `recipe`: 1 or true where it may. [keys] or [1, keys] for padding, as
   * tokenizers give it, or [queries, keys]; for all layers.
   */
  readonly mask?: readonly (number | boolean)[] | readonly (readonly (number | boolean)[])[];
  /** Parts of the recipe that are not the default: scale headSize^-0.5, causal where all weights above the diagonal are 0. */
  readonly recipe?: Partial<Recipe>;
}

export interface Recording extends RecordedBlock {
  /** Tokens of the one text; leave out for an encoder-decoder. */
  readonly tokens?: readonly Spelled[];
  /** Position of the first token of sentence B. */
  readonly sentenceBStart?: number | undefined;
  readonly encoderTokens?: readonly Spelled[];
  readonly decoderTokens?: readonly Spelled[];
  readonly encoder?: RecordedBlock;
  readonly decoder?: RecordedBlock;
  readonly cross?: RecordedBlock;
  readonly model?: Partial<ModelInfo>;
  readonly note?: string;
}

/** A side of a matrix and its length, for messages. */
type Side = readonly [name: string, length: number];

const SIDES: Readonly<Record<BlockName, readonly [StreamName, StreamName]>> = {
  self: ["text", "text"],
  encoder: ["encoder", "encoder"],
  decoder: ["decoder", "decoder"],
  cross: ["decoder", "encoder"],
};

/** A trace of recorded attention (or queries and keys) and the tokens it is between. */
export function traceFromAttention(recording: Recording): Trace {
  const streams = streamsOf(recording);
  const tensors = new Map<string, Tensor>();
  const blocks = blocksOf(recording).map(([name, block]) =>
    addBlock(name, block, streams, tensors, recording.model?.headSize ?? 0),
  );
  if (blocks.length === 0) throw new TraceError("The recording holds no attention and no queries and keys.");
  const { layers, heads, kvHeads, headSize } = blocks[0]!;
  const model = {
    name: "",
    family: "",
    layers,
    heads,
    kvHeads,
    headSize,
    hidden: 0,
    vocab: 0,
    ...recording.model,
  };
  const note = recording.note === undefined ? {} : { note: recording.note };
  const manifest = { model, streams, blocks, edits: [], receipts: [], generated: null, stored: {}, ...note };
  checkTensors(manifest, tensors);
  return new Trace(manifest, tensors);
}

function streamsOf(recording: Recording): Stream[] {
  const { tokens, encoderTokens, decoderTokens, sentenceBStart } = recording;
  const stream = (name: StreamName, words: readonly Spelled[] | undefined, second = Infinity): Stream[] => {
    if (!words) return [];
    if (words.length === 0) throw new TraceError(`The list of ${name} tokens is empty.`);
    return [{ name, tokens: words.map((word, i) => tokenOf(word, i < second ? 0 : 1)) }];
  };
  return [
    ...stream("text", tokens, sentenceBStart),
    ...stream("encoder", encoderTokens),
    ...stream("decoder", decoderTokens),
  ];
}

function blocksOf(recording: Recording): [BlockName, RecordedBlock][] {
  const all: [BlockName, RecordedBlock | undefined][] = [
    ["self", recording],
    ["encoder", recording.encoder],
    ["decoder", recording.decoder],
    ["cross", recording.cross],
  ];
  return all.filter((b): b is [BlockName, RecordedBlock] => Boolean(b[1]?.attention ?? b[1]?.q));
}

/** Puts a block's tensors into `tensors` and describes it. */
function addBlock(
  name: BlockName,
  recorded: RecordedBlock,
  streams: readonly Stream[],
  tensors: Map<string, Tensor>,
  knownSize: number,
): Block {
  const [queries, keys] = SIDES[name];
  const rows: Side = ["queries", lengthOf(streams, queries, name)];
  const columns: Side = ["keys", lengthOf(streams, keys, name)];
  const pattern = layersOf(recorded.attention, `${name} attention`, rows, columns);
  const q = layersOf(recorded.q, `${name} q`, rows, null);
  const k = layersOf(recorded.k, `${name} k`, columns, null);
  const v = layersOf(recorded.v, `${name} v`, columns, null);
  const bias = layersOf(recorded.bias, `${name} bias`, rows, columns);
  if (recorded.mask) tensors.set(`${name}.mask`, maskOf(recorded.mask, `${name} mask`, rows, columns));
  checkRows(pattern, name);
  for (const [part, layers] of Object.entries({ pattern, q, k, v, bias })) {
    for (const [layer, tensor] of layers.entries())
      if (tensor) tensors.set(`${name}.${layer}.${part}`, tensor);
  }
  const shown = pattern.find(Boolean) ?? (k.some(Boolean) ? q.find(Boolean) : undefined);
  if (!shown) throw new TraceError(nothing(name, recorded));
  const heads = shown.shape[0]!;
  const headSize = q.find(Boolean)?.shape[2] ?? knownSize;
  return {
    name,
    queries,
    keys,
    layers: Math.max(pattern.length, q.length),
    heads,
    kvHeads: k.find(Boolean)?.shape[0] ?? heads,
    headSize,
    recipe: {
      ...plainRecipe(headSize, name !== "cross" && looksCausal(pattern)),
      ...(bias.length > 0 && { bias: "tensor" as const }),
      ...recorded.recipe,
    },
  };
}

function plainRecipe(headSize: number, causal: boolean): Recipe {
  return {
    scale: headSize ? headSize ** -0.5 : 1,
    causal,
    window: null,
    softcap: null,
    bias: null,
    sinks: false,
  };
}

function nothing(name: BlockName, { attention = [] }: RecordedBlock): string {
  const count = layersIn(attention, "attention").length;
  const what = count === 1 ? "The only layer is" : `All ${count} layers are`;
  return `${what} None in block "${name}". Load the model with attn_implementation="eager" and output_attentions=True, or record queries and keys.`;
}

function lengthOf(streams: readonly Stream[], name: StreamName, block: BlockName): number {
  const stream = streams.find((s) => s.name === name);
  if (stream) return stream.tokens.length;
  const argument = name === "text" ? "tokens" : `${name}Tokens`;
  throw new TraceError(`Block "${block}" is between tokens that were not given: pass ${argument}.`);
}

function layersOf(
  layers: Layers | undefined,
  what: string,
  rows: Side,
  columns: Side | null,
): (FloatTensor | null)[] {
  return layersIn(layers ?? [], what).map((numbers, layer) => {
    if (numbers === null || numbers === undefined) return null;
    const where = `${what}, layer ${layer}`;
    const tensor = withoutBatch(tensorOf(numbers, where));
    checkSides(tensor.shape, where, rows, columns);
    return tensor;
  });
}

/** A padding mask for all queries, or a whole one, as zeros and ones. */
function maskOf(
  mask: NonNullable<RecordedBlock["mask"]>,
  where: string,
  [, queries]: Side,
  [, keys]: Side,
): Tensor {
  const padding = Array.isArray(mask[0]) ? (mask.length === 1 ? mask[0] : undefined) : mask;
  const whole = padding === undefined;
  const rows = (
    whole ? mask : Array.from({ length: queries }, () => padding)
  ) as readonly (readonly unknown[])[];
  if (rows.length !== queries || rows.some((row) => row.length !== keys))
    throw new TraceError(
      `${where} does not have a number for each of ${keys} keys${whole ? ` and ${queries} queries` : ""}.`,
    );
  const cells = rows.flat();
  if (!cells.every((cell) => [0, 1, false, true].includes(cell as number)))
    throw new TraceError(`${where} holds other values than 0 and 1; expected 1 where a key may be seen.`);
  return { dtype: "U8", shape: [queries, keys], data: Uint8Array.from(cells, Number) };
}

/** Attention that is no number is named: it would be shown as if it were none. */
function checkRows(layers: readonly (FloatTensor | null)[], name: BlockName): void {
  for (const [layer, tensor] of layers.entries()) {
    const at = tensor?.data.findIndex((weight) => !Number.isFinite(weight)) ?? -1;
    if (!tensor || at < 0) continue;
    const [, queries = 1, keys = 1] = tensor.shape;
    const row = Math.floor(at / keys);
    throw new TraceError(
      `${name} attention is ${tensor.data[at]} in layer ${layer}, head ${Math.floor(row / queries)}, row ${row % queries} (key ${at % keys}). Rows of padding without a visible key become NaN in softmax: leave those tokens out, or write zeros.`,
    );
  }
}

function withoutBatch(tensor: FloatTensor): FloatTensor {
  const [batch, ...rest] = tensor.shape;
  return tensor.shape.length === 4 && batch === 1 ? floatTensor(rest, tensor.data) : tensor;
}

const STEPS =
  " generate() lists attention per step: join the rows of the steps, or pass what one run of the whole text gives.";

function checkSides(shape: readonly number[], where: string, rows: Side, columns: Side | null): void {
  if (shape.length !== 3) {
    const batch =
      shape.length === 4 ? ` Pass one text of the batch of ${shape[0]}.` : shape.length === 5 ? STEPS : "";
    throw new TraceError(
      `${where} has the shape [${shape.join(", ")}]; expected three axes, heads first.${batch}`,
    );
  }
  const [, n, m] = shape;
  if (n === rows[1] && (!columns || m === columns[1])) return;
  const wanted = columns ? `${rows[1]} ${rows[0]} and ${columns[1]} ${columns[0]}` : `${rows[1]} ${rows[0]}`;
  const step = n === 1 && rows[1] > 1;
  const hint = step ? STEPS.trim() : "A start or end token may be missing from the list.";
  throw new TraceError(`${where} is ${n} × ${m}, but the tokens make ${wanted}. ${hint}`);
}

/** True if no weight above the diagonal is other than 0, in any layer; never for a single token. */
function looksCausal(layers: readonly (FloatTensor | null)[]): boolean {
  const known = layers.filter((t) => t !== null);
  return known.length > 0 && known.every((t) => t.shape[1]! > 1 && t.shape[1] === t.shape[2] && zeroAbove(t));
}

function zeroAbove({ shape, data }: FloatTensor): boolean {
  const side = shape[2]!;
  return data.every((weight, at) => weight === 0 || at % side <= Math.floor(at / side) % side);
}
