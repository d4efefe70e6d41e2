// gpt-oss (OpenAI 2025): Llama's frame with a learned sink per head, windows in every other layer, biases, and
// routed experts. Its published files are quantised (mxfp4) and have to be saved in half precision first.

import type { ConfigReader } from "../../config-reader.ts";
import type { Mlp } from "../../description.ts";
import { readRotary } from "../../rotary.ts";
import { type Family, linear, slidingWindow, windowsByLayer, withAttention } from "../family.ts";
import { type LlamaSizes, llamaLike, llamaSizes } from "./llama-like.ts";

export const gptOss: Family = {
  type: "gpt_oss",
  prefixes: ["model."],
  irrelevant: `experts_per_token hidden_act initial_context_length output_router_logits
    router_aux_loss_coef`.split(/\s+/),
  aliases: { num_experts: "num_local_experts" },
  describe(config, weights) {
    const sizes = llamaSizes(config, {
      hidden: 2880,
      heads: 64,
      kvHeads: 8,
      headSize: 64,
      layers: 36,
      units: 2880,
      positions: 131072,
      vocab: 201088,
      eps: 1e-5,
      activation: "silu",
    });
    const window = slidingWindow(config, 128);
    const windows = windowsByLayer(config, sizes.layers, window, (i) => i % 2 === 0);
    const bias = config.flag("attention_bias", true);
    const experts = expertsOf(config, sizes);
    return llamaLike(config, weights, {
      family: "gpt_oss",
      className: "GptOss",
      sizes,
      tied: false,
      rotary: readRotary(config, sizes.headSize, {
        maxPositions: sizes.positions,
        theta: 150_000,
        defaults: YARN,
      }),
      biases: { qkv: bias, out: bias },
      adjust: (layer, i, name) => ({
        ...withAttention(layer, { window: windows[i]!, sinks: `${name}.self_attn.sinks` }),
        mlp: { ...layer.mlp, body: experts(`${name}.mlp`) },
      }),
    });
  },
};

/** What Transformers takes where the config has no rotary settings. */
const YARN = {
  rope_type: "yarn",
  factor: 32,
  beta_fast: 32,
  beta_slow: 1,
  truncate: false,
  original_max_position_embeddings: 4096,
};

function expertsOf(config: ConfigReader, { hidden, units }: LlamaSizes): (name: string) => Mlp {
  const experts = config.count("num_local_experts", 128);
  const used = config.count("num_experts_per_tok", 4);
  if (used > experts) config.refuse("num_experts_per_tok", used, `there are ${experts} experts`);
  const alpha = config.number("swiglu_alpha", 1.702);
  const limit = config.number("swiglu_limit", 7);
  return (name) => ({
    kind: "experts",
    router: linear(`${name}.router`, hidden, experts, true),
    experts,
    used,
    hidden,
    units,
    gateUp: `${name}.experts.gate_up_proj`,
    gateUpBias: `${name}.experts.gate_up_proj_bias`,
    down: `${name}.experts.down_proj`,
    downBias: `${name}.experts.down_proj_bias`,
    alpha,
    limit,
  });
}
