// ModernBERT (Warner et al. 2024): a pre-norm encoder with rotary positions and a gated mlp, whose layers see
// all tokens or those of a window, each kind with a rotary base of its own.

import type { Config } from "../../../checkpoint/index.ts";
import type { ConfigReader } from "../../config-reader.ts";
import type { Layer, Rotary } from "../../description.ts";
import { ropeTheta, rotaryOf, settingsOf, wholeHeads } from "../../rotary.ts";
import type { WeightBook } from "../../weight-book.ts";
import {
  classesHead,
  type Family,
  layerNorm,
  linear,
  outputMatrix,
  windowsByLayer,
  wordsHead,
} from "../family.ts";
import { evenHeads, fullAttention } from "../parts.ts";
import { encoderHead } from "./bert-like.ts";

export const modernbert: Family = {
  type: "modernbert",
  prefixes: ["model."],
  // The hub's configs also hold two keys that the class never had: layer_norm_eps and position_embedding_type.
  irrelevant: `deterministic_flash_attn embedding_dropout initializer_cutoff_factor layer_norm_eps mlp_dropout
    position_embedding_type reference_compile repad_logits_with_grad sparse_pred_ignore_index sparse_prediction`.split(
    /\s+/,
  ),
  describe(config, weights) {
    const sizes = sizesOf(config);
    const { hidden, vocab, layers, positions, eps, normBias } = sizes;
    const period = config.count("global_attn_every_n_layers", 3);
    const reach = config.count("sliding_window", Math.floor(config.count("local_attention", 128) / 2), 0);
    config.only("head_dim", sizes.headSize);
    const windows = windowsByLayer(config, layers, [reach, reach], (i) => i % period !== 0);
    const rotary = rotaries(config, sizes);
    return {
      family: "modernbert",
      kind: "encoder",
      vocab,
      maxTokens: positions,
      eos: [],
      pairs: true,
      stacks: [
        {
          stream: "text",
          block: "self",
          hidden,
          embedding: {
            kind: "tokens",
            tokens: { weight: EMBEDDING, rows: vocab, width: hidden },
            norm: layerNorm("model.embeddings.norm", hidden, eps, normBias),
          },
          layers: windows.map((window, i) =>
            layerOf(sizes, i, { window, rotary: window ? rotary.sliding : rotary.full }),
          ),
          finalNorm: layerNorm("model.final_norm", hidden, eps, normBias),
        },
      ],
      head: headOf(config, weights, sizes),
    };
  },
};

const EMBEDDING = "model.embeddings.tok_embeddings.weight";

function sizesOf(config: ConfigReader) {
  const hidden = config.count("hidden_size", 768);
  const heads = config.heads("num_attention_heads", 12);
  return {
    ...evenHeads(hidden, heads),
    layers: config.layers("num_hidden_layers", 22),
    units: config.count("intermediate_size", 1152),
    positions: config.count("max_position_embeddings", 8192),
    vocab: config.count("vocab_size", 50368),
    eps: config.number("norm_eps", 1e-5),
    activation: config.text("hidden_activation", "gelu"),
    normBias: config.flag("norm_bias", false),
    attentionBias: config.flag("attention_bias", false),
    mlpBias: config.flag("mlp_bias", false),
  };
}

type Sizes = ReturnType<typeof sizesOf>;
type Reach = { readonly window: readonly [number, number] | null; readonly rotary: Rotary };

/** Rotary by layer type; the older rope_scaling reaches both. */
function rotaries(config: ConfigReader, sizes: Sizes): { full: Rotary; sliding: Rotary } {
  const { full_attention, sliding_attention, ...rest } = config.object("rope_parameters") ?? {};
  for (const key of Object.keys(rest)) config.note(`rope_parameters.${key}`);
  const scaling = config.object("rope_scaling");
  const one = (written: Config, key: string, otherwise: number): Rotary => {
    const settings: Config = { ...written, ...scaling };
    wholeHeads(config, settings.partial_rotary_factor ?? undefined, settings);
    const theta = ropeTheta(config, settings, key, otherwise);
    return rotaryOf(config, settings, { theta, size: sizes.headSize, maxPositions: sizes.positions });
  };
  return {
    full: one(settingsOf(config, "full_attention", full_attention), "global_rope_theta", 160_000),
    sliding: one(settingsOf(config, "sliding_attention", sliding_attention), "local_rope_theta", 10_000),
  };
}

function layerOf(sizes: Sizes, index: number, reach: Reach): Layer {
  const { hidden, units, eps, normBias, attentionBias, mlpBias } = sizes;
  const name = `model.layers.${index}`;
  const inner = (from: number) => linear(`${name}.mlp.Wi`, hidden, units, mlpBias, { from, of: 2 * units });
  return {
    attention: {
      // The embedding's norm is the first layer's.
      pre: index === 0 ? null : layerNorm(`${name}.attn_norm`, hidden, eps, normBias),
      body: {
        ...fullAttention(
          sizes,
          {
            kind: "fused",
            qkv: linear(`${name}.attn.Wqkv`, hidden, 3 * hidden, attentionBias),
            slices: 1,
          },
          linear(`${name}.attn.Wo`, hidden, hidden, attentionBias),
        ),
        ...reach,
      },
    },
    mlp: {
      pre: layerNorm(`${name}.mlp_norm`, hidden, eps, normBias),
      body: {
        kind: "gated",
        gate: inner(0),
        up: inner(units),
        activation: sizes.activation,
        down: linear(`${name}.mlp.Wo`, units, hidden, mlpBias),
      },
    },
  };
}

function headOf(config: ConfigReader, weights: WeightBook, { hidden, vocab, eps, normBias }: Sizes) {
  const tie = { own: "decoder.weight", embedding: EMBEDDING, tied: true };
  const decoder = outputMatrix(config, weights, tie, hidden, vocab);
  const before = [
    { linear: linear("head.dense", hidden, hidden, config.flag("classifier_bias", false)) },
    { activation: config.text("classifier_activation", "gelu") },
    { norm: layerNorm("head.norm", hidden, eps, normBias) },
  ];
  const bias = config.flag("decoder_bias", true) ? "decoder.bias" : undefined;
  const pooling = config.text("classifier_pooling", "cls");
  if (pooling !== "cls" && pooling !== "mean")
    config.refuse("classifier_pooling", pooling, "expected cls or mean");
  const classes = (from: "tokens" | "first" | "mean", count: number) => () =>
    classesHead(from, count, [...before, { linear: linear("classifier", hidden, count, true) }]);
  const own = {
    ModernBertForMaskedLM: () => wordsHead(vocab, [...before, { linear: { ...decoder, bias } }]),
    ModernBertForSequenceClassification: classes(pooling === "cls" ? "first" : "mean", config.labels),
    ModernBertForTokenClassification: classes("tokens", config.labels),
    ModernBertForQuestionAnswering: classes("tokens", 2),
  };
  return encoderHead(config, "ModernBert", hidden, own, { before, name: "classifier" });
}
