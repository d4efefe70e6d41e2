// What mixtures of experts share: how many there are, which layers have them.

import type { ConfigReader } from "../../config-reader.ts";
import type { Layer, Mlp } from "../../description.ts";

/** Number of experts, their indices, and how many a token passes. */
export function expertCounts(
  config: ConfigReader,
  key: string,
  defaults: { readonly experts: number; readonly used: number },
) {
  const experts = config.layers(key, defaults.experts);
  const used = config.count("num_experts_per_tok", defaults.used);
  if (used > experts) config.refuse("num_experts_per_tok", used, `there are ${experts} experts`);
  return { experts, used, names: Array.from({ length: experts }, (_, i) => i) };
}

/** Whether a layer has experts: it is not listed, and its number from 1 is a multiple of the step (Qwen). */
export function expertLayers(config: ConfigReader): (index: number) => boolean {
  const step = config.count("decoder_sparse_step", 1);
  const listed = config.list("mlp_only_layers") ?? [];
  const wrong = listed.find((index) => !Number.isInteger(index));
  if (wrong !== undefined) config.refuse("mlp_only_layers", wrong, "expected numbers of layers");
  return (index) => !listed.includes(index) && (index + 1) % step === 0;
}

/** The layer with another mlp. */
export function withMlp(layer: Layer, body: Mlp): Layer {
  return { ...layer, mlp: { ...layer.mlp, body } };
}
