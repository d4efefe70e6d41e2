// GPT-2 (Radford et al. 2019): pre-norm, learned positions, one fused [in, out] projection for q, k and v.

import type { Head, Layer, ModelDescription } from "../description.ts";
import {
  classesHead,
  conv1d,
  endIds,
  type Family,
  headFor,
  layerNorm,
  linear,
  outputMatrix,
  padId,
  wordsHead,
} from "./family.ts";

export const gpt2: Family = {
  type: "gpt2",
  prefixes: ["transformer."],
  irrelevant: `n_ctx reorder_and_upcast_attn summary_activation summary_first_dropout summary_proj_to_labels
    summary_type summary_use_proj`.split(/\s+/),
  describe(config, weights): ModelDescription {
    const hidden = config.count("n_embd", 768);
    const heads = config.count("n_head", 12);
    const layers = config.layers("n_layer", 12);
    const units = config.count("n_inner", 4 * hidden);
    const positions = config.count("n_positions", 1024);
    const vocab = config.count("vocab_size", 50257);
    const eps = config.number("layer_norm_epsilon", 1e-5);
    const activation = config.text("activation_function", "gelu_new");
    const scaled = config.flag("scale_attn_weights", true);
    const byLayer = config.flag("scale_attn_by_inverse_layer_idx", false);
    const headSize = Math.floor(hidden / heads);

    const layer = (index: number): Layer => {
      const name = `transformer.h.${index}`;
      return {
        attention: {
          pre: layerNorm(`${name}.ln_1`, hidden, eps),
          body: {
            heads,
            kvHeads: heads,
            headSize,
            project: {
              kind: "fused",
              qkv: conv1d(`${name}.attn.c_attn`, hidden, 3 * hidden),
              order: "blocks",
            },
            out: conv1d(`${name}.attn.c_proj`, hidden, hidden),
            scale: (scaled ? headSize ** -0.5 : 1) / (byLayer ? index + 1 : 1),
            causal: true,
          },
        },
        mlp: {
          pre: layerNorm(`${name}.ln_2`, hidden, eps),
          body: {
            kind: "plain",
            up: conv1d(`${name}.mlp.c_fc`, hidden, units),
            activation,
            down: conv1d(`${name}.mlp.c_proj`, units, hidden),
          },
        },
      };
    };
    const embedding = "transformer.wte.weight";
    const words = outputMatrix(
      config,
      weights,
      { own: "lm_head.weight", embedding, tied: true },
      hidden,
      vocab,
    );
    const classes = (from: Head["from"], name: string, bias: boolean) => () =>
      classesHead(from, config.labels, [{ linear: linear(name, hidden, config.labels, bias) }]);
    return {
      family: "gpt2",
      kind: "causal",
      vocab,
      maxTokens: positions,
      eos: endIds(config, 50256),
      stacks: [
        {
          stream: "text",
          block: "self",
          hidden,
          embedding: {
            kind: "tokens",
            tokens: { weight: embedding, rows: vocab, width: hidden },
            positions: {
              kind: "table",
              table: { weight: "transformer.wpe.weight", rows: positions, width: hidden },
              offset: 0,
            },
          },
          layers: Array.from({ length: layers }, (_, i) => layer(i)),
          finalNorm: layerNorm("transformer.ln_f", hidden, eps),
        },
      ],
      head: headFor(config, "GPT2LMHeadModel", {
        GPT2LMHeadModel: () => wordsHead(vocab, [{ linear: words }]),
        GPT2Model: () => null,
        GPT2ForSequenceClassification: () => ({
          ...classes("last", "score", false)(),
          padId: padId(config),
        }),
        GPT2ForTokenClassification: classes("tokens", "classifier", true),
        GPT2ForQuestionAnswering: () =>
          classesHead("tokens", 2, [{ linear: linear("qa_outputs", hidden, 2, true) }]),
      }),
    };
  },
};
