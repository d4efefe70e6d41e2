// BLOOM (BigScience 2022): linear biases instead of positions (ALiBi, Press et al. 2022), a norm after the
// embedding, q, k, v of each head side by side in one matrix.

import type { Layer, ModelDescription } from "../description.ts";
import { decoderHead, endIds, type Family, layerNorm, linear, outputMatrix } from "./family.ts";

export const bloom: Family = {
  type: "bloom",
  prefixes: ["transformer."],
  irrelevant: `attention_softmax_in_fp32 bias_dropout_fusion masked_softmax_fusion n_inner offset_alibi
    seq_length skip_bias_add skip_bias_add_qkv unk_token_id`.split(/\s+/),
  describe(config, weights): ModelDescription {
    const hidden = config.count(["n_embed", "hidden_size"], 64);
    const heads = config.count(["n_head", "num_attention_heads"], 8);
    const layers = config.layers(["n_layer", "num_hidden_layers"], 2);
    const vocab = config.count("vocab_size", 250880);
    const eps = config.number("layer_norm_epsilon", 1e-5);
    const residual = config.flag("apply_residual_connection_post_layernorm", false) ? "normed" : "plain";
    const headSize = Math.floor(hidden / heads);
    const ranks = config.count("pretraining_tp", 1);
    if (config.flag("slow_but_exact", false) && ranks > 1)
      config.refuse("slow_but_exact", true, "the slices of other machines are not added up");
    const slopes = alibiSlopes(heads);

    const layer = (index: number): Layer => {
      const name = `transformer.h.${index}`;
      return {
        attention: {
          pre: layerNorm(`${name}.input_layernorm`, hidden, eps),
          residual,
          body: {
            heads,
            kvHeads: heads,
            headSize,
            project: {
              kind: "fused",
              qkv: linear(`${name}.self_attention.query_key_value`, hidden, 3 * hidden, true),
              order: "heads",
            },
            out: linear(`${name}.self_attention.dense`, hidden, hidden, true),
            scale: headSize ** -0.5,
            causal: true,
            bias: { kind: "alibi", slopes },
          },
        },
        mlp: {
          pre: layerNorm(`${name}.post_attention_layernorm`, hidden, eps),
          residual,
          body: {
            kind: "plain",
            up: linear(`${name}.mlp.dense_h_to_4h`, hidden, 4 * hidden, true),
            activation: "gelu_new",
            down: linear(`${name}.mlp.dense_4h_to_h`, 4 * hidden, hidden, true),
          },
        },
      };
    };
    const embedding = "transformer.word_embeddings.weight";
    const names = { own: "lm_head.weight", embedding, tied: true };
    const words = outputMatrix(config, weights, names, hidden, vocab);
    return {
      family: "bloom",
      kind: "causal",
      vocab,
      maxTokens: null,
      eos: endIds(config, 2),
      stacks: [
        {
          stream: "text",
          block: "self",
          hidden,
          embedding: {
            kind: "tokens",
            tokens: { weight: embedding, rows: vocab, width: hidden },
            norm: layerNorm("transformer.word_embeddings_layernorm", hidden, eps),
          },
          layers: Array.from({ length: layers }, (_, i) => layer(i)),
          finalNorm: layerNorm("transformer.ln_f", hidden, eps),
        },
      ],
      head: decoderHead(config, "Bloom", { hidden, vocab }, [{ linear: words }]),
    };
  },
};

/** A geometric series for a power of two of heads; the heads beyond it take every other term of the next finer one. */
function alibiSlopes(heads: number): number[] {
  const power = 2 ** Math.floor(Math.log2(heads));
  const series = (of: number) => Math.fround(2 ** -(8 / of));
  const terms = (base: number, exponents: number[]) => exponents.map((e) => Math.fround(base ** e));
  const first = Array.from({ length: power }, (_, i) => i + 1);
  const rest = Array.from({ length: heads - power }, (_, i) => 2 * i + 1);
  return [...terms(series(power), first), ...terms(series(2 * power), rest)];
}
