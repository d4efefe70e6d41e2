// Keys that config.json of well-known published models has beyond the config class of today's Transformers:
// none of them may keep a model from opening, and what does change numbers has to be said. The configs are abridged and
// written from memory, not copied from the published files: they stand for the kinds of keys met, not for those files.

import { expect, describe as group, it } from "vitest";
import type { Config } from "../checkpoint/index.ts";
import { describe } from "./architectures/index.ts";

const PUBLISHED: Readonly<Record<string, Config>> = {
  "EleutherAI/gpt-neo-125m": {
    model_type: "gpt_neo",
    num_layers: 2,
    attention_types: [[["global", "local"], 1]],
    attention_layers: ["global", "local"],
    summary_type: "cls_index",
    summary_use_proj: true,
    summary_first_dropout: 0.1,
  },
  "EleutherAI/gpt-j-6b": {
    model_type: "gptj",
    rotary: true,
    rotary_dim: 64,
    scale_attn_weights: true,
    task_specific_params: { "text-generation": { do_sample: true } },
  },
  "EleutherAI/gpt-neox-20b": {
    model_type: "gpt_neox",
    hidden_act: "gelu_fast",
    rotary_emb_base: 10000,
    rotary_pct: 0.25,
    attention_probs_dropout_prob: 0,
    hidden_dropout_prob: 0,
  },
  "a GPT-NeoX saved by Transformers 4.50": {
    model_type: "gpt_neox",
    rotary_emb_base: 20000,
    rope_theta: 20000,
    rotary_pct: 0.5,
    partial_rotary_factor: 0.5,
    rope_scaling: null,
  },
  "facebook/opt-350m": {
    model_type: "opt",
    activation_dropout: 0,
    do_layer_norm_before: false,
    hidden_size: 1024,
    num_attention_heads: 16,
    word_embed_proj_dim: 512,
    prefix: "</s>",
    layerdrop: 0,
  },
  "bigscience/bloom-560m": {
    model_type: "bloom",
    attention_softmax_in_fp32: true,
    bias_dropout_fusion: true,
    masked_softmax_fusion: true,
    n_embed: 1024,
    n_inner: null,
    num_attention_heads: 16,
    offset_alibi: 100,
    seq_length: 2048,
    skip_bias_add: true,
    unk_token_id: 0,
  },
  "mistralai/Mistral-7B-v0.2": { model_type: "mistral", sliding_window: null, rope_theta: 1000000 },
  "Qwen/Qwen2.5-0.5B": {
    model_type: "qwen2",
    use_mrope: false,
    use_sliding_window: false,
    sliding_window: 32768,
    max_window_layers: 24,
  },
  "google/gemma-2-2b": {
    model_type: "gemma2",
    cache_implementation: "hybrid",
    hidden_act: "gelu_pytorch_tanh",
    sliding_window_size: 4096,
  },
  "google/gemma-3-1b-it": {
    model_type: "gemma3_text",
    cache_implementation: "hybrid",
    eos_token_id: [1, 106],
    rope_local_base_freq: 10000,
    rope_scaling: null,
    rope_theta: 1000000,
    sliding_window_pattern: 6,
  },
  "microsoft/phi-2": {
    model_type: "phi",
    hidden_size: 2560,
    partial_rotary_factor: 0.4,
    rope_scaling: null,
    resid_pdrop: 0.1,
  },
  "microsoft/Phi-4-mini-instruct": {
    model_type: "phi3",
    attention_bias: false,
    full_attn_mod: 1,
    interpolate_factor: 1,
    lm_head_bias: false,
    mlp_bias: false,
    partial_rotary_factor: 0.75,
    num_attention_heads: 24,
    original_max_position_embeddings: 4096,
    rope_scaling: { type: "longrope", short_factor: Array(48).fill(1), long_factor: Array(48).fill(2) },
    sliding_window: 262144,
  },
  "HuggingFaceTB/SmolLM3-3B": {
    model_type: "smollm3",
    max_window_layers: 28,
    pretraining_tp: 2,
    rope_theta: 5000000,
  },
  "gpt-oss-20b, saved in half precision": {
    model_type: "gpt_oss",
    experts_per_token: 4,
    initial_context_length: 4096,
    router_aux_loss_coef: 0.9,
    rope_scaling: { rope_type: "yarn", factor: 32, original_max_position_embeddings: 4096, truncate: false },
  },
};

const open = (config: Config) => () => describe(config, new Map()).description;

group("published configs", () => {
  it.each(Object.entries(PUBLISHED))("%s is accepted", (_, config) => {
    expect(open(config)).not.toThrow();
  });

  it.each<[string, Config, string]>([
    [
      "gpt-oss as published",
      { model_type: "gpt_oss", quantization_config: { quant_method: "mxfp4" } },
      "quantised",
    ],
    ["a bidirectional decoder", { model_type: "mistral", is_causal: false }, "is_causal"],
    [
      "a bidirectional Gemma",
      { model_type: "gemma3_text", use_bidirectional_attention: true },
      "bidirectional",
    ],
    ["GPT-J without rotary_dim", { model_type: "gptj", rotary_dim: null }, "rotary_dim"],
    ["Phi-3 with YaRN", { model_type: "phi3", rope_scaling: { type: "yarn", factor: 4 } }, "rope_type"],
    ["BLOOM in slices", { model_type: "bloom", pretraining_tp: 4, slow_but_exact: true }, "slow_but_exact"],
    [
      "GPT-NeoX that disagrees with itself",
      { model_type: "gpt_neox", rotary_emb_base: 5, rope_theta: 6 },
      "theta",
    ],
    [
      "a repetition beyond all layers",
      { model_type: "gpt_neo", attention_types: [[["global"], 1e9]] },
      "attention_types",
    ],
    [
      "longrope lists of another length",
      { model_type: "phi3", rope_scaling: { type: "longrope", short_factor: [1], long_factor: [1] } },
      "long_factor",
    ],
  ])("%s is refused by key", (_, config, key) => {
    expect(open(config)).toThrow(key);
  });
});
