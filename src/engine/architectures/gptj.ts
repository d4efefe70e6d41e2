// GPT-J (Wang and Komatsuzaki 2021): attention and mlp side by side after one norm, rotary positions on
// neighbouring pairs, no biases in attention.

import type { ConfigReader } from "../config-reader.ts";
import type { Layer, ModelDescription, Rotary } from "../description.ts";
import { decoderHead, endIds, type Family, layerNorm, linear, outputMatrix } from "./family.ts";

export const gptj: Family = {
  type: "gptj",
  prefixes: ["transformer."],
  irrelevant: `rotary scale_attn_weights summary_activation summary_first_dropout summary_proj_to_labels
    summary_type summary_use_proj`.split(/\s+/),
  describe(config, weights): ModelDescription {
    const hidden = config.count(["n_embd", "hidden_size"], 4096);
    const heads = config.count(["n_head", "num_attention_heads"], 16);
    const layers = config.layers(["n_layer", "num_hidden_layers"], 28);
    const units = config.count("n_inner", 4 * hidden);
    const positions = config.count(["n_positions", "max_position_embeddings"], 2048);
    const vocab = config.count("vocab_size", 50400);
    const eps = config.number("layer_norm_epsilon", 1e-5);
    const activation = config.text("activation_function", "gelu_new");
    const headSize = Math.floor(hidden / heads);
    const rotary = rotaryOfHead(config, headSize);

    const layer = (index: number): Layer => {
      const name = `transformer.h.${index}`;
      const project = (part: string) => linear(`${name}.attn.${part}`, hidden, hidden, false);
      return {
        parallel: "shared-norm",
        attention: {
          pre: layerNorm(`${name}.ln_1`, hidden, eps),
          body: {
            heads,
            kvHeads: heads,
            headSize,
            project: { kind: "separate", q: project("q_proj"), k: project("k_proj"), v: project("v_proj") },
            out: project("out_proj"),
            scale: headSize ** -0.5,
            causal: true,
            rotary,
          },
        },
        mlp: {
          body: {
            kind: "plain",
            up: linear(`${name}.mlp.fc_in`, hidden, units, true),
            activation,
            down: linear(`${name}.mlp.fc_out`, units, hidden, true),
          },
        },
      };
    };
    const embedding = "transformer.wte.weight";
    const names = { own: "lm_head.weight", embedding, tied: false };
    const words = { ...outputMatrix(config, weights, names, hidden, vocab), bias: "lm_head.bias" };
    return {
      family: "gptj",
      kind: "causal",
      vocab,
      maxTokens: positions,
      eos: endIds(config, 50256),
      stacks: [
        {
          stream: "text",
          block: "self",
          hidden,
          embedding: { kind: "tokens", tokens: { weight: embedding, rows: vocab, width: hidden } },
          layers: Array.from({ length: layers }, (_, i) => layer(i)),
          finalNorm: layerNorm("transformer.ln_f", hidden, eps),
        },
      ],
      head: decoderHead(config, "GPTJ", { hidden, vocab }, [{ linear: words }]),
    };
  },
};

function rotaryOfHead(config: ConfigReader, headSize: number): Rotary {
  if (config.isNull("rotary_dim")) config.refuse("rotary_dim", null, "expected a number");
  const size = config.count("rotary_dim", 64);
  if (size % 2 || size > headSize)
    config.refuse("rotary_dim", size, `expected an even number of at most ${headSize}`);
  return { size, theta: 10000, interleaved: true, scaling: { type: "default" } };
}
