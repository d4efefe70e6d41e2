// Text token by token, with cached keys and values: each step runs only the new token. Where runs and generation share
// their graphs, what a run or an earlier call knows of the text is not run again.

import type { Tokenizer } from "../../checkpoint/index.ts";
import type { ModelDescription, Stack } from "../description.ts";
import { InputError } from "../errors.ts";
import type { GraphSpec } from "../graph/scope.ts";
import { STREAM } from "../graph/stack.ts";
import { fromIds, type Prepared, prepare } from "../input.ts";
import type { GeneratedToken, GenerateOptions, RunInput } from "../model.ts";
import type { Sessions } from "../sessions.ts";
import { type Runnable, runGraph } from "./execute.ts";
import { checkLogits } from "./finite.ts";
import type { Drawn } from "./kept-text.ts";
import { KeyValueCache } from "./key-value-cache.ts";
import { checkOptions } from "./options.ts";
import type { OtherRun } from "./other.ts";
import { plainSpecs, writesOn } from "./plan.ts";
import type { Recorded } from "./prefixes.ts";
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
  const { description } = model;
  if (!description.head?.words || description.kind === "encoder") {
    throw new InputError("This model does not generate text: it has no causal language-model head.");
  }
  checkOptions(options, description.vocab);
  const writing = await begin(model, input, options, other);
  const { prompt, drawn } = writing;
  const limit = Math.min(options.tokens, (description.maxTokens ?? Number.POSITIVE_INFINITY) - prompt.length);
  try {
    for (let count = 0; count < limit; count++) {
      options.signal?.throwIfAborted();
      const next = drawn.tokens[count] ?? (await drawNext(model, writing, options));
      yield next;
      if (!options.ignoreEos && (options.eos ?? description.eos).includes(next.token.id!)) return;
    }
  } finally {
    if (writing.keep) putBack(model.sessions, writing);
  }
}

/** A text that is being written. */
interface Writing {
  readonly prompt: readonly number[];
  readonly drawn: Drawn;
  /** The graphs of one step, one behind the other. */
  readonly specs: readonly GraphSpec[];
  readonly points: StepPoints;
  readonly cache: KeyValueCache;
  /** Ids whose keys and values are in the cache. */
  readonly past: number[];
  /** The logits after them, where they are known. */
  logits: Float32Array | null;
  /** True where what is known at the end is kept for the next call. */
  keep: boolean;
}

async function drawNext(
  model: Generator,
  writing: Writing,
  options: GenerateOptions,
): Promise<GeneratedToken> {
  const { prompt, drawn, past } = writing;
  const all = [...prompt, ...drawn.tokens.map(({ token }) => token.id!)];
  const known = past.length === all.length ? writing.logits : null;
  const logits = known ?? (await step(model, writing, all.slice(past.length), options.signal));
  checkLogits(logits, drawn.tokens.length);
  const id = forced(drawn.tokens.length, options) ?? nextId(logits, all, options, drawn.random);
  const next = { token: fromIds(model.tokenizer, [id])[0]!, logprob: logProbability(logits, id) };
  drawn.tokens.push(next);
  return next;
}

/** Run the graphs over new ids; returns the logits after the last one. */
async function step(
  { sessions }: Generator,
  writing: Writing,
  fresh: readonly number[],
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const { past, cache, points, specs, keep } = writing;
  const rows = [fresh.length - 1];
  const fed = points.at(past.length, fresh.length);
  const state = { ids: fresh, past, typeIds: [], rows, cache: cache.tensors(), points: fed };
  const fresher: Recorded = new Map();
  writing.keep = false; // What is half done is not kept.
  for (const spec of specs) {
    const stream = fresher.get(STREAM);
    for (const [name, tensor] of await runGraph(sessions, spec, { ...state, stream }, signal, isOutput))
      fresher.set(name, tensor);
  }
  cache.grow(fresher);
  past.push(...fresh);
  writing.logits = fresher.get("logits")!.data;
  writing.keep = keep;
  return writing.logits;
}

function putBack({ kept }: Sessions, { past, cache, logits, drawn }: Writing): void {
  kept.put({ ids: past, cache, logits });
  kept.putDrawn(drawn);
}

/** What a step reads of its outputs: the scores of the next word, the new keys and values, the stream between parts. */
function isOutput(name: string): boolean {
  return name === "logits" || name.endsWith(".new") || name === STREAM;
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

/** What was kept of the same text, or a cache that holds what the encoder gives; and the feeds of the edits. */
async function begin(
  model: Generator,
  input: RunInput,
  options: GenerateOptions,
  other: OtherRun | undefined,
): Promise<Writing> {
  const { description, tokenizer, sessions } = model;
  const prepared = withStart(description, tokenizer, prepare(description, tokenizer, input));
  const points = await stepPoints(model, prepared, options, other);
  const prompt = prepared.at(-1)!.ids;
  const stack = description.stacks.at(-1)!;
  const drawn = { key: "", tokens: [], random: seededRandom(options.seed ?? 0) };
  const fresh = { prompt, drawn, points, past: [], logits: null, keep: false };
  if (sessions.shared && !points.kind && writesOn(description))
    return { ...fresh, ...known(sessions, stack, prompt, options), keep: true };
  const specs = [{ ...wholeStack(stack), logits: true, cache: true, points: points.kind }];
  const cache = new KeyValueCache(stack);
  if (prepared.length > 1) cache.grow(await crossOutputs(model, prepared, points, options.signal));
  return { ...fresh, specs, cache };
}

/** What is kept of this prompt and of what was drawn after it, over the graphs that runs have open. */
function known(sessions: Sessions, stack: Stack, prompt: readonly number[], options: GenerateOptions) {
  const { kept, shared } = sessions;
  const drawn = kept.takeDrawn(prompt, options);
  const text = kept.take([...prompt, ...drawn.tokens.map(({ token }) => token.id!)]);
  const cache = text?.cache ?? new KeyValueCache(stack);
  const specs = plainSpecs(stack, shared!, true);
  return { drawn, specs, cache, past: [...(text?.ids ?? [])], logits: text?.logits ?? null };
}

/** The keys and values that the decoder takes from the encoder's output. */
async function crossOutputs(
  { description, sessions }: Generator,
  [first, second]: readonly Prepared[],
  points: StepPoints,
  signal: AbortSignal | undefined,
): Promise<Recorded> {
  const [encoder, decoder] = description.stacks as [Stack, Stack];
  const { ids, typeIds, tokens, features } = first!;
  const state = { ids, past: [], typeIds, rows: [], length: tokens.length, features };
  const fed = { ...state, points: points.at(0, second!.ids.length) };
  const whole = { ...wholeStack(encoder), points: points.kind };
  const memory = (await runGraph(sessions, whole, fed, signal, (name) => name === STREAM)).get(STREAM);
  return runGraph(sessions, { ...wholeStack(decoder), crossOnly: true }, { ...state, memory }, signal);
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
