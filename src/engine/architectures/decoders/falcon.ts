// Falcon (Almazrouei et al. 2023) in its three layouts: one key/value head (7B), groups of heads (40B and later), and
// ALiBi with a key for each head (RW). Attention and mlp stand side by side, except in some of the last.

import { roundToBfloat } from "../../../tensor/index.ts";
import type { ConfigReader } from "../../config-reader.ts";
import type { Attention, Layer } from "../../description.ts";
import { readRotary } from "../../rotary.ts";
import { type Family, layerNorm, linear } from "../family.ts";
import { causalAttention, normed, plainMlp } from "../parts.ts";
import { alibiSlopes } from "./alibi.ts";
import { type DecoderSizes, decoderSizes, decoderStack, LLAMA_KEYS } from "./decoder.ts";

const DEFAULTS = {
  hidden: 4544,
  heads: 71,
  layers: 32,
  positions: 2048,
  vocab: 65024,
  eps: 1e-5,
  activation: "gelu",
};
const KEYS = {
  ...LLAMA_KEYS,
  hidden: ["n_embed", "hidden_size"],
  heads: "num_attention_heads",
  layers: "num_hidden_layers",
  kvHeads: null,
  headSize: null,
  units: "ffn_hidden_size",
  eps: "layer_norm_epsilon",
  activation: "activation",
} as const;

export const falcon: Family = {
  type: "falcon",
  prefixes: ["transformer."],
  irrelevant: ["hidden_dropout", "apply_residual_connection_post_layernorm"],
  describe(config, weights) {
    const layout = layoutOf(config);
    const sizes = sizesOf(config, layout.grouped);
    const { hidden, eps } = sizes;
    const { facts, positions } = placesOf(config, sizes);
    return decoderStack(config, weights, {
      family: "falcon",
      className: "Falcon",
      sizes,
      positions,
      eos: 11,
      tied: true,
      tokens: "transformer.word_embeddings",
      layer: (i) => layerOf(sizes, `transformer.h.${i}`, layout, facts),
      finalNorm: layerNorm("transformer.ln_f", hidden, eps),
    });
  },
};

interface Layout {
  /** Groups of heads with a key each; else one key for all heads, or one for each. */
  readonly grouped: boolean;
  /** Norms before the branches: one for both, one for each, or one after the other. */
  readonly norms: "shared" | "own" | "sequential";
  readonly bias: boolean;
}

function layoutOf(config: ConfigReader): Layout {
  const grouped = config.flag("new_decoder_architecture", false);
  const parallel = config.flag("parallel_attn", true);
  const count = config.count("num_ln_in_parallel_attn", grouped ? 2 : 1);
  if (grouped && !parallel)
    config.refuse("parallel_attn", false, "new_decoder_architecture runs only with parallel_attn");
  if (count > (grouped ? 2 : 1))
    config.refuse("num_ln_in_parallel_attn", count, "only 1, or 2 with new_decoder_architecture, runs");
  const norms = parallel ? (count === 2 ? "own" : "shared") : "sequential";
  return { grouped, norms, bias: config.flag("bias", false) };
}

function sizesOf(config: ConfigReader, grouped: boolean): DecoderSizes {
  const sizes = decoderSizes(config, DEFAULTS, KEYS);
  const stated = config.count("num_kv_heads", sizes.heads);
  const single = config.flag("multi_query", true) && !grouped;
  return { ...sizes, kvHeads: single ? 1 : stated };
}

/** Rotary positions, or ALiBi in bfloat16, which is added before the scores are scaled. */
function placesOf(
  config: ConfigReader,
  { heads, headSize, positions }: DecoderSizes,
): { facts: Partial<Attention>; positions: number | null } {
  const rotary = readRotary(config, headSize, { maxPositions: positions });
  if (!config.flag("alibi", false)) return { facts: { rotary }, positions };
  const slopes = alibiSlopes(heads).map(roundToBfloat);
  const bias = { kind: "alibi", slopes, rounding: "bf16", times: headSize ** -0.5 } as const;
  return { facts: { bias }, positions: null };
}

function layerOf(sizes: DecoderSizes, name: string, layout: Layout, facts: Partial<Attention>): Layer {
  const { hidden, heads, kvHeads, headSize } = sizes;
  const { norms, bias } = layout;
  const qkv = linear(
    `${name}.self_attention.query_key_value`,
    hidden,
    (heads + 2 * kvHeads) * headSize,
    bias,
  );
  const out = linear(`${name}.self_attention.dense`, hidden, hidden, bias);
  const attention = causalAttention(sizes, { kind: "fused", qkv, slices: kvHeads }, out, facts);
  const mlp = plainMlp(sizes, `${name}.mlp.dense_h_to_4h`, `${name}.mlp.dense_4h_to_h`, bias);
  if (norms === "own")
    return {
      parallel: "own-norms",
      attention: normed(`${name}.ln_attn`, sizes, attention),
      mlp: normed(`${name}.ln_mlp`, sizes, mlp),
    };
  const first = normed(`${name}.input_layernorm`, sizes, attention);
  if (norms === "shared") return { parallel: "shared-norm", attention: first, mlp: { body: mlp } };
  return { attention: first, mlp: normed(`${name}.post_attention_layernorm`, sizes, mlp) };
}
