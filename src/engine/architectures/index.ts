// The supported families by model_type, and from a config to a description.

import type { Config, Weights } from "../../checkpoint/index.ts";
import { allFaults, ConfigFault, ConfigReader, classOf, type Headless } from "../config-reader.ts";
import type { ModelDescription } from "../description.ts";
import { UnsupportedModelError } from "../errors.ts";
import { WeightBook } from "../weight-book.ts";
import { bloom } from "./decoders/bloom.ts";
import { codegen } from "./decoders/codegen.ts";
import { falcon } from "./decoders/falcon.ts";
import { gemma } from "./decoders/gemma.ts";
import { gemma2 } from "./decoders/gemma2.ts";
import { gemma3 } from "./decoders/gemma3.ts";
import { gptBigcode } from "./decoders/gpt-bigcode.ts";
import { gptNeo } from "./decoders/gpt-neo.ts";
import { gptNeox } from "./decoders/gpt-neox.ts";
import { gptOss } from "./decoders/gpt-oss.ts";
import { gpt2 } from "./decoders/gpt2.ts";
import { gptj } from "./decoders/gptj.ts";
import { granite } from "./decoders/granite.ts";
import { llama } from "./decoders/llama.ts";
import { mistral } from "./decoders/mistral.ts";
import { mixtral } from "./decoders/mixtral.ts";
import { mpt } from "./decoders/mpt.ts";
import { olmo } from "./decoders/olmo.ts";
import { olmo2 } from "./decoders/olmo2.ts";
import { opt } from "./decoders/opt.ts";
import { phi } from "./decoders/phi.ts";
import { phi3 } from "./decoders/phi3.ts";
import { qwen2Moe, qwen3Moe } from "./decoders/qwen-moe.ts";
import { qwen2 } from "./decoders/qwen2.ts";
import { qwen3 } from "./decoders/qwen3.ts";
import { smollm3 } from "./decoders/smollm3.ts";
import { stablelm } from "./decoders/stablelm.ts";
import { bart, mbart } from "./encoder-decoders/bart.ts";
import { m2m100, marian, pegasus } from "./encoder-decoders/marian.ts";
import { mt5, t5 } from "./encoder-decoders/t5.ts";
import { whisper } from "./encoder-decoders/whisper.ts";
import { albert } from "./encoders/albert.ts";
import { bert } from "./encoders/bert.ts";
import { debertaV2 } from "./encoders/deberta-v2.ts";
import { distilbert } from "./encoders/distilbert.ts";
import { electra } from "./encoders/electra.ts";
import { modernbert } from "./encoders/modernbert.ts";
import { mpnet } from "./encoders/mpnet.ts";
import { camembert, roberta, xlmRoberta } from "./encoders/roberta.ts";
import type { Family } from "./family.ts";
import { checkHeads } from "./head-check.ts";
import { clip, clipText, clipVision, siglipVision } from "./vision/clip.ts";
import { dinov2 } from "./vision/dinov2.ts";
import { deit, vit } from "./vision/vit.ts";

/** Every supported family. */
export const FAMILIES: readonly Family[] = [
  albert,
  bart,
  bert,
  bloom,
  camembert,
  clip,
  clipText,
  clipVision,
  codegen,
  debertaV2,
  deit,
  dinov2,
  distilbert,
  electra,
  falcon,
  gemma,
  gemma2,
  gemma3,
  gpt2,
  gptBigcode,
  gptj,
  gptNeo,
  gptNeox,
  gptOss,
  granite,
  llama,
  m2m100,
  marian,
  mbart,
  mistral,
  mixtral,
  modernbert,
  mpnet,
  mpt,
  mt5,
  olmo,
  olmo2,
  opt,
  pegasus,
  phi,
  phi3,
  qwen2,
  qwen2Moe,
  qwen3,
  qwen3Moe,
  roberta,
  siglipVision,
  smollm3,
  stablelm,
  t5,
  vit,
  whisper,
  xlmRoberta,
];

/** A checkpoint as its config describes it. */
export interface Described {
  readonly description: ModelDescription;
  readonly book: WeightBook;
  /** Keys of config.json that no forward pass of the family reads; nested ones with a dot. */
  readonly unused: readonly string[];
  /** The class whose head headscope does not have, so that only the body is described; null for all others. */
  readonly headless: Headless | null;
}

/** What a checkpoint is, or an UnsupportedModelError that names everything that is not supported. */
export function describe(config: Config, weights: Weights): Described {
  const family = familyOf(config);
  const book = new WeightBook(weights, family.prefixes);
  const faults: ConfigFault[] = [];
  for (let rest = withOwnNames(config, family.aliases ?? {}); ; ) {
    const outcome = attempt(family, rest, book);
    if (!(outcome instanceof ConfigFault)) {
      if (faults.length > 0) throw allFaults(family.type, faults);
      return { ...outcome, book };
    }
    const known = faults.flatMap(({ keys }) => keys);
    if (!outcome.keys.some((key) => known.includes(key))) faults.push(outcome);
    const left = without(rest, outcome.keys);
    if (left === rest) throw allFaults(family.type, faults);
    rest = left;
  }
}

/** The description of a config, or its first fault. */
function attempt(family: Family, config: Config, book: WeightBook): Omit<Described, "book"> | ConfigFault {
  const reader = new ConfigReader(config, family.type);
  try {
    reader.checkClasses();
    const description = family.describe(reader, book);
    if (description.kind === "causal") reader.only("is_causal", true);
    checkHeads(reader, description);
    reader.finish(family.irrelevant);
    return { description, unused: reader.unused, headless: reader.headless };
  } catch (error) {
    if (error instanceof ConfigFault) return error;
    throw error;
  }
}

/** A config in the family's own names. */
function withOwnNames(config: Config, aliases: Readonly<Record<string, string>>): Config {
  const renamed = Object.entries(aliases).filter(([alias]) => (config[alias] ?? null) !== null);
  if (renamed.length === 0) return config;
  const own = renamed.map(([alias, key]) => [key, config[alias]]);
  const rest = Object.entries(config).filter(([key]) => !Object.hasOwn(aliases, key));
  return { ...Object.fromEntries(rest), ...Object.fromEntries(own) };
}

/** A config without some keys, so that what else is wrong with it is found; the same object where it has none of them. */
function without(config: Config, keys: readonly string[]): Config {
  const gone = new Set(keys.flatMap((key) => [key, key.split(".")[0]!]));
  const rest = Object.entries(config).filter(([key]) => !gone.has(key));
  return rest.length === Object.keys(config).length ? config : Object.fromEntries(rest);
}

/** Model types that people try and that have no attention heads, or not in every layer. */
const HEADLESS = /^((falcon_)?mamba2?|rwkv5?|xlstm|hyena|recurrent_gemma)$/;

/**
 * The family of a config; an UnsupportedModelError where headscope has none: code "headless" for those that have no
 * attention heads, else "unknown-type"; data {type}. Weights are not looked at.
 */
export function familyOf(config: Config): Family {
  const type = config.model_type;
  const family = type === undefined || type === null ? byClass(classOf(config)) : byType(type);
  if (family) return family;
  const known = FAMILIES.map((f) => f.type).join(", ");
  throw new UnsupportedModelError(`config.json has ${found(config)}; headscope runs ${known}.`, {
    code: HEADLESS.test(String(type)) ? "headless" : "unknown-type",
    data: { type: typeof type === "string" ? type : null },
  });
}

function byType(type: unknown): Family | undefined {
  return FAMILIES.find((family) => family.type === type);
}

/** Files before Transformers 3 name only the class: BertForMaskedLM is of the family bert. */
function byClass(className = ""): Family | undefined {
  const name = className.toLowerCase();
  return FAMILIES.find(({ type }) =>
    [type, type.replace(/_text$/, "")].some((t) => {
      const stem = t.replace(/[_-]/g, "");
      return name.startsWith(stem) && CLASS_ENDING.test(name.slice(stem.length));
    }),
  );
}

/** What follows the family's name in the name of a class, in lower case. */
const CLASS_ENDING = /^(text)?((mt|encoder|lmhead|withlmhead|doubleheads|pretrained)?model|for[a-z]+)$/;

function found({ model_type: type, architectures }: Config): string {
  if (typeof type === "string") return `model_type "${type}"`;
  const [name] = Array.isArray(architectures) ? architectures : [];
  if (typeof name !== "string") return 'no model_type; add the line, e.g. "model_type": "bert"';
  return `no model_type, and the class ${name} is of no family that headscope has`;
}
