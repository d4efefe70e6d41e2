// OPT (Zhang et al. 2022): learned positions from 2 on, norms before each branch (after it in opt-350m, which
// also has embeddings narrower than its stream).

import type { Branch, Layer, Norm } from "../../description.ts";
import { type Family, layerNorm, linear } from "../family.ts";
import { bareNorm, causalAttention, plainMlp, separate } from "../parts.ts";
import { type DecoderSizes, decoderSizes, decoderStack, learnedPositions } from "./decoder.ts";

/** PyTorch's default; the config has no key for it. */
const EPS = 1e-5;
const KEYS = {
  kvHeads: null,
  headSize: null,
  units: "ffn_dim",
  eps: null,
  activation: "activation_function",
} as const;
const DEFAULTS = {
  hidden: 768,
  heads: 12,
  layers: 12,
  units: 3072,
  positions: 2048,
  vocab: 50272,
  eps: EPS,
  activation: "relu",
};

export const opt: Family = {
  type: "opt",
  prefixes: ["model."],
  irrelevant: ["activation_dropout", "init_std", "layerdrop", "learned_embeddings"],
  describe(config, weights) {
    const sizes = decoderSizes(config, DEFAULTS, KEYS);
    const { hidden } = sizes;
    const width = config.count("word_embed_proj_dim", hidden);
    const before = config.flag("do_layer_norm_before", true);
    const bias = config.flag("enable_bias", true);
    const learned = config.flag("layer_norm_elementwise_affine", true);
    const noFinal = config.flag("_remove_final_layer_norm", false);
    const narrow = width !== hidden;
    const norm = (name: string): Norm => (learned ? layerNorm(name, hidden, EPS) : bareNorm(hidden, EPS));
    return decoderStack(config, weights, {
      family: "opt",
      className: "OPT",
      sizes,
      positions: sizes.positions,
      eos: 2,
      pad: 1,
      tied: true,
      tokens: "model.decoder.embed_tokens",
      embedding: {
        ...(narrow && { project: linear("model.decoder.project_in", width, hidden, false) }),
        positions: learnedPositions("model.decoder.embed_positions", sizes, 2),
      },
      layer: (i) => layerOf(sizes, `model.decoder.layers.${i}`, bias, { norm, before }),
      finalNorm: before && !noFinal ? norm("model.decoder.final_layer_norm") : null,
      ...(narrow && {
        steps: { before: [{ linear: linear("model.decoder.project_out", hidden, width, false) }] },
      }),
    });
  },
};

function layerOf(
  sizes: DecoderSizes,
  name: string,
  bias: boolean,
  { norm, before }: { norm: (name: string) => Norm; before: boolean },
): Layer {
  const branch = <T>(body: T, normName: string): Branch<T> =>
    before ? { body, pre: norm(normName) } : { body, after: norm(normName) };
  const project = separate(sizes, (part) => `${name}.self_attn.${part}_proj`, bias);
  const out = linear(`${name}.self_attn.out_proj`, sizes.hidden, sizes.hidden, bias);
  return {
    attention: branch(causalAttention(sizes, project, out), `${name}.self_attn_layer_norm`),
    mlp: branch(plainMlp(sizes, `${name}.fc1`, `${name}.fc2`, bias), `${name}.final_layer_norm`),
  };
}
