// GPT-NeoX and Pythia (Black et al. 2022): q, k, v of each head side by side in one matrix, rotary positions on a
// part of each head, attention and mlp side by side with a norm each.

import type { ConfigReader } from "../config-reader.ts";
import type { Layer, ModelDescription, Rotary } from "../description.ts";
import { readRotary } from "../rotary.ts";
import { decoderHead, endIds, type Family, layerNorm, linear, outputMatrix } from "./family.ts";

export const gptNeox: Family = {
  type: "gpt_neox",
  prefixes: ["gpt_neox."],
  irrelevant: ["is_decoder"],
  describe(config, weights): ModelDescription {
    const hidden = config.count("hidden_size", 6144);
    const heads = config.count("num_attention_heads", 64);
    const layers = config.layers("num_hidden_layers", 44);
    const units = config.count("intermediate_size", 24576);
    const positions = config.count("max_position_embeddings", 2048);
    const vocab = config.count("vocab_size", 50432);
    const eps = config.number("layer_norm_eps", 1e-5);
    const activation = config.text("hidden_act", "gelu");
    const parallel = config.flag("use_parallel_residual", true);
    const bias = config.flag("attention_bias", true);
    const headSize = Math.floor(hidden / heads);
    const rotary = rotaryOfHead(config, headSize, positions);

    const layer = (index: number): Layer => {
      const name = `gpt_neox.layers.${index}`;
      return {
        ...(parallel && { parallel: "own-norms" }),
        attention: {
          pre: layerNorm(`${name}.input_layernorm`, hidden, eps),
          body: {
            heads,
            kvHeads: heads,
            headSize,
            project: {
              kind: "fused",
              qkv: linear(`${name}.attention.query_key_value`, hidden, 3 * hidden, bias),
              order: "heads",
            },
            out: linear(`${name}.attention.dense`, hidden, hidden, bias),
            scale: headSize ** -0.5,
            causal: true,
            rotary,
          },
        },
        mlp: {
          pre: layerNorm(`${name}.post_attention_layernorm`, hidden, eps),
          body: {
            kind: "plain",
            up: linear(`${name}.mlp.dense_h_to_4h`, hidden, units, true),
            activation,
            down: linear(`${name}.mlp.dense_4h_to_h`, units, hidden, true),
          },
        },
      };
    };
    const embedding = "gpt_neox.embed_in.weight";
    const own = weights.first("embed_out.weight", "lm_head.weight");
    const words = outputMatrix(config, weights, { own, embedding, tied: false }, hidden, vocab);
    return {
      family: "gpt_neox",
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
          finalNorm: layerNorm("gpt_neox.final_layer_norm", hidden, eps),
        },
      ],
      head: decoderHead(config, "GPTNeoX", { hidden, vocab }, [{ linear: words }]),
    };
  },
};

/** Transformers reads the older keys; copies of them under the newer names must agree. */
function rotaryOfHead(config: ConfigReader, headSize: number, maxPositions: number): Rotary {
  const keys = { theta: "rotary_emb_base", fraction: "rotary_pct" };
  const rotary = readRotary(config, headSize, { maxPositions, fraction: 0.25, keys });
  config.only("rope_theta", rotary.theta);
  const fraction = config.optional("partial_rotary_factor");
  if (fraction !== null && Math.trunc(headSize * fraction) !== rotary.size)
    config.refuse("partial_rotary_factor", fraction, "rotary_pct or rope_parameters say otherwise");
  return rotary;
}
