// From samples of sound to the spectrogram that a speech model reads, as the checkpoint's preprocessor_config.json says
// (Transformers' WhisperFeatureExtractor): the logarithm of the energy in bands of the mel scale. Decoding files is the
// caller's.

import { type FloatTensor, floatTensor } from "../tensor/index.ts";
import { fourier } from "./fourier.ts";
import { type JsonObject, readJson } from "./json.ts";
import { melBands } from "./mel.ts";
import { resample, samplesFor } from "./resample.ts";
import { CheckpointError, type Source } from "./source.ts";

/** Sound as samples from -1 to 1, one array for each channel, all of one length. */
export interface Sound {
  /** Samples a second. */
  readonly rate: number;
  readonly channels: readonly Float32Array[];
}

/** What a checkpoint does to sound. */
export interface SoundRecipe {
  /** Samples a second that the model was trained with; others are resampled. */
  readonly rate: number;
  /** Samples that are read: shorter sound is filled with `padding`, longer is cut. */
  readonly length: number;
  readonly padding: number;
  /** Bands of the mel scale, samples of one window, and samples from one window to the next. */
  readonly bins: number;
  readonly window: number;
  readonly hop: number;
}

const FILE = "preprocessor_config.json";
const MOST_BYTES = 2 ** 22;
/** Sides of the recipe, so that a broken file cannot ask for all memory there is. */
const MOST_SAMPLES = 1e7;
const MOST_RATE = 1e6;
const MOST_BINS = 1024;
const MOST_WINDOW = 8192;
/** Numbers of a spectrogram, 20 times those of Whisper's largest; and steps to compute it, 10 times Whisper's. */
const MOST_NUMBERS = 8e6;
const MOST_STEPS = 3e8;
const MOST_PADDING = 1e3;
/** Energies below are as good as none; what is quieter than the loudest by more than 80 dB is raised to that. */
const FLOOR = 1e-10;
const RANGE = 8;

const KNOWN = new Set(
  `feature_size sampling_rate hop_length chunk_length n_fft padding_value nb_max_frames n_samples padding_side
  return_attention_mask feature_extractor_type processor_class auto_map mel_filters return_tensors`.split(
    /\s+/,
  ),
);

/** Keys that would be a step. */
const STEP = /^(do_|dither$)/;

/** A checkpoint's recipe, null where it has none or one that cannot be followed, and then why. */
export interface OpenedSoundRecipe {
  readonly recipe: SoundRecipe | null;
  readonly fault: CheckpointError | null;
  /** Keys that no step reads. */
  readonly unused: readonly string[];
}

/** The recipe of a checkpoint; one that cannot be followed is no error, because features need none. */
export async function openSoundRecipe(source: Source, signal?: AbortSignal): Promise<OpenedSoundRecipe> {
  try {
    const config = await readJson(source, FILE, MOST_BYTES, signal);
    if (!config) return { recipe: null, fault: null, unused: [] };
    return { recipe: soundRecipe(config), fault: null, unused: unusedIn(config) };
  } catch (error) {
    if (error instanceof CheckpointError && error.code !== "unreachable")
      return { recipe: null, fault: error, unused: [] };
    throw error;
  }
}

function unusedIn(config: JsonObject): string[] {
  const off: readonly unknown[] = [null, false, 0];
  return Object.keys(config).filter((key) => !KNOWN.has(key) && !off.includes(config[key]));
}

/** The recipe that a preprocessor_config.json holds; a step that it cannot reproduce is refused by name. */
export function soundRecipe(config: JsonObject): SoundRecipe {
  const step = unusedIn(config).find((key) => STEP.test(key));
  if (step !== undefined) refuse(step, config[step], "headscope does not know this step");
  const rate = count(config, "sampling_rate", 16000, MOST_RATE);
  const window = count(config, "n_fft", 400, MOST_WINDOW);
  if (window % 2) refuse("n_fft", window, "expected an even number");
  const seconds = number(config, "chunk_length", 30);
  const length = Math.trunc(seconds * rate);
  if (!(length > window / 2 && length <= MOST_SAMPLES))
    refuse("chunk_length", seconds, `expected ${window} to ${MOST_SAMPLES} samples at ${rate} a second`);
  const padding = number(config, "padding_value", 0);
  if (Math.abs(padding) > MOST_PADDING)
    refuse("padding_value", padding, `expected a number from -${MOST_PADDING} to ${MOST_PADDING}`);
  const bins = count(config, "feature_size", 80, MOST_BINS);
  const hop = count(config, "hop_length", 160, window);
  checkWork({ rate, length, padding, bins, window, hop });
  return { rate, length, padding, bins, window, hop };
}

/** Refuses what would take minutes and gigabytes: each setting may be in its range, and all of them together too much. */
function checkWork({ length, bins, window, hop }: SoundRecipe): void {
  const frames = Math.floor(length / hop);
  const odd = window / (window & -window);
  if (frames * bins <= MOST_NUMBERS && frames * window * odd <= MOST_STEPS) return;
  const found = `it makes ${frames} windows of ${window} samples in ${bins} bands`;
  refuse("hop_length", hop, `${found}, far more than any model reads`);
}

/** The spectrogram of sound, [bins, frames]. Channels are averaged. */
export function spectrogram(sound: Sound, recipe: SoundRecipe): FloatTensor {
  const { length, padding, rate } = recipe;
  const samples = new Float32Array(length).fill(padding);
  const heard = mono(sound).subarray(0, samplesFor(length, sound.rate, rate));
  samples.set(resample(heard, sound.rate, rate).subarray(0, length));
  return logMel(samples, recipe);
}

function mono({ channels }: Sound): Float32Array {
  const [first] = channels;
  if (!first?.length) throw new RangeError("The sound has no samples.");
  if (channels.length === 1) return first;
  return first.map((_, i) => channels.reduce((sum, channel) => sum + channel[i]!, 0) / channels.length);
}

function logMel(samples: Float32Array, { bins, window, hop, rate }: SoundRecipe): FloatTensor {
  const frames = Math.floor(samples.length / hop);
  const bands = melBands(bins, window, rate);
  const out = new Float32Array(bins * frames);
  const taper = Float64Array.from(
    { length: window },
    (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / window),
  );
  const cut = new Float64Array(window);
  for (let frame = 0; frame < frames; frame++) {
    for (let i = 0; i < window; i++)
      cut[i] = taper[i]! * samples[mirrored(frame * hop + i - window / 2, samples.length)]!;
    const power = powers(cut);
    for (const [bin, { first, weights }] of bands.entries()) {
      const energy = weights.reduce((sum, weight, i) => sum + weight * power[first + i]!, 0);
      out[bin * frames + frame] = Math.log10(Math.max(energy, FLOOR));
    }
  }
  const top = out.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  return floatTensor(
    [bins, frames],
    out.map((value) => (Math.max(value, top - RANGE) + 4) / 4),
  );
}

/** Before the first sample and behind the last the sound is mirrored. */
function mirrored(at: number, length: number): number {
  const right = Math.abs(at);
  return right < length ? right : 2 * (length - 1) - right;
}

/** Squared magnitudes of the frequencies from 0 to half the rate. */
function powers(samples: Float64Array): Float64Array {
  const { real, imaginary } = fourier(samples);
  return real.subarray(0, samples.length / 2 + 1).map((x, i) => x * x + imaginary[i]! ** 2);
}

function count(config: JsonObject, key: string, otherwise: number, most: number): number {
  const value = number(config, key, otherwise);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  return refuse(key, value, `expected a whole number from 1 to ${most}`);
}

function number(config: JsonObject, key: string, otherwise: number): number {
  const value = config[key] ?? otherwise;
  return typeof value === "number" && Number.isFinite(value)
    ? value
    : refuse(key, value, "expected a number");
}

function refuse(key: string, value: unknown, reason: string): never {
  throw new CheckpointError(`${FILE} sets ${key} to ${JSON.stringify(value)?.slice(0, 80)}: ${reason}.`);
}
