// What Gemma 2 and 3 share (Gemma team 2024, 2025): norms of 1 + weight before and after each branch, scaled
// embeddings, a scale of their own, every n-th layer without a window.

import type { ConfigReader } from "../../config-reader.ts";
import type { Layer } from "../../description.ts";
import { rmsNorm } from "../family.ts";
import type { DecoderParts } from "./decoder.ts";
import type { LlamaSizes } from "./llama-like.ts";

/** Sizes that both have by default. */
export const GEMMA = {
  hidden: 2304,
  heads: 8,
  kvHeads: 4,
  headSize: 256,
  layers: 26,
  units: 9216,
  eps: 1e-6,
  activation: "gelu_pytorch_tanh",
};
export const GEMMA_KEYS = { activation: "hidden_activation" };

/** Logits become cap · tanh(logit / cap) where the config has a cap. */
export function logitCap(config: ConfigReader, otherwise?: number): NonNullable<DecoderParts["steps"]> {
  const softcap = config.optional("final_logit_softcapping", otherwise);
  return softcap ? { after: [{ softcap }] } : {};
}

/** The layer with a norm before and after each branch. */
export function sandwiched({ attention, mlp }: Layer, { hidden, eps }: LlamaSizes, name: string): Layer {
  const norm = (part: string) => rmsNorm(`${name}.${part}_layernorm`, hidden, eps, true);
  return {
    attention: { body: attention.body, pre: norm("input"), post: norm("post_attention") },
    mlp: { body: mlp.body, pre: norm("pre_feedforward"), post: norm("post_feedforward") },
  };
}
