// Opens a checkpoint: config to description, weights checked by name and shape, tokenizer where there is one.

import {
  type ImageRecipe,
  openImageRecipe,
  openSoundRecipe,
  openTokenizer,
  openWeights,
  readConfig,
  type Sound,
  type SoundRecipe,
  type Source,
  spectrogram,
  type Tokenizer,
  unwrapNames,
} from "../checkpoint/index.ts";
import type { FloatTensor } from "../tensor/index.ts";
import type { BlockName, Capture, Edit, ModelInfo, Rotary, StreamName, Token } from "../trace/index.ts";
import { describe } from "./architectures/index.ts";
import type { ModelDescription } from "./description.ts";
import { InputError } from "./errors.ts";
import { hasTarget, prepare } from "./input.ts";
import { capturesOf, modelInfo, pairsOf } from "./manifest.ts";
import { checkWeights } from "./memory.ts";
import type {
  EachOptions,
  GenerateOptions,
  GenerationSettings,
  Model,
  ModelKind,
  ModelNote,
  OpenModel,
  PrepareOptions,
  RunInput,
  RunOptions,
  RunResult,
  Says,
} from "./model.ts";
import { notesOf, withStoredHead } from "./notes.ts";
import { runEach } from "./run/each.ts";
import { checkFinite } from "./run/finite.ts";
import { generate } from "./run/generate.ts";
import { readGenerationSettings } from "./run/generation-settings.ts";
import { prepareStacks, runStacks } from "./run/run.ts";
import { unembed } from "./run/unembed.ts";
import { saysOf } from "./says.ts";
import { disposed, Sessions } from "./sessions.ts";

/** Tokens that a decoder writes where no target is given, if it does not end before. */
const LONGEST_TARGET = 128;

/** What peft writes beside an adapter. */
const ADAPTER = "adapter_config.json";

/** Opens the model in `source`; sessions are built when first needed. */
export const openModel: OpenModel = async (source, { runtime, signal, onProgress }) => {
  const config = await readConfig(source, signal);
  describe(config, new Map()); // What config.json alone rules out is said before the weights are looked at.
  const [stored, tokenizer] = await Promise.all([
    openWeights(source, signal),
    openTokenizer(source, config, signal),
  ]);
  const { weights, cut } = unwrapNames(stored);
  const described = describe(config, weights);
  const { book } = described;
  const { description, lacking } = withStoredHead(described.description, book);
  const towers = [description, ...(description.picture ? [description.picture] : [])].map((tower) => {
    const progress = (done: number, total: number) => onProgress?.(done, total, "weights");
    return { tower, sessions: new Sessions(runtime, source, tower, book, progress) };
  });
  const graphs = towers.flatMap(({ tower, sessions }) => checked(tower, sessions));
  checkWeights(source.name, graphs, runtime);
  const settings = await readGenerationSettings(source, config, signal);
  const { unused: steps, ...recipes } = await recipesOf(source, towers.at(-1)!.tower, signal);
  const adapter = (await source.list(signal)).some(({ path }) => path === ADAPTER);
  const notes = notesOf({ ...described, lacking, cut, steps, adapter, unusedWeights: book.unused() });
  const [model, picture] = towers.map(
    ({ tower, sessions }) =>
      new OpenedModel(
        source.name,
        tower,
        saysOf(tower, config),
        sessions,
        tokenizer,
        recipes,
        settings,
        notes,
      ),
  );
  if (picture) model!.picture = picture;
  return model!;
};

/** The graphs of a description, whose weights are then known to be there. */
function checked({ stacks }: ModelDescription, sessions: Sessions) {
  return stacks.map(({ stream, layers }) => {
    const spec = { stack: stream, from: 0, to: layers.length, captures: new Set<Capture>() };
    return sessions.check({ ...spec, logits: true, cache: false });
  });
}

/** How pictures and sound are prepared, or why that cannot be said: pixels and features run without it. */
interface Recipes {
  readonly image: ImageRecipe | Error | null;
  readonly sound: SoundRecipe | Error | null;
}

async function recipesOf(
  source: Source,
  { stacks }: ModelDescription,
  signal?: AbortSignal,
): Promise<Recipes & { readonly unused: readonly string[] }> {
  const { kind } = stacks[0]!.embedding;
  const none = { image: null, sound: null, unused: [] };
  if (kind === "tokens") return none;
  if (kind === "patches") {
    const { recipe, fault, unused } = await openImageRecipe(source, signal);
    return { ...none, image: fault ?? recipe, unused };
  }
  const { recipe, fault, unused } = await openSoundRecipe(source, signal);
  return { ...none, sound: fault ?? recipe, unused };
}

class OpenedModel implements Model {
  readonly info: ModelInfo;
  readonly kind: ModelKind;
  readonly tokenizer: Tokenizer | null;
  readonly captures: readonly Capture[];
  readonly maxTokens: number | null;
  readonly pairs: boolean;
  readonly pictures: boolean;
  readonly rotary: Rotary | null;
  readonly says: Says | null;
  readonly settings: GenerationSettings;
  readonly notes: readonly ModelNote[];
  readonly description: ModelDescription;
  readonly sessions: Sessions;
  /** The other of two towers (CLIP), which images and pixels run. */
  picture: OpenedModel | undefined;
  readonly #recipes: Recipes;
  readonly #heard = new WeakMap<object, FloatTensor>();
  readonly #running = new Set<Promise<unknown>>();
  #disposing: Promise<void> | undefined;

  constructor(
    name: string,
    description: ModelDescription,
    says: Says | null,
    sessions: Sessions,
    tokenizer: Tokenizer | null,
    recipes: Recipes,
    settings: GenerationSettings,
    notes: readonly ModelNote[],
  ) {
    this.notes = notes;
    this.says = says;
    this.settings = settings;
    this.info = modelInfo(name, description);
    this.kind = description.kind;
    this.tokenizer = tokenizer;
    this.captures = capturesOf(description);
    this.maxTokens = description.maxTokens;
    this.pairs = description.pairs ?? false;
    this.pictures = description.picture !== undefined;
    this.rotary = pairsOf(description);
    this.description = description;
    this.sessions = sessions;
    this.#recipes = recipes;
  }

  /** The tower that an input is for, where it is not this one. */
  #elsewhere({ image, pixels }: RunInput): OpenedModel | undefined {
    return image || pixels ? this.picture : undefined;
  }

  tokens(input: RunInput): { readonly stream: StreamName; readonly tokens: readonly Token[] }[] {
    const tower = this.#elsewhere(input);
    if (tower) return tower.tokens(input);
    return this.#prepare(input).map(({ stream, tokens }) => ({ stream, tokens }));
  }

  #prepare(input: RunInput) {
    return prepare(this.description, this.tokenizer, this.#withFeatures(input), this.#recipes.image);
  }

  /** Sound as features, made once for all runs of it. */
  #withFeatures(input: RunInput): RunInput {
    const { audio, ...rest } = input;
    if (!audio || this.description.stacks[0]!.embedding.kind !== "frames") return input;
    const features = this.#heard.get(audio) ?? this.#spectrogram(audio);
    this.#heard.set(audio, features);
    return { ...rest, features };
  }

  #spectrogram(audio: Sound): FloatTensor {
    const { sound } = this.#recipes;
    if (sound instanceof Error) throw sound;
    if (sound) return spectrogram(audio, sound);
    throw new InputError(
      "This checkpoint has no preprocessor_config.json that says how sound is prepared; give input_features instead.",
    );
  }

  async run(input: RunInput, options: RunOptions = {}): Promise<RunResult> {
    if (this.#disposing) throw disposed();
    const tower = this.#elsewhere(input);
    if (tower) return tower.run(input, options);
    return this.#tracked(this.#run(input, options));
  }

  async runEach(
    input: RunInput,
    lists: readonly (readonly Edit[])[],
    options: EachOptions = {},
  ): Promise<readonly RunResult[]> {
    if (this.#disposing) throw disposed();
    const tower = this.#elsewhere(input);
    if (tower) return tower.runEach(input, lists, options);
    return this.#tracked(this.#runEach(input, lists, options));
  }

  async #runEach(input: RunInput, lists: readonly (readonly Edit[])[], options: EachOptions) {
    const whole = await this.#withTarget(input, options);
    const other = await this.#other(options);
    const written = whole.continuation?.length;
    const each = { model: this, prepared: this.#prepare(whole), options, written, other };
    const results = await runEach(each, lists);
    for (const { trace } of results) checkFinite(trace);
    return results;
  }

  #tracked<T>(run: Promise<T>): Promise<T> {
    this.#running.add(run);
    return run.finally(() => this.#running.delete(run));
  }

  async #run(input: RunInput, options: RunOptions): Promise<RunResult> {
    const whole = await this.#withTarget(input, options);
    const other = await this.#other(options);
    const result = await runStacks(this, this.#prepare(whole), options, whole.continuation?.length, other);
    checkFinite(result.trace);
    return result;
  }

  async #other({ other, align, signal }: Pick<RunOptions, "other" | "align" | "signal">) {
    if (!other) return undefined;
    return { prepared: this.#prepare(await this.#withTarget(other, signal ? { signal } : {})), align };
  }

  unembed(stream: FloatTensor, signal?: AbortSignal) {
    return unembed(this, stream, signal);
  }

  readout(targets: readonly number[], signal?: AbortSignal) {
    return this.sessions.readout(targets, signal);
  }

  outputs(block: BlockName, layer: number, signal?: AbortSignal) {
    return this.sessions.outputs(block, layer, signal);
  }

  get points() {
    return this.sessions.points;
  }

  prepare(options: PrepareOptions = {}) {
    return prepareStacks(this, options);
  }

  /** An encoder-decoder without a target writes its own, greedily. */
  async #withTarget(input: RunInput, { signal }: RunOptions): Promise<RunInput> {
    const { decoderStart, eos, stacks, head } = this.description;
    if (stacks.length < 2 || hasTarget(input)) return input;
    if (decoderStart === undefined || !head?.words) {
      const lack = head?.words ? "names no decoder_start_token_id" : "has no language-model head";
      throw new InputError(`This model ${lack}, so it cannot write a target itself: give the target's ids.`);
    }
    const continuation: number[] = [];
    const limits = { tokens: LONGEST_TARGET, ...(signal && { signal }) };
    for await (const { token } of this.generate(input, limits)) {
      if (token.id !== null && !eos.includes(token.id)) continuation.push(token.id);
    }
    return { ...input, continuation };
  }

  async *generate(input: RunInput, options: GenerateOptions) {
    yield* generate(this, this.#withFeatures(input), options, await this.#other(options));
  }

  /** Runs that have begun run to their end; what is asked for afterwards is refused. */
  dispose(): Promise<void> {
    this.#disposing ??= this.#finish();
    return this.#disposing;
  }

  async #finish(): Promise<void> {
    await Promise.allSettled(this.#running);
    await Promise.all([this.sessions.dispose(), this.picture?.dispose()]);
  }
}
