// Text token by token, with cached keys and values: each step runs only the new token.

import type { Tokenizer } from "../../checkpoint/index.ts";
import { type FloatTensor, floatTensor, sizeOf } from "../../tensor/index.ts";
import type { ModelDescription, Stack } from "../description.ts";
import { InputError } from "../errors.ts";
import type { GraphSpec } from "../graph/scope.ts";
import { STREAM } from "../graph/stack.ts";
import { fromIds, type Prepared, prepare } from "../input.ts";
import type { GeneratedToken, GenerateOptions, RunInput } from "../model.ts";
import { type Runnable, runGraph } from "./execute.ts";
import { checkLogits } from "./finite.ts";
import { checkOptions } from "./options.ts";
import type { OtherRun } from "./other.ts";
import { logProbability, nextId, seededRandom } from "./sampling.ts";
import { type StepPoints, stepPoints } from "./step-points.ts";

/** What generation needs of a model. */
interface Generator extends Runnable {
  readonly tokenizer: Tokenizer | null;
}

/** Yields the tokens that follow the input, until `tokens`, an end token or the model's last position. */
export async function* generate(
  model: Generator,
  input: RunInput,
  options: GenerateOptions,
  other?: OtherRun,
): AsyncGenerator<GeneratedToken> {
  const { description, sessions, tokenizer } = model;
  if (!description.head?.words || description.kind === "encoder") {
    throw new InputError("This model does not generate text: it has no causal language-model head.");
  }
  checkOptions(options, description.vocab);
  const begun = await begin(model, input, options, other);
  const { ids: prompt, cache, stack, points } = begun;
  const spec = { ...wholeStack(stack), logits: true, cache: true, points: points.kind };
  const random = seededRandom(options.seed ?? 0);
  const past: number[] = [];
  let fresh: readonly number[] = prompt;
  const limit = Math.min(options.tokens, (description.maxTokens ?? Number.POSITIVE_INFINITY) - prompt.length);
  for (let count = 0; count < limit; count++) {
    options.signal?.throwIfAborted();
    const fed = points.at(past.length, fresh.length);
    const state = {
      ids: fresh,
      past,
      typeIds: [],
      rows: [fresh.length - 1],
      cache: cache.tensors(),
      points: fed,
    };
    const outputs = await runGraph(sessions, spec, state, options.signal, isOutput);
    cache.grow(outputs);
    past.push(...fresh);
    const logits = outputs.get("logits")!.data;
    checkLogits(logits, count);
    const id = forced(count, options) ?? nextId(logits, past, options, random);
    yield { token: fromIds(tokenizer, [id])[0]!, logprob: logProbability(logits, id) };
    if (!options.ignoreEos && (options.eos ?? description.eos).includes(id)) return;
    fresh = [id];
  }
}

/** What a step reads of its outputs: the scores of the next word and the new keys and values. */
function isOutput(name: string): boolean {
  return name === "logits" || name.endsWith(".new");
}

/** A token that the settings put in this place whatever the logits say. */
function forced(count: number, { tokens, forcedFirst, forcedLast }: GenerateOptions): number | undefined {
  if (count === 0 && forcedFirst !== undefined) return forcedFirst;
  return count === tokens - 1 ? forcedLast : undefined;
}

function wholeStack(stack: Stack): GraphSpec {
  return {
    stack: stack.stream,
    from: 0,
    to: stack.layers.length,
    captures: new Set(),
    logits: false,
    cache: false,
  };
}

/** Ids to begin with, a cache that holds what the encoder gives, and the feeds of the edits. */
async function begin(
  model: Generator,
  input: RunInput,
  options: GenerateOptions,
  other: OtherRun | undefined,
): Promise<{ ids: readonly number[]; cache: KeyValueCache; stack: Stack; points: StepPoints }> {
  const { description, tokenizer, sessions } = model;
  const { signal } = options;
  const prepared = withStart(description, tokenizer, prepare(description, tokenizer, input));
  const points = await stepPoints(model, prepared, options, other);
  const [first, second] = prepared;
  const [encoder, decoder] = description.stacks as [Stack, Stack?];
  if (!decoder) return { ids: first!.ids, cache: new KeyValueCache(encoder), stack: encoder, points };
  const state = { ids: first!.ids, past: [], typeIds: first!.typeIds, rows: [] };
  const fed = { ...state, points: points.at(0, second!.ids.length) };
  const whole = { ...wholeStack(encoder), points: points.kind };
  const memory = (await runGraph(sessions, whole, fed, signal, (name) => name === STREAM)).get(STREAM);
  const cache = new KeyValueCache(decoder);
  cache.grow(
    await runGraph(sessions, { ...wholeStack(decoder), crossOnly: true }, { ...state, memory }, signal),
  );
  return { ids: second!.ids, cache, stack: decoder, points };
}

/** Inputs of all stacks: a decoder without a target begins with its start token. */
function withStart(
  { stacks, decoderStart }: ModelDescription,
  tokenizer: Tokenizer | null,
  prepared: readonly Prepared[],
): readonly Prepared[] {
  if (stacks.length === prepared.length) return prepared;
  const tokens = fromIds(tokenizer, [decoderStart!]);
  return [...prepared, { stream: stacks[1]!.stream, tokens, ids: [decoderStart!], typeIds: [] }];
}

/** Keys and values by trace name, token-major [tokens, kvHeads, headSize], in buffers that double as they fill. */
class KeyValueCache {
  readonly #rows = new Map<
    string,
    { buffer: Float32Array; tokens: number; shape: readonly [number, number] }
  >();

  constructor(stack: Stack) {
    stack.layers.forEach((layer, i) => {
      for (const [block, branch] of [
        [stack.block, layer.attention],
        ["cross", layer.cross],
      ] as const) {
        if (!branch) continue;
        const { kvHeads, headSize } = branch.body;
        for (const part of ["k", "v"]) {
          this.#rows.set(`${block}.${i}.${part}`, {
            buffer: new Float32Array(0),
            tokens: 0,
            shape: [kvHeads, headSize],
          });
        }
      }
    });
  }

  /** Append the outputs called `{name}.new`. */
  grow(outputs: ReadonlyMap<string, FloatTensor>): void {
    for (const [name, row] of this.#rows) {
      const fresh = outputs.get(`${name}.new`);
      if (!fresh) continue;
      const filled = row.tokens * sizeOf(row.shape);
      const needed = filled + fresh.data.length;
      if (needed > row.buffer.length) row.buffer = enlarged(row.buffer.subarray(0, filled), 2 * needed);
      row.buffer.set(fresh.data, filled);
      row.tokens += fresh.shape[0]!;
    }
  }

  tensors(): Map<string, FloatTensor> {
    return new Map(
      [...this.#rows].map(([name, { buffer, tokens, shape }]) => [
        name,
        floatTensor([tokens, ...shape], buffer.subarray(0, tokens * sizeOf(shape))),
      ]),
    );
  }
}

function enlarged(filled: Float32Array, length: number): Float32Array {
  const out = new Float32Array(length);
  out.set(filled);
  return out;
}
