// Keys of well-known published encoders, encoder-decoders and image models beyond today's config classes: none of
// them may keep a model from opening. Abridged and written from memory, not copied from the published files.

import { expect, describe as group, it } from "vitest";
import type { Config } from "../checkpoint/index.ts";
import { describe } from "./architectures/index.ts";

/** What BART and Marian wrote in the first versions. */
const EARLY = {
  _num_labels: 3,
  add_bias_logits: false,
  add_final_layer_norm: false,
  classif_dropout: 0,
  num_hidden_layers: 6,
  encoder_layers: 6,
  decoder_layers: 6,
  normalize_before: false,
  static_position_embeddings: false,
  task_specific_params: { summarization: { num_beams: 4 } },
};

const PUBLISHED: Readonly<Record<string, Config>> = {
  "FacebookAI/roberta-base": {
    model_type: "roberta",
    layer_norm_eps: 1e-5,
    max_position_embeddings: 514,
    type_vocab_size: 1,
  },
  "distilbert/distilbert-base-uncased": {
    model_type: "distilbert",
    sinusoidal_pos_embds: false,
    tie_weights_: true,
    qa_dropout: 0.1,
    seq_classif_dropout: 0.2,
  },
  "albert/albert-base-v2": {
    model_type: "albert",
    down_scale_factor: 1,
    gap_size: 0,
    hidden_size: 768,
    inner_group_num: 1,
    net_structure_type: 0,
    num_attention_heads: 12,
    num_hidden_groups: 1,
    num_memory_blocks: 0,
    position_embedding_type: "absolute",
  },
  "google/electra-small-discriminator": {
    architectures: ["ElectraForPreTraining"],
    model_type: "electra",
    position_embedding_type: "absolute",
    summary_activation: "gelu",
    summary_last_dropout: 0.1,
    summary_type: "first",
    summary_use_proj: true,
  },
  "answerdotai/ModernBERT-base": {
    architectures: ["ModernBertForMaskedLM"],
    model_type: "modernbert",
    classifier_pooling: "mean",
    global_attn_every_n_layers: 3,
    global_rope_theta: 160000,
    local_rope_theta: 10000,
    layer_norm_eps: 1e-5,
    position_embedding_type: "absolute",
    gradient_checkpointing: false,
    repad_logits_with_grad: false,
    reference_compile: true,
  },
  "google-t5/t5-small": {
    model_type: "t5",
    n_positions: 512,
    output_past: true,
    num_layers: 6,
    task_specific_params: { summarization: { prefix: "summarize: " } },
  },
  "google/flan-t5-base": {
    model_type: "t5",
    d_ff: 2048,
    d_model: 768,
    feed_forward_proj: "gated-gelu",
    is_gated_act: true,
    dense_act_fn: "gelu_new",
    num_decoder_layers: 12,
    num_heads: 12,
    num_layers: 12,
    n_positions: 512,
    tie_word_embeddings: false,
  },
  "facebook/bart-large-cnn": {
    ...EARLY,
    model_type: "bart",
    force_bos_token_to_be_generated: true,
    normalize_embedding: true,
    extra_pos_embeddings: 2,
    save_step: 23,
  },
  "Helsinki-NLP/opus-mt-en-de": {
    ...EARLY,
    model_type: "marian",
    activation_function: "swish",
    d_model: 512,
    bad_words_ids: [[58100]],
    decoder_vocab_size: 58101,
    vocab_size: 58101,
    extra_pos_embeddings: 58101,
    normalize_embedding: false,
    share_encoder_decoder_embeddings: true,
    static_position_embeddings: true,
  },
  "google/vit-base-patch16-224": {
    architectures: ["ViTForImageClassification"],
    model_type: "vit",
    image_size: 224,
    encoder_stride: 16,
    qkv_bias: true,
  },
};

group("published configs", () => {
  it.each(Object.entries(PUBLISHED))("%s opens", (_, config) => {
    const { description } = describe(config, new Map());
    expect(description.family).toBe(config.model_type);
  });

  it("keep what they say about sizes", () => {
    const { description } = describe(PUBLISHED["FacebookAI/roberta-base"]!, new Map());
    expect(description.maxTokens).toBe(512);
    const flan = describe(PUBLISHED["google/flan-t5-base"]!, new Map()).description;
    expect(flan.head!.steps).toEqual([{ linear: { weight: "lm_head.weight", in: 768, out: 32128 } }]);
    expect(flan.stacks.map((stack) => stack.layers[0]!.mlp.body)).toMatchObject([
      { kind: "gated", activation: "gelu_new" },
      { kind: "gated", activation: "gelu_new" },
    ]);
  });
});

group("what cannot be reproduced", () => {
  it.each([
    ["share_encoder_decoder_embeddings", { model_type: "marian", share_encoder_decoder_embeddings: false }],
    ["decoder_vocab_size", { model_type: "marian", vocab_size: 100, decoder_vocab_size: 90 }],
    ["feed_forward_proj", { model_type: "t5", feed_forward_proj: "gated-gelu-new" }],
    ["position_embedding_type", { model_type: "roberta", position_embedding_type: "relative_key" }],
    ["is_decoder", { model_type: "roberta", is_decoder: true }],
    ["patch_size", { model_type: "vit", patch_size: 15 }],
    ["image_size", { model_type: "vit", image_size: [224] }],
    ["classifier_pooling", { model_type: "modernbert", classifier_pooling: "max" }],
    ["num_hidden_layers", { model_type: "bert", num_hidden_layers: 1e9 }],
    ["inner_group_num", { model_type: "albert", num_hidden_layers: 1000, inner_group_num: 1000 }],
    ["relative_attention_max_distance", { model_type: "t5", relative_attention_max_distance: 16 }],
    ["relative_attention_num_buckets", { model_type: "t5", relative_attention_num_buckets: 3 }],
    ["num_hidden_groups", { model_type: "albert", num_hidden_groups: 13 }],
  ])("is refused by name: %s", (name, config) => {
    expect(() => describe(config, new Map())).toThrow(name);
  });
});
