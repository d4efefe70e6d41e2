// Reads config.json strictly: every key is taken, or known not to matter, or noted by name; a value that cannot be
// followed is refused. The lists of keys that do not matter are those of Transformers' PreTrainedConfig and
// generation settings; a test asks every family for every field of its configuration class.

import type { Config } from "../checkpoint/index.ts";
import { shown } from "../tensor/index.ts";
import { UnsupportedModelError } from "./errors.ts";

/** Keys that never change what one forward pass in evaluation mode computes. */
export const IRRELEVANT: ReadonlySet<string> = new Set(
  `_name_or_path architectures attn_implementation _attn_implementation _attn_implementation_autoset
  _flash_attn_2_enabled attention_probs_dropout_prob attention_dropout attn_pdrop auto_map bos_token_id
  classifier_dropout chunk_size_feed_forward decoder_start_token_id dropout dtype embd_pdrop eos_token_id
  finetuning_task gradient_checkpointing hidden_dropout hidden_dropout_prob id2label initializer_range
  is_encoder_decoder label2id max_length model_max_length model_type output_attentions output_hidden_states
  output_past pad_token_id prefix problem_type resid_pdrop return_dict sep_token_id task_specific_params
  tokenizer_class torch_dtype torchscript transformers.js_config transformers_version use_bfloat16 use_cache
  unsloth_fixed unsloth_version num_labels cls_token_id mask_token_id
  bad_words_ids begin_suppress_tokens diversity_penalty do_sample early_stopping
  encoder_no_repeat_ngram_size exponential_decay_length_penalty forced_bos_token_id forced_eos_token_id
  length_penalty min_length no_repeat_ngram_size num_beam_groups num_beams num_return_sequences output_scores
  remove_invalid_values repetition_penalty return_dict_in_generate suppress_tokens temperature
  tf_legacy_loss top_k top_p typical_p`.split(/\s+/),
);

const QUANTISED = "quantised weights are not read; save the model in float16 or float32";

/** Keys that would change the numbers of any family, whatever its class declares; a set value is always refused. */
const HINTS: Readonly<Record<string, string>> = {
  quantization_config: QUANTISED,
  quantization: QUANTISED,
  compression_config: QUANTISED,
  pruned_heads: "pruned heads change the shapes of the projections; save the model without them",
  per_layer_config: "settings that differ from layer to layer are not supported",
};

/** A class whose head headscope does not have, and those of its family that it has. */
export interface Headless {
  readonly className: string;
  readonly known: readonly string[];
}

/** More layers than any published model has, ten times over. */
export const MOST_LAYERS = 2000;
/** Likewise. */
const MOST_HEADS = 4096;
/** Largest finite float32, and the least that has all its digits. */
const MOST_FLOAT = 3.4028234663852886e38;
const LEAST_FLOAT = 2 ** -126;

export class ConfigReader {
  readonly family: string;
  readonly #config: Config;
  readonly #taken = new Set<string>();
  readonly #unused = new Set<string>();
  #headless: Headless | null = null;

  constructor(config: Config, family: string) {
    this.#config = config;
    this.family = family;
  }

  /** A whole number of at least `least` under the first of `keys` that is set; `otherwise` where none is. */
  count(keys: string | readonly string[], otherwise?: number, least = 1): number {
    const value = this.number(keys, otherwise);
    if (Number.isInteger(value) && value >= least && value <= 2 ** 31) return value;
    return this.#wrong(keys, value, `a whole number of at least ${least}`);
  }

  /** A number of layers, bounded because the description holds an entry for each. */
  layers(keys: string | readonly string[], otherwise: number): number {
    const value = this.count(keys, otherwise);
    return value <= MOST_LAYERS ? value : this.#wrong(keys, value, `at most ${MOST_LAYERS} layers`);
  }

  /** A number of heads, bounded because slopes and recipes hold an entry for each. */
  heads(keys: string | readonly string[], otherwise: number): number {
    const value = this.count(keys, otherwise);
    return value <= MOST_HEADS ? value : this.#wrong(keys, value, `at most ${MOST_HEADS} heads`);
  }

  /** A number that float32 holds, as the runtime does; an epsilon is never negative. */
  number(keys: string | readonly string[], otherwise?: number): number {
    const value = this.take(keys) ?? otherwise;
    if (!isFloat(value)) return this.#wrong(keys, value, numberOf32(value));
    const negative = value < 0 && [keys].flat().some((key) => /_eps(ilon)?$/.test(key));
    return negative ? this.#wrong(keys, value, "a number of at least 0") : value;
  }

  /** A number or null as written; `otherwise` where none of the keys is in the file. */
  optional(keys: string | readonly string[], otherwise: number | null = null): number | null {
    const value = this.take(keys) ?? (this.isNull(keys) ? null : otherwise);
    if (value === null || isFloat(value)) return value;
    return this.#wrong(keys, value, `${numberOf32(value)} or null`);
  }

  flag(keys: string | readonly string[], otherwise: boolean): boolean {
    const value = this.take(keys) ?? otherwise;
    return typeof value === "boolean" ? value : this.#wrong(keys, value, "true or false");
  }

  text(keys: string | readonly string[], otherwise?: string): string {
    const value = this.take(keys) ?? otherwise;
    return typeof value === "string" ? value : this.#wrong(keys, value, "a text");
  }

  /** A nested object, or null. */
  object(keys: string | readonly string[]): Config | null {
    const value = this.take(keys) ?? null;
    if (value === null || (typeof value === "object" && !Array.isArray(value))) return value as Config | null;
    return this.#wrong(keys, value, "an object or null");
  }

  /** A list of `length` entries, or null. */
  list(key: string, length?: number): readonly unknown[] | null {
    const value = this.take(key) ?? null;
    if (value === null || (Array.isArray(value) && (length === undefined || value.length === length)))
      return value;
    return this.#wrong(key, value, length === undefined ? "a list" : `a list of ${length} entries`);
  }

  /** Refuse unless the key is absent, null or `only`. */
  only(key: string, only: unknown): void {
    const value = this.take(key) ?? only;
    if (value !== only) this.refuse(key, value, `only ${JSON.stringify(only)} is supported`);
  }

  /** The raw value of the first of `keys` that is set and not null; all of them count as read. */
  take(keys: string | readonly string[]): unknown {
    const all = typeof keys === "string" ? [keys] : keys;
    for (const key of all) this.#taken.add(key);
    return all.map((key) => this.#own(key)).find((value) => value !== undefined && value !== null);
  }

  /** Whether one of the keys is written as null, which some families tell from an absent key. */
  isNull(keys: string | readonly string[]): boolean {
    return [keys].flat().some((key) => this.#own(key) === null);
  }

  /** Notes a key, possibly nested ("rope_scaling.finetuned"), that no forward pass of this family reads. */
  note(key: string): void {
    this.#unused.add(key);
  }

  /** Says that the class which saved the checkpoint has a head that headscope lacks, so that only the body is opened. */
  withoutHead(className: string, known: readonly string[]): void {
    this.#headless = { className, known };
  }

  /** Keys that change nothing, nested ones with a dot. */
  get unused(): readonly string[] {
    return [...this.#unused];
  }

  /** The class whose head is left out, or null. */
  get headless(): Headless | null {
    return this.#headless;
  }

  /** Whether a key is present with a value other than null. */
  has(key: string): boolean {
    return (this.#own(key) ?? null) !== null;
  }

  /** The class that saved the checkpoint, without what only names another framework; undefined where it is not said. */
  get architecture(): string | undefined {
    return classOf(this.#config);
  }

  /** Ids that end a text. */
  get eos(): number[] {
    const value = this.#own("eos_token_id");
    return (Array.isArray(value) ? value : [value]).filter((id): id is number => Number.isInteger(id));
  }

  /** An id, or undefined where it is absent or null. */
  id(key: string): number | undefined {
    const value = this.#own(key);
    return typeof value === "number" && Number.isInteger(value) ? value : undefined;
  }

  /** Number of classes of a classifier. */
  get labels(): number {
    const labels = this.#own("id2label");
    const count = typeof labels === "object" && labels !== null ? Object.keys(labels).length : undefined;
    return count ?? this.id("num_labels") ?? 2;
  }

  refuse(key: string, value: unknown, reason: string): never {
    throw new ConfigFault(this.family, [key], `sets ${key} to ${shown(value, 80)}: ${reason}`);
  }

  /** Refuses a class that is not spelled as a list, as Transformers does: a text would lose the head without a word. */
  checkClasses(): void {
    const names = this.#own("architectures") ?? [];
    if (!Array.isArray(names) || !names.every((name) => typeof name === "string"))
      this.refuse("architectures", names, "expected a list of names");
  }

  /** Refuses what changes the numbers of any family; every other key that was not taken and is switched on is noted. */
  finish(irrelevant: readonly string[]): void {
    const skip = new Set(irrelevant);
    for (const [key, value] of Object.entries(this.#config)) {
      if (this.#taken.has(key) || IRRELEVANT.has(key) || skip.has(key) || isOff(value)) continue;
      const hint = Object.hasOwn(HINTS, key) ? HINTS[key] : undefined;
      if (hint !== undefined) this.refuse(key, value, hint);
      this.note(key);
    }
  }

  #own(key: string): unknown {
    return Object.hasOwn(this.#config, key) ? this.#config[key] : undefined;
  }

  #wrong(keys: string | readonly string[], value: unknown, expected: string): never {
    const all = [keys].flat();
    const found = value === undefined ? "is missing" : `is ${shown(value, 80)}`;
    throw new ConfigFault(this.family, all, `${all.join(" or ")} ${found}, expected ${expected}`, ":");
  }
}

/** A setting that cannot be followed. Data {keys}. */
export class ConfigFault extends UnsupportedModelError {
  /** What is wrong, without the file and its family: 'sets is_decoder to true: only false is supported'. */
  readonly clause: string;
  readonly keys: readonly string[];

  constructor(family: string, keys: readonly string[], clause: string, colon = "") {
    super(`config.json of this ${family} model${colon} ${clause}.`, { code: "config", data: { keys } });
    this.keys = keys;
    this.clause = clause;
  }
}

/** One error for several faults of one file; the fault itself where there is only one. */
export function allFaults(family: string, faults: readonly ConfigFault[]): UnsupportedModelError {
  if (faults.length === 1) return faults[0]!;
  const list = faults.map(({ clause }, i) => `(${i + 1}) ${clause}`).join("; ");
  return new UnsupportedModelError(
    `config.json of this ${family} model has ${faults.length} settings that headscope cannot follow: ${list}.`,
    { code: "config", data: { keys: faults.flatMap(({ keys }) => keys) } },
  );
}

/** The first of a config's `architectures`, without "TF" or "Flax", which load the same weights. */
export function classOf(config: Config): string | undefined {
  const list = config.architectures;
  const first: unknown = Array.isArray(list) ? list[0] : undefined;
  return typeof first === "string" ? first.replace(/^(TF|Flax)(?=[A-Z])/, "") : undefined;
}

/** Null, false and empty lists or objects switch nothing on. */
function isOff(value: unknown): boolean {
  if (value === null || value === undefined || value === false) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

/** What is expected in place of `value`: of a number, that it is one of 32 bits. */
function numberOf32(value: unknown): string {
  return typeof value === "number" ? "a number that 32-bit floats hold" : "a number";
}

function isFloat(value: unknown): value is number {
  if (typeof value !== "number") return false;
  const size = Math.abs(value);
  return size === 0 || (size >= LEAST_FLOAT && size <= MOST_FLOAT);
}
