// DeBERTa-v2 and v3 (He et al. 2021): BERT whose scores hold terms of content with position and of position with
// content, and in the largest of v2 a convolution beside the first block.

import type { ConfigReader } from "../../config-reader.ts";
import type { Convolution, Disentangled, Head, Layer } from "../../description.ts";
import type { WeightBook } from "../../weight-book.ts";
import { type Family, layerNorm, linear, withAttention, wordsHead } from "../family.ts";
import { type BertNames, type BertSizes, bertLike, bertNames, encoderHead, maskedHead } from "./bert-like.ts";

const ENCODER = "deberta.encoder";
const WORDS = "deberta.embeddings.word_embeddings.weight";

export const debertaV2: Family = {
  type: "deberta-v2",
  prefixes: ["deberta."],
  irrelevant: ["pooler_dropout"],
  describe(config, weights) {
    const sizes = sizesOf(config);
    const relative = config.flag("relative_attention", false);
    const kinds = termsOf(config);
    const distances = relative && kinds.length > 0 ? distancesOf(config, sizes) : null;
    const scale = ((sizes.hidden / sizes.heads) * (1 + kinds.length)) ** -0.5;
    const projects = projectionsOf(config, sizes);
    const convolution = convolutionOf(config, sizes);
    const layer = (plain: Layer, index: number): Layer => {
      const terms = distances && { ...distances, ...projects(kinds, index) };
      const own = withAttention(plain, { scale, bias: terms });
      return index === 0 && convolution ? { ...own, convolution } : own;
    };
    return bertLike({
      family: "deberta-v2",
      base: "deberta",
      sizes,
      names: layerNames,
      positions: config.flag("position_biased_input", true) ? {} : null,
      layer,
      head: headOf(config, weights, sizes),
    });
  },
};

function sizesOf(config: ConfigReader): BertSizes {
  const hidden = config.count("hidden_size", 1536);
  const heads = config.heads("num_attention_heads", 24);
  config.only("embedding_size", hidden);
  config.only("attention_head_size", Math.floor(hidden / heads));
  config.only("pooler_hidden_size", hidden);
  return {
    hidden,
    embedding: hidden,
    heads,
    layers: config.layers("num_hidden_layers", 24),
    units: config.count("intermediate_size", 6144),
    positions: config.count("max_position_embeddings", 512),
    segments: config.count("type_vocab_size", 0, 0),
    vocab: config.count("vocab_size", 128100),
    eps: config.number("layer_norm_eps", 1e-7),
    activation: config.text("hidden_act", "gelu"),
  };
}

type Term = "c2p" | "p2c";

/** Which terms the scores hold: a list, or a text of the first files, "p2c|c2p". */
function termsOf(config: ConfigReader): Term[] {
  const value = config.take("pos_att_type") ?? [];
  const kinds = typeof value === "string" ? value.toLowerCase().split("|") : value;
  if (!Array.isArray(kinds)) return config.refuse("pos_att_type", value, 'expected "c2p|p2c" or a list');
  const names = kinds.map((kind) => String(kind).trim());
  return (["c2p", "p2c"] as const).filter((term) => names.includes(term));
}

function distancesOf(config: ConfigReader, { hidden, positions, eps }: BertSizes) {
  const longest = config.number("max_relative_positions", -1);
  const maxDistance = longest < 1 ? positions : config.count("max_relative_positions");
  const buckets = config.number("position_buckets", -1);
  const bucketed = buckets > 0;
  if (bucketed && (!Number.isInteger(buckets) || buckets < 2 || maxDistance - 1 <= buckets / 2))
    config.refuse("position_buckets", buckets, `expected a whole number from 2 to ${2 * maxDistance - 3}`);
  const norms = config.text("norm_rel_ebd", "none").toLowerCase().split("|");
  return {
    kind: "disentangled",
    table: `${ENCODER}.rel_embeddings.weight`,
    span: bucketed ? buckets : maxDistance,
    norm: norms.some((norm) => norm.trim() === "layer_norm")
      ? layerNorm(`${ENCODER}.LayerNorm`, hidden, eps)
      : null,
    buckets: bucketed ? { buckets, maxDistance } : null,
  } satisfies Partial<Disentangled>;
}

/** Distances pass through the matrices of content, or through their own. */
function projectionsOf(config: ConfigReader, { hidden }: BertSizes) {
  const shared = config.flag("share_att_key", false);
  const names = shared
    ? { c2p: "key_proj", p2c: "query_proj" }
    : { c2p: "pos_key_proj", p2c: "pos_query_proj" };
  return (kinds: readonly Term[], index: number): Pick<Disentangled, "keys" | "queries"> => {
    const project = (term: Term) =>
      kinds.includes(term)
        ? linear(`${ENCODER}.layer.${index}.attention.self.${names[term]}`, hidden, hidden, true)
        : null;
    return { keys: project("c2p"), queries: project("p2c") };
  };
}

function convolutionOf(config: ConfigReader, { hidden, eps }: BertSizes): Convolution | null {
  const kernel = config.number("conv_kernel_size", 0);
  if (kernel <= 0) return null;
  if (!Number.isInteger(kernel) || kernel % 2 === 0)
    config.refuse("conv_kernel_size", kernel, "expected an odd number, so that every token has a result");
  const groups = config.count("conv_groups", 1);
  if (hidden % groups !== 0) config.refuse("conv_groups", groups, `it does not divide the width ${hidden}`);
  return {
    weight: `${ENCODER}.conv.conv.weight`,
    bias: `${ENCODER}.conv.conv.bias`,
    width: hidden,
    kernel,
    groups,
    activation: config.text("conv_act", "tanh"),
    norm: layerNorm(`${ENCODER}.conv.LayerNorm`, hidden, eps),
  };
}

function layerNames(index: number): BertNames {
  const name = `${ENCODER}.layer.${index}.attention.self`;
  return {
    ...bertNames("deberta")(index),
    q: `${name}.query_proj`,
    k: `${name}.key_proj`,
    v: `${name}.value_proj`,
  };
}

function headOf(config: ConfigReader, weights: WeightBook, sizes: BertSizes): Head | null {
  const { hidden } = sizes;
  const names = {
    embedding: WORDS,
    dense: "cls.predictions.transform.dense",
    norm: "cls.predictions.transform.LayerNorm",
    decoder: "cls.predictions.decoder",
    biases: ["cls.predictions.decoder.bias", "cls.predictions.bias"],
  };
  const legacy = config.flag("legacy", true);
  const masked = maskedHead(config, weights, sizes, names, sizes.activation);
  const own = { DebertaV2ForMaskedLM: legacy ? masked : () => plainMaskedHead(sizes) };
  const dense = linear("pooler.dense", hidden, hidden, true);
  const before = [{ linear: dense }, { activation: config.text("pooler_hidden_act", "gelu") }];
  return encoderHead(config, "DebertaV2", hidden, own, { before, name: "classifier" });
}

/** The head of the authors' own files: as BERT's, always over the embeddings. */
function plainMaskedHead({ hidden, vocab, eps, activation }: BertSizes): Head {
  const name = "lm_predictions.lm_head";
  return wordsHead(vocab, [
    { linear: linear(`${name}.dense`, hidden, hidden, true) },
    { activation },
    { norm: layerNorm(`${name}.LayerNorm`, hidden, eps) },
    { linear: { weight: WORDS, in: hidden, out: vocab, bias: `${name}.bias` } },
  ]);
}
