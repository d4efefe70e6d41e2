// The supported families by model_type, and from a config to a description.

import type { Config, Weights } from "../../checkpoint/index.ts";
import { ConfigReader } from "../config-reader.ts";
import type { ModelDescription } from "../description.ts";
import { UnsupportedModelError } from "../errors.ts";
import { WeightBook } from "../weight-book.ts";
import { albert } from "./albert.ts";
import { bart } from "./bart.ts";
import { bert } from "./bert.ts";
import { bloom } from "./bloom.ts";
import { distilbert } from "./distilbert.ts";
import { electra } from "./electra.ts";
import type { Family } from "./family.ts";
import { gemma2 } from "./gemma2.ts";
import { gemma3 } from "./gemma3.ts";
import { gptNeo } from "./gpt-neo.ts";
import { gptNeox } from "./gpt-neox.ts";
import { gptOss } from "./gpt-oss.ts";
import { gpt2 } from "./gpt2.ts";
import { gptj } from "./gptj.ts";
import { llama } from "./llama.ts";
import { marian } from "./marian.ts";
import { mistral } from "./mistral.ts";
import { modernbert } from "./modernbert.ts";
import { olmo2 } from "./olmo2.ts";
import { opt } from "./opt.ts";
import { phi } from "./phi.ts";
import { phi3 } from "./phi3.ts";
import { qwen2 } from "./qwen2.ts";
import { qwen3 } from "./qwen3.ts";
import { roberta } from "./roberta.ts";
import { smollm3 } from "./smollm3.ts";
import { t5 } from "./t5.ts";
import { vit } from "./vit.ts";

/** Every supported family. */
export const FAMILIES: readonly Family[] = [
  albert,
  bart,
  bert,
  bloom,
  distilbert,
  electra,
  gemma2,
  gemma3,
  gpt2,
  gptj,
  gptNeo,
  gptNeox,
  gptOss,
  llama,
  marian,
  mistral,
  modernbert,
  olmo2,
  opt,
  phi,
  phi3,
  qwen2,
  qwen3,
  roberta,
  smollm3,
  t5,
  vit,
];

/** What a checkpoint is, or an UnsupportedModelError that says what is not supported. */
export function describe(
  config: Config,
  weights: Weights,
): { description: ModelDescription; book: WeightBook } {
  const family = familyOf(config);
  const reader = new ConfigReader(config, family.type);
  const book = new WeightBook(weights, family.prefixes);
  const description = family.describe(reader, book);
  if (description.kind === "causal") reader.only("is_causal", true);
  reader.finish(family.irrelevant);
  return { description, book };
}

/** Model types that people try and that have no attention heads, or not in every layer. */
const HEADLESS = /^((falcon_)?mamba2?|rwkv5?|xlstm|hyena|recurrent_gemma)$/;

/**
 * The family of a config; an UnsupportedModelError where headscope has none: code "headless" for those that have no
 * attention heads, else "unknown-type"; data {type}. Weights are not looked at.
 */
export function familyOf(config: Config): Family {
  const type = config.model_type;
  const family = FAMILIES.find((f) => f.type === type);
  if (family) return family;
  const found = typeof type === "string" ? `model_type "${type}"` : "no model_type";
  const known = FAMILIES.map((f) => f.type).join(", ");
  throw new UnsupportedModelError(`config.json has ${found}; headscope runs ${known}.`, {
    code: HEADLESS.test(String(type)) ? "headless" : "unknown-type",
    data: { type: typeof type === "string" ? type : null },
  });
}
