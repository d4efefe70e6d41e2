// CodeGen (Nijkamp et al. 2023): GPT-J with q, v and k in one matrix, cut in four as the machines that trained it were.

import type { Layer, Rotary } from "../../description.ts";
import { type Family, layerNorm, linear } from "../family.ts";
import { causalAttention, normed, plainMlp } from "../parts.ts";
import { type DecoderSizes, decoderSizes, decoderStack, GPT_ALIASES, GPT_KEYS } from "./decoder.ts";
import { GPTJ, interleavedRotary } from "./gptj.ts";

const SLICES = 4;

export const codegen: Family = {
  type: "codegen",
  prefixes: ["transformer."],
  irrelevant: `n_ctx gradient_checkpointing scale_attn_weights summary_activation summary_first_dropout
    summary_proj_to_labels summary_type summary_use_proj`.split(/\s+/),
  aliases: GPT_ALIASES,
  describe(config, weights) {
    const sizes = decoderSizes(config, GPTJ, GPT_KEYS);
    const { hidden, heads, positions, eps } = sizes;
    if (heads % SLICES) config.refuse("n_head", heads, `expected a multiple of ${SLICES}`);
    const rotary = interleavedRotary(config, sizes.headSize);
    return decoderStack(config, weights, {
      family: "codegen",
      className: "CodeGen",
      sizes,
      positions,
      eos: 50256,
      tied: false,
      tokens: "transformer.wte",
      output: { bias: true },
      layer: (i) => layerOf(sizes, `transformer.h.${i}`, rotary),
      finalNorm: layerNorm("transformer.ln_f", hidden, eps),
    });
  },
};

function layerOf(sizes: DecoderSizes, name: string, rotary: Rotary): Layer {
  const { hidden } = sizes;
  const qkv = linear(`${name}.attn.qkv_proj`, hidden, 3 * hidden, false);
  const out = linear(`${name}.attn.out_proj`, hidden, hidden, false);
  const project = { kind: "fused", qkv, slices: SLICES, order: ["q", "v", "k"] } as const;
  return {
    parallel: "shared-norm",
    attention: normed(`${name}.ln_1`, sizes, causalAttention(sizes, project, out, { rotary })),
    mlp: { body: plainMlp(sizes, `${name}.mlp.fc_in`, `${name}.mlp.fc_out`) },
  };
}
