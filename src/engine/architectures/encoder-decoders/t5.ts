// T5 (Raffel et al. 2020): encoder and decoder with a learned bias per distance instead of positions, and scores
// that are not scaled. Version 1.1, Flan and mT5 (Xue et al. 2021) have a gated mlp and an output matrix of their own.

import type { ConfigReader } from "../../config-reader.ts";
import type { Attention, Branch, HeadStep, Layer, Mlp, Stack } from "../../description.ts";
import type { WeightBook } from "../../weight-book.ts";
import {
  endIds,
  type Family,
  headFor,
  linear,
  outputMatrix,
  rmsNorm,
  sharedEmbedding,
  tiedEmbedding,
  wordsHead,
} from "../family.ts";
import { causalAttention, separate } from "../parts.ts";

interface T5Options {
  readonly type: string;
  readonly className: string;
  readonly defaults: Defaults;
  readonly irrelevant?: readonly string[];
  /** From the decoder's stream to the words. */
  readonly output: (config: ConfigReader, weights: WeightBook, sizes: OutputSizes) => HeadStep[];
}

interface Defaults {
  readonly hidden: number;
  readonly heads: number;
  readonly units: number;
  readonly layers: number;
  readonly vocab: number;
  readonly mlp: string;
  readonly start?: number;
}

interface OutputSizes {
  readonly hidden: number;
  readonly vocab: number;
  readonly embedding: string;
}

const OUTPUT = "lm_head.weight";
const T5_SMALL = { hidden: 512, heads: 8, units: 2048, layers: 6, vocab: 32128, mlp: "relu" };
const MT5_SMALL = {
  hidden: 512,
  heads: 6,
  units: 1024,
  layers: 8,
  vocab: 250112,
  mlp: "gated-gelu",
  start: 0,
};

export const t5 = t5Family({
  type: "t5",
  className: "T5",
  defaults: T5_SMALL,
  output(config, weights, { hidden, vocab, embedding }) {
    const matrix = outputMatrix(config, weights, { own: OUTPUT, embedding, tied: true }, hidden, vocab);
    // Transformers' T5 ties the two where none is stored, whatever its config says.
    const bare = !weights.has(matrix.weight) && weights.has(embedding);
    const words = bare ? { ...matrix, weight: embedding } : matrix;
    const scaled = config.flag("scale_decoder_outputs", config.flag("tie_word_embeddings", true));
    return scaled ? [{ scale: hidden ** -0.5 }, { linear: words }] : [{ linear: words }];
  },
});

/** Never scaled; whether the output matrix is the embeddings follows from the file, whatever the config says. */
export const mt5 = t5Family({
  type: "mt5",
  className: "MT5",
  defaults: MT5_SMALL,
  irrelevant: ["tie_word_embeddings"],
  output(_config, weights, { hidden, vocab, embedding }) {
    const weight = weights.has(OUTPUT) ? OUTPUT : embedding;
    return [{ linear: { weight, in: hidden, out: vocab } }];
  },
});

function t5Family({ type, className, defaults, irrelevant = [], output }: T5Options): Family {
  return {
    type,
    prefixes: ["transformer."],
    irrelevant: ["dropout_rate", "initializer_factor", "n_positions", ...irrelevant],
    aliases: {
      hidden_size: "d_model",
      num_attention_heads: "num_heads",
      num_hidden_layers: "num_layers",
      head_dim: "d_kv",
    },
    describe(config, weights) {
      config.only("is_decoder", false);
      const sizes = sizesOf(config, defaults);
      const { hidden, vocab } = sizes;
      const embedding = (part: Part) => sharedEmbedding(weights, "", part);
      const tied = tiedEmbedding(weights, "", ["encoder", "decoder"]);
      const words = output(config, weights, { hidden, vocab, embedding: tied });
      const start = config.id("decoder_start_token_id") ?? defaults.start;
      const alone = config.architecture === `${className}EncoderModel`;
      const encoder = stackOf(sizes, "encoder", embedding("encoder"));
      return {
        family: type,
        vocab,
        maxTokens: null,
        ...(alone
          ? { kind: "encoder", eos: [], stacks: [{ ...encoder, stream: "text", block: "self" }] }
          : {
              kind: "encoder-decoder",
              eos: endIds(config, 1),
              stacks: [encoder, stackOf(sizes, "decoder", embedding("decoder"))],
            }),
        ...(start !== undefined && { decoderStart: start }),
        head: headFor(config, `${className}ForConditionalGeneration`, {
          [`${className}ForConditionalGeneration`]: () => wordsHead(vocab, words),
          [`${className}Model`]: () => null,
          [`${className}EncoderModel`]: () => null,
        }),
      };
    },
  };
}

function sizesOf(config: ConfigReader, defaults: Defaults) {
  const layers = config.layers("num_layers", defaults.layers);
  const proj = config.text("feed_forward_proj", defaults.mlp);
  const [first, ...rest] = proj.split("-");
  if (rest.length > 1 || (rest.length === 1 && first !== "gated"))
    config.refuse("feed_forward_proj", proj, "expected an activation, or gated- and an activation");
  const activation = proj === "gated-gelu" ? "gelu_new" : (rest[0] ?? proj);
  return {
    hidden: config.count("d_model", defaults.hidden),
    heads: config.heads("num_heads", defaults.heads),
    headSize: config.count("d_kv", 64),
    units: config.count("d_ff", defaults.units),
    layers: { encoder: layers, decoder: config.layers("num_decoder_layers", layers) },
    vocab: config.count("vocab_size", defaults.vocab),
    eps: config.number("layer_norm_epsilon", 1e-6),
    ...distancesOf(config),
    activation: config.text("dense_act_fn", activation),
    gated: config.flag("is_gated_act", first === "gated"),
  };
}

/** Half of the buckets of a direction are exact, the rest grow up to the largest distance. */
function distancesOf(config: ConfigReader): { buckets: number; maxDistance: number } {
  const buckets = config.count("relative_attention_num_buckets", 32, 4);
  const maxDistance = config.count("relative_attention_max_distance", 128);
  if (maxDistance <= buckets / 2)
    config.refuse(
      "relative_attention_max_distance",
      maxDistance,
      `expected more than half of the ${buckets} buckets`,
    );
  return { buckets, maxDistance };
}

type Sizes = ReturnType<typeof sizesOf>;
type Part = "encoder" | "decoder";

function stackOf(sizes: Sizes, part: Part, embedding: string): Stack {
  const { hidden, vocab, eps } = sizes;
  return {
    stream: part,
    block: part,
    hidden,
    embedding: { kind: "tokens", tokens: { weight: embedding, rows: vocab, width: hidden } },
    layers: Array.from({ length: sizes.layers[part] }, (_, i) => layerOf(sizes, part, i)),
    finalNorm: rmsNorm(`${part}.final_layer_norm`, hidden, eps),
  };
}

function layerOf(sizes: Sizes, part: Part, index: number): Layer {
  const name = (branch: number) => `${part}.block.${index}.layer.${branch}`;
  const branch = <T>(number: number, body: T): Branch<T> => ({
    pre: rmsNorm(`${name(number)}.layer_norm`, sizes.hidden, sizes.eps),
    body,
  });
  const own = { ...attentionOf(sizes, `${name(0)}.SelfAttention`), ...placesOf(sizes, part) };
  const last = part === "encoder" ? 1 : 2;
  return {
    attention: branch(0, own),
    ...(part === "decoder" && { cross: branch(1, attentionOf(sizes, `${name(1)}.EncDecAttention`)) }),
    mlp: branch(last, mlpOf(sizes, `${name(last)}.DenseReluDense`)),
  };
}

function attentionOf({ hidden, heads, headSize }: Sizes, name: string): Attention {
  const sizes = { hidden, heads, kvHeads: heads, headSize };
  const project = separate(sizes, (part) => `${name}.${part}`, false);
  const out = linear(`${name}.o`, heads * headSize, hidden, false);
  return causalAttention(sizes, project, out, { scale: 1, causal: false });
}

/** The bias that the first layer holds for all layers of its stack. */
function placesOf({ buckets, maxDistance }: Sizes, part: Part): Pick<Attention, "causal" | "bias"> {
  const causal = part === "decoder";
  const table = `${part}.block.0.layer.0.SelfAttention.relative_attention_bias.weight`;
  return { causal, bias: { kind: "t5", table, buckets, maxDistance, bidirectional: !causal } };
}

function mlpOf({ hidden, units, activation, gated }: Sizes, name: string): Mlp {
  const up = (part: string) => linear(`${name}.${part}`, hidden, units, false);
  const down = linear(`${name}.wo`, units, hidden, false);
  return gated
    ? { kind: "gated", gate: up("wi_0"), up: up("wi_1"), activation, down }
    : { kind: "plain", up: up("wi"), activation, down };
}
