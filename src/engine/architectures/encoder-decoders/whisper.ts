// Whisper (Radford et al. 2023): BART's shape with norms before the branches, whose encoder reads a spectrogram through
// two convolutions. Frames have stored sinusoids, and keys no bias.

import type { ConfigReader } from "../../config-reader.ts";
import type { FrameEmbedding, ModelDescription, Stack } from "../../description.ts";
import { classesHead, type Family, linear } from "../family.ts";
import { BART_ALIASES, BART_IRRELEVANT, type BartOptions, bartLike } from "./bart-like.ts";

/** Columns of the spectrogram for each frame: the second convolution takes every other one. */
const STRIDE = 2;
const CLASSIFIER = "WhisperForAudioClassification";

export const whisper: Family = {
  type: "whisper",
  prefixes: ["model."],
  irrelevant: [
    ...BART_IRRELEVANT,
    ...`scale_embedding max_position_embeddings apply_spec_augment mask_time_prob mask_time_length mask_time_min_masks
    mask_feature_prob mask_feature_length mask_feature_min_masks median_filter_width`.split(/\s+/),
  ],
  aliases: { ...BART_ALIASES, num_key_value_heads: "encoder_attention_heads" },
  describe(config, weights) {
    config.only("use_weighted_layer_sum", false);
    const projected = config.count("classifier_proj_size", 256);
    const whole = bartLike(config, weights, optionsOf(config));
    return config.architecture === CLASSIFIER ? classifier(whole, projected, config.labels) : whole;
  },
};

function optionsOf(config: ConfigReader): BartOptions {
  const bins = config.count("num_mel_bins", 80);
  const rows = config.count("max_source_positions", 1500);
  return {
    family: "whisper",
    classes: { words: "WhisperForConditionalGeneration", bare: "WhisperModel", other: CLASSIFIER },
    defaults: {
      vocab: 51865,
      start: 50257,
      eos: 50256,
      scaled: null,
      sizes: { hidden: 384, layers: 4, heads: 6, units: 1536 },
    },
    longest: { key: "max_target_positions", default: 448 },
    positions: (part, rows, width) => ({
      kind: "table",
      table: { weight: `model.${part}.embed_positions.weight`, rows, width },
      offset: 0,
    }),
    source: (width) => frames(bins, rows, width),
    output: "proj_out",
    embeddingNorm: false,
    preNorm: true,
    keyBias: false,
  };
}

function frames(bins: number, rows: number, width: number): FrameEmbedding {
  const convolution = (number: number, channels: number, stride: number) => {
    const name = `model.encoder.conv${number}`;
    return { weight: `${name}.weight`, bias: `${name}.bias`, channels, stride };
  };
  return {
    kind: "frames",
    bins,
    frames: STRIDE * rows,
    width,
    convolutions: [convolution(1, bins, 1), convolution(2, width, STRIDE)],
    positions: { weight: "model.encoder.embed_positions.weight", rows, width },
  };
}

/** The encoder alone, with classes from the mean of its frames. */
function classifier(whole: ModelDescription, projected: number, labels: number): ModelDescription {
  const { decoderStart: _, targetPrompt: __, ...rest } = whole;
  const encoder: Stack = { ...whole.stacks[0]!, stream: "text", block: "self" };
  const steps = [
    { linear: linear("projector", encoder.hidden, projected, true) },
    { linear: linear("classifier", projected, labels, true) },
  ];
  return { ...rest, kind: "encoder", eos: [], stacks: [encoder], head: classesHead("mean", labels, steps) };
}
