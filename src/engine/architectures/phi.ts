// Phi 1, 1.5 and 2 (Gunasekar et al. 2023): attention and mlp side by side after one norm, rotary positions on a
// part of each head, biases everywhere.

import type { Layer, ModelDescription } from "../description.ts";
import { readRotary } from "../rotary.ts";
import { decoderHead, endIds, type Family, layerNorm, linear, outputMatrix } from "./family.ts";

export const phi: Family = {
  type: "phi",
  prefixes: ["model."],
  irrelevant: [],
  describe(config, weights): ModelDescription {
    const hidden = config.count("hidden_size", 2048);
    const heads = config.count("num_attention_heads", 32);
    const kvHeads = config.count("num_key_value_heads", heads);
    const layers = config.layers("num_hidden_layers", 24);
    const units = config.count("intermediate_size", 8192);
    const positions = config.count("max_position_embeddings", 2048);
    const vocab = config.count("vocab_size", 51200);
    const eps = config.number("layer_norm_eps", 1e-5);
    const activation = config.text("hidden_act", "gelu_new");
    const normed = config.flag("qk_layernorm", false);
    const headSize = Math.floor(hidden / heads);
    const rotary = readRotary(config, headSize, { maxPositions: positions, fraction: 0.5 });

    const layer = (index: number): Layer => {
      const name = `model.layers.${index}`;
      const project = (part: string, out: number) =>
        linear(`${name}.self_attn.${part}`, hidden, out * headSize, true);
      const headNorm = (part: string) => layerNorm(`${name}.self_attn.${part}_layernorm`, headSize, eps);
      return {
        parallel: "shared-norm",
        attention: {
          pre: layerNorm(`${name}.input_layernorm`, hidden, eps),
          body: {
            heads,
            kvHeads,
            headSize,
            project: {
              kind: "separate",
              q: project("q_proj", heads),
              k: project("k_proj", kvHeads),
              v: project("v_proj", kvHeads),
            },
            out: linear(`${name}.self_attn.dense`, heads * headSize, hidden, true),
            scale: headSize ** -0.5,
            causal: true,
            rotary,
            qkNorm: normed ? { q: headNorm("q"), k: headNorm("k"), over: "head" } : null,
          },
        },
        mlp: {
          body: {
            kind: "plain",
            up: linear(`${name}.mlp.fc1`, hidden, units, true),
            activation,
            down: linear(`${name}.mlp.fc2`, units, hidden, true),
          },
        },
      };
    };
    const embedding = "model.embed_tokens.weight";
    const names = { own: "lm_head.weight", embedding, tied: false };
    const words = { ...outputMatrix(config, weights, names, hidden, vocab), bias: "lm_head.bias" };
    return {
      family: "phi",
      kind: "causal",
      vocab,
      maxTokens: positions,
      eos: endIds(config, 2),
      stacks: [
        {
          stream: "text",
          block: "self",
          hidden,
          embedding: { kind: "tokens", tokens: { weight: embedding, rows: vocab, width: hidden } },
          layers: Array.from({ length: layers }, (_, i) => layer(i)),
          finalNorm: layerNorm("model.final_layernorm", hidden, eps),
        },
      ],
      head: decoderHead(config, "Phi", { hidden, vocab }, [{ linear: words }], { tokens: "score" }),
    };
  },
};
