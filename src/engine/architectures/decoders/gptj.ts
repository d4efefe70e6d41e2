// GPT-J (Wang and Komatsuzaki 2021): attention and mlp side by side after one norm, rotary positions on
// neighbouring pairs, no biases in attention.

import type { ConfigReader } from "../../config-reader.ts";
import type { Layer, ModelDescription, Projections, Rotary } from "../../description.ts";
import type { WeightBook } from "../../weight-book.ts";
import { type Family, layerNorm, linear } from "../family.ts";
import { causalAttention, normed, plainMlp, separate } from "../parts.ts";
import { type DecoderSizes, decoderSizes, decoderStack, GPT_ALIASES, GPT_KEYS } from "./decoder.ts";

/** GPT-J 6B, whose sizes CodeGen's config class repeats. */
const GPTJ = {
  hidden: 4096,
  heads: 16,
  layers: 28,
  positions: 2048,
  vocab: 50400,
  eps: 1e-5,
  activation: "gelu_new",
} as const;

export const gptj: Family = {
  type: "gptj",
  prefixes: ["transformer."],
  irrelevant: `rotary scale_attn_weights summary_activation summary_first_dropout summary_proj_to_labels
    summary_type summary_use_proj`.split(/\s+/),
  aliases: GPT_ALIASES,
  describe: (config, weights) =>
    describeGptj(config, weights, {
      family: "gptj",
      className: "GPTJ",
      project: (sizes, name) => separate(sizes, (part) => `${name}.${part}_proj`, false),
    }),
};

/** What CodeGen has of its own. */
interface Own {
  readonly family: string;
  readonly className: string;
  /** q, k and v of the attention of this name. */
  readonly project: (sizes: DecoderSizes, name: string) => Projections;
}

/** A model of GPT-J's shape. */
export function describeGptj(config: ConfigReader, weights: WeightBook, own: Own): ModelDescription {
  const { family, className, project } = own;
  const sizes = decoderSizes(config, GPTJ, GPT_KEYS);
  const { hidden, positions, eps } = sizes;
  const rotary = interleavedRotary(config, sizes.headSize);
  return decoderStack(config, weights, {
    family,
    className,
    sizes,
    positions,
    eos: 50256,
    tied: false,
    tokens: "transformer.wte",
    output: { bias: true },
    layer: (i) => layerOf(sizes, `transformer.h.${i}`, rotary, project(sizes, `transformer.h.${i}.attn`)),
    finalNorm: layerNorm("transformer.ln_f", hidden, eps),
  });
}

function layerOf(sizes: DecoderSizes, name: string, rotary: Rotary, project: Projections): Layer {
  const out = linear(`${name}.attn.out_proj`, sizes.hidden, sizes.hidden, false);
  return {
    parallel: "shared-norm",
    attention: normed(`${name}.ln_1`, sizes, causalAttention(sizes, project, out, { rotary })),
    mlp: { body: plainMlp(sizes, `${name}.mlp.fc_in`, `${name}.mlp.fc_out`) },
  };
}

/** Rotary over the first `rotary_dim` components of each head, in neighbouring pairs. */
function interleavedRotary(config: ConfigReader, headSize: number): Rotary {
  if (config.isNull("rotary_dim")) config.refuse("rotary_dim", null, "expected a number");
  const size = config.count("rotary_dim", 64);
  if (size % 2 || size > headSize)
    config.refuse("rotary_dim", size, `expected an even number of at most ${headSize}`);
  return { size, theta: 10000, interleaved: true, scaling: { type: "default" } };
}
