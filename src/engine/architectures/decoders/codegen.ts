// CodeGen (Nijkamp et al. 2023): GPT-J with q, v and k in one matrix, cut in four as the machines that trained it were.

import { type Family, linear } from "../family.ts";
import { GPT_ALIASES } from "./decoder.ts";
import { describeGptj } from "./gptj.ts";

const SLICES = 4;

export const codegen: Family = {
  type: "codegen",
  prefixes: ["transformer."],
  irrelevant: `n_ctx gradient_checkpointing scale_attn_weights summary_activation summary_first_dropout
    summary_proj_to_labels summary_type summary_use_proj`.split(/\s+/),
  aliases: GPT_ALIASES,
  describe: (config, weights) =>
    describeGptj(config, weights, {
      family: "codegen",
      className: "CodeGen",
      project: ({ hidden, heads }, name) => {
        if (heads % SLICES) config.refuse("n_head", heads, `expected a multiple of ${SLICES}`);
        const qkv = linear(`${name}.qkv_proj`, hidden, 3 * hidden, false);
        return { kind: "fused", qkv, slices: SLICES, order: ["q", "v", "k"] };
      },
    }),
};
