// Rotary frequencies (Su et al. 2021, RoFormer) and their stretched variants, as Transformers'
// modeling_rope_utils computes them, rounded to float32 where it rounds.

import type { Config } from "../checkpoint/index.ts";
import type { ConfigReader } from "./config-reader.ts";
import type { Rotary, RotaryScaling } from "./description.ts";
import { UnsupportedModelError } from "./errors.ts";

/** Rotary settings of a config in either spelling: rope_parameters, or rope_theta with rope_scaling. */
export function readRotary(config: ConfigReader, headSize: number, options: RotaryOptions): Rotary {
  const { keys = {}, defaults = {} } = options;
  const parameters = config.object("rope_parameters");
  const scaling = config.object("rope_scaling") ?? {};
  const settings = Object.keys(scaling).length > 0 ? scaling : (parameters ?? defaults);
  const theta = ropeTheta(config, settings, keys.theta ?? "rope_theta", options.theta ?? 10000);
  const written = config.optional(keys.fraction ?? "partial_rotary_factor");
  const fraction =
    setting(config, settings, "partial_rotary_factor", PART) ?? written ?? options.fraction ?? 1;
  if (!PART.ok(fraction))
    config.refuse(keys.fraction ?? "partial_rotary_factor", fraction, `expected ${PART.text}`);
  if (options.fraction === undefined) wholeHeads(config, fraction, settings);
  const original = options.originalPositions;
  return rotaryOf(config, settings, {
    ...options,
    theta,
    size: options.fraction === undefined ? headSize : Math.trunc(headSize * fraction),
    ...(original && { originalPositions: config.count("original_max_position_embeddings", original) }),
  });
}

/** The base of one settings object, or else of the config's own `key`: a number above 0. */
export function ropeTheta(config: ConfigReader, settings: Config, key: string, otherwise: number): number {
  const outer = config.number(key, otherwise);
  if (!ABOVE_0.ok(outer)) config.refuse(key, outer, `expected ${ABOVE_0.text}`);
  return setting(config, settings, "rope_theta", ABOVE_0) ?? outer;
}

/** One entry of rope_parameters by layer type; empty where there is none. */
export function settingsOf(config: ConfigReader, key: string, value: unknown): Config {
  if (value === undefined || value === null) return {};
  if (typeof value === "object" && !Array.isArray(value)) return value as Config;
  return config.refuse(`rope_parameters.${key}`, value, "expected an object");
}

/** What a family adds to its config's rotary settings. */
export interface RotaryOptions {
  readonly maxPositions: number;
  readonly theta?: number;
  /** Part of each head that turns where the config does not say; left out in families that turn whole heads. */
  readonly fraction?: number;
  readonly interleaved?: boolean;
  /** original_max_position_embeddings of the config itself, in families that have it, where left out (Phi-3). */
  readonly originalPositions?: number;
  /** Settings where the config has neither rope_scaling nor rope_parameters. */
  readonly defaults?: Config;
  /** Older names of rope_theta and partial_rotary_factor (GPT-NeoX). */
  readonly keys?: { readonly theta?: string; readonly fraction?: string };
}

/** In families that turn whole heads Transformers ignores this key, and trips over it where frequencies are stretched. */
export function wholeHeads(config: ConfigReader, fraction: unknown, settings: Config): void {
  if (fraction === undefined || fraction === 1) return;
  if (typeOf(settings) !== "default")
    config.refuse("partial_rotary_factor", fraction, "heads of this family turn whole");
  config.note("partial_rotary_factor");
}

function typeOf(settings: Config): unknown {
  return settings.rope_type ?? settings.type ?? "default";
}

/** Where a config has its rotary settings. */
function settingsKey(config: ConfigReader): string {
  return config.has("rope_scaling") ? "rope_scaling" : "rope_parameters";
}

/** Rotary from one settings object, e.g. one entry of rope_parameters by layer type. */
export function rotaryOf(
  config: ConfigReader,
  settings: Config,
  base: {
    theta: number;
    size: number;
    interleaved?: boolean;
    maxPositions: number;
    originalPositions?: number;
  },
): Rotary {
  const { theta, size, maxPositions } = base;
  if (size < 2 || size % 2)
    throw new UnsupportedModelError(`Rotary embedding over ${size} components; expected an even number.`);
  const scaling = readScaling(config, settings, maxPositions, base.originalPositions);
  if (scaling.type === "yarn" && theta <= 1) config.refuse("rope_theta", theta, "yarn needs more than 1");
  for (const list of scaling.type === "longrope" ? [scaling.short, scaling.long] : [])
    if (list.length !== size / 2) config.refuse("long_factor", list, `expected ${size / 2} numbers`);
  return { size, theta, interleaved: base.interleaved ?? false, scaling };
}

const KNOWN =
  `type rope_type rope_theta partial_rotary_factor factor original_max_position_embeddings attention_factor
  beta_fast beta_slow mscale mscale_all_dim truncate low_freq_factor high_freq_factor short_factor long_factor`.split(
    /\s+/,
  );

function readScaling(
  config: ConfigReader,
  settings: Config,
  maxPositions: number,
  originalPositions?: number,
): RotaryScaling {
  const type = typeOf(settings) as string;
  for (const [key, value] of Object.entries(settings)) {
    if (!KNOWN.includes(key) && value !== null) config.note(`${settingsKey(config)}.${key}`);
  }
  const original =
    originalPositions ??
    setting(config, settings, "original_max_position_embeddings", POSITIONS) ??
    maxPositions;
  const factor = () => needed(config, settings, "factor");
  switch (type) {
    case "default":
      return { type };
    case "linear":
      return { type, factor: factor() };
    case "dynamic":
      return { type, factor: factor(), original: maxPositions };
    case "yarn":
      return readYarn(config, settings, factor(), original);
    case "llama3":
      return readLlama3(config, settings, factor(), original);
    case "longrope":
    case "su":
      return readLongRope(config, settings, original, maxPositions);
    default:
      return config.refuse(
        "rope_type",
        type,
        "supported are default, linear, dynamic, yarn, llama3 and longrope",
      );
  }
}

function readLlama3(config: ConfigReader, settings: Config, factor: number, original: number): RotaryScaling {
  const low = needed(config, settings, "low_freq_factor");
  const high = needed(config, settings, "high_freq_factor");
  if (high <= low)
    config.refuse(
      `${settingsKey(config)}.high_freq_factor`,
      high,
      `expected more than low_freq_factor, ${low}`,
    );
  return { type: "llama3", factor, original, low, high };
}

function readYarn(config: ConfigReader, settings: Config, factor: number, original: number): RotaryScaling {
  const mscale = setting(config, settings, "mscale", LEAST_0);
  const all = setting(config, settings, "mscale_all_dim", LEAST_0);
  const scaled = (by: number) => (factor <= 1 ? 1 : 0.1 * by * Math.log(factor) + 1);
  const given = setting(config, settings, "attention_factor", ABOVE_0);
  const truncate = settings.truncate ?? true;
  if (typeof truncate !== "boolean")
    config.refuse(`${settingsKey(config)}.truncate`, truncate, "expected true or false");
  return {
    type: "yarn",
    factor,
    original,
    betaFast: setting(config, settings, "beta_fast", LEAST_0) || 32,
    betaSlow: setting(config, settings, "beta_slow", LEAST_0) || 1,
    truncate: truncate as boolean,
    attentionFactor: given ?? (mscale && all ? scaled(mscale) / scaled(all) : scaled(1)),
  };
}

function readLongRope(
  config: ConfigReader,
  settings: Config,
  fallback: number,
  maxPositions: number,
): RotaryScaling {
  const list = (key: string): number[] => {
    const value = settings[key];
    if (Array.isArray(value) && value.every(ABOVE_0.ok)) return value as number[];
    return config.refuse(`${settingsKey(config)}.${key}`, value, "expected a list of numbers above 0");
  };
  const written = config.optional("original_max_position_embeddings");
  const original = written ?? fallback;
  if (!POSITIONS.ok(original))
    config.refuse("original_max_position_embeddings", original, `expected ${POSITIONS.text}`);
  const factor = setting(config, settings, "factor", ABOVE_0) ?? maxPositions / original;
  const given = setting(config, settings, "attention_factor", ABOVE_0);
  const computed = factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(original));
  return {
    type: "longrope",
    short: list("short_factor"),
    long: list("long_factor"),
    original,
    attentionFactor: given ?? computed,
  };
}

/** Numbers that a setting may be. */
interface Numbers {
  readonly text: string;
  readonly ok: (value: unknown) => value is number;
}

const numbers = (text: string, fits: (value: number) => boolean): Numbers => ({
  text,
  ok: (value): value is number => typeof value === "number" && Number.isFinite(value) && fits(value),
});
const ABOVE_0 = numbers("a number above 0", (x) => x > 0);
const LEAST_0 = numbers("a number of at least 0", (x) => x >= 0);
const PART = numbers("a number above 0 and at most 1", (x) => x > 0 && x <= 1);
const POSITIONS = numbers(
  "a whole number from 2 to 2147483647",
  (x) => Number.isInteger(x) && x > 1 && x < 2 ** 31,
);

/** A setting, undefined where it is absent or null; refused where it is anything else than it may be. */
function setting(config: ConfigReader, settings: Config, key: string, may: Numbers): number | undefined {
  const value = Object.hasOwn(settings, key) ? (settings[key] ?? undefined) : undefined;
  if (value === undefined || may.ok(value)) return value;
  return config.refuse(`${settingsKey(config)}.${key}`, value, `expected ${may.text}`);
}

function needed(config: ConfigReader, settings: Config, key: string): number {
  const value = setting(config, settings, key, ABOVE_0);
  return value ?? config.refuse(`${settingsKey(config)}.${key}`, settings[key], `expected ${ABOVE_0.text}`);
}

/** Cosines or sines of every position and pair, [positions, size / 2]; `length` is the whole sequence's length. */
export function rotaryTable(
  rotary: Rotary,
  kind: "cos" | "sin",
  positions: readonly number[],
  length: number,
): Float32Array {
  const frequencies = inverseFrequencies(rotary, length);
  const { scaling } = rotary;
  const factor = "attentionFactor" in scaling ? scaling.attentionFactor : 1;
  const turn = kind === "cos" ? Math.cos : Math.sin;
  const out = new Float32Array(positions.length * frequencies.length);
  let at = 0;
  for (const position of positions) {
    for (const frequency of frequencies)
      out[at++] = Math.fround(turn(Math.fround(position * frequency))) * factor;
  }
  return out;
}

/** Radians per position of each pair, [size / 2], float32. */
export function inverseFrequencies(rotary: Rotary, length: number): Float32Array {
  const { scaling, size, theta } = rotary;
  switch (scaling.type) {
    case "default":
      return powers(theta, size);
    case "linear":
      return powers(theta, size).map((f) => f / scaling.factor);
    case "dynamic":
      return powers(dynamicBase(theta, size, scaling, length), size);
    case "yarn":
      return yarn(theta, size, scaling);
    case "llama3":
      return powers(theta, size).map((f) => llama3(f, scaling));
    case "longrope": {
      const factors = length > scaling.original ? scaling.long : scaling.short;
      return powers(theta, size, factors);
    }
  }
}

/** 1 / (factor · theta^(2i / size)) */
function powers(theta: number, size: number, factors?: readonly number[]): Float32Array {
  return Float32Array.from({ length: size / 2 }, (_, i) => {
    const power = Math.fround(theta ** Math.fround((2 * i) / size));
    return 1 / Math.fround(power * Math.fround(factors?.[i] ?? 1));
  });
}

function dynamicBase(
  theta: number,
  size: number,
  { factor, original }: { factor: number; original: number },
  length: number,
): number {
  const long = Math.max(length, original);
  return theta * ((factor * long) / original - (factor - 1)) ** (size / (size - 2));
}

/** YaRN (Peng et al. 2023), section 3.2: high frequencies stay, low ones are interpolated. */
function yarn(theta: number, size: number, s: RotaryScaling & { type: "yarn" }): Float32Array {
  const at = (turns: number) => (size * Math.log(s.original / (turns * 2 * Math.PI))) / (2 * Math.log(theta));
  const [low, high] = s.truncate
    ? [Math.floor(at(s.betaFast)), Math.ceil(at(s.betaSlow))]
    : [at(s.betaFast), at(s.betaSlow)];
  const from = Math.max(low, 0);
  const limit = Math.min(high, size - 1);
  const to = from === limit ? limit + 0.001 : limit;
  return powers(theta, size).map((f, i) => {
    const kept = 1 - Math.min(1, Math.max(0, (i - from) / (to - from)));
    return (f / s.factor) * (1 - kept) + f * kept;
  });
}

function llama3(f: number, { factor, original, low, high }: RotaryScaling & { type: "llama3" }): number {
  const wavelength = (2 * Math.PI) / f;
  if (wavelength > original / low) return f / factor;
  if (wavelength < original / high) return f;
  const smooth = (original / wavelength - low) / (high - low);
  return ((1 - smooth) * f) / factor + smooth * f;
}
