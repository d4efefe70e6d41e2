// Llama (Touvron et al. 2023): root-mean-square pre-norms, rotary positions, grouped keys, gated mlp.

import type { Head, Layer, ModelDescription } from "../description.ts";
import { readRotary } from "../rotary.ts";
import { classesHead, type Family, headFor, linear, outputMatrix, rmsNorm, wordsHead } from "./family.ts";

export const llama: Family = {
  type: "llama",
  prefixes: ["model."],
  irrelevant: ["pretraining_tp", "is_llama_config", "rope_interleaved"],
  describe(config, weights): ModelDescription {
    const hidden = config.count("hidden_size", 4096);
    const heads = config.count("num_attention_heads", 32);
    const kvHeads = config.count("num_key_value_heads", heads);
    const headSize = config.count("head_dim", Math.floor(hidden / heads));
    const layers = config.count("num_hidden_layers", 32);
    const units = config.count("intermediate_size", 11008);
    const positions = config.count("max_position_embeddings", 2048);
    const vocab = config.count("vocab_size", 32000);
    const eps = config.number("rms_norm_eps", 1e-6);
    const activation = config.text("hidden_act", "silu");
    const bias = config.flag("attention_bias", false);
    const mlpBias = config.flag("mlp_bias", false);
    const rotary = readRotary(config, headSize, { maxPositions: positions });

    const layer = (index: number): Layer => {
      const name = `model.layers.${index}`;
      const project = (part: string, out: number) =>
        linear(`${name}.self_attn.${part}_proj`, hidden, out, bias);
      return {
        attention: {
          pre: rmsNorm(`${name}.input_layernorm`, hidden, eps),
          body: {
            heads,
            kvHeads,
            headSize,
            project: {
              kind: "separate",
              q: project("q", heads * headSize),
              k: project("k", kvHeads * headSize),
              v: project("v", kvHeads * headSize),
            },
            out: linear(`${name}.self_attn.o_proj`, heads * headSize, hidden, bias),
            scale: headSize ** -0.5,
            causal: true,
            rotary,
          },
        },
        mlp: {
          pre: rmsNorm(`${name}.post_attention_layernorm`, hidden, eps),
          body: {
            kind: "gated",
            gate: linear(`${name}.mlp.gate_proj`, hidden, units, mlpBias),
            up: linear(`${name}.mlp.up_proj`, hidden, units, mlpBias),
            activation,
            down: linear(`${name}.mlp.down_proj`, units, hidden, mlpBias),
          },
        },
      };
    };
    const embedding = "model.embed_tokens.weight";
    const words = outputMatrix(
      config,
      weights,
      { own: "lm_head.weight", embedding, tied: false },
      hidden,
      vocab,
    );
    const classes = (from: Head["from"], withBias: boolean) => () =>
      classesHead(from, config.labels, [{ linear: linear("score", hidden, config.labels, withBias) }]);
    return {
      family: "llama",
      kind: "causal",
      vocab,
      maxTokens: positions,
      eos: config.eos,
      stacks: [
        {
          stream: "text",
          block: "self",
          hidden,
          embedding: { kind: "tokens", tokens: { weight: embedding, rows: vocab, width: hidden } },
          layers: Array.from({ length: layers }, (_, i) => layer(i)),
          finalNorm: rmsNorm("model.norm", hidden, eps),
        },
      ],
      head: headFor(config, "LlamaForCausalLM", {
        LlamaForCausalLM: () => wordsHead(vocab, [{ linear: words }]),
        LlamaModel: () => null,
        LlamaForSequenceClassification: classes("last", false),
        LlamaForTokenClassification: classes("tokens", true),
      }),
    };
  },
};
