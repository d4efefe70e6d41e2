// The colour of one cell of attention: ink for weights, sign colours for differences, on a scale that is named.

import type { Attention } from "../../trace/index.ts";
import { attentionTable, parseHex, type Rgb, signRgb, TABLE_SIZE } from "./palette.ts";
import { COLORS, type ThemeName } from "./theme.ts";

/**
 * How weights become colours: by their square root (small ones can be told apart), as they are, by their logarithm, or by
 * how many weights of the picture are smaller.
 */
export const INK_SCALES = ["root", "linear", "log", "rank"] as const;
export type InkScale = (typeof INK_SCALES)[number];

/** What a legend says of a scale; the square root is the rule and goes without saying. */
export const SCALE_NOTES: Readonly<Record<InkScale, string>> = {
  root: "",
  linear: "linear",
  log: "log from .0001",
  rank: "by rank",
};

/** Weights below have the colour of zero. */
export const LEAST_SHOWN = 0.004;
/** Smallest weight on the logarithmic scale, in powers of ten. */
export const LOG_FROM = -4;
/** The difference that is drawn in full colour, and from which on all are. */
export const FULL_DIFFERENCE = 0.5;

/** Colours of weights. */
export interface Ink {
  /** True if negative numbers have colours of their own. */
  readonly signed: boolean;
  rgb(weight: number): Rgb;
  /** The same as a packed pixel. */
  pixel(weight: number): number;
}

type FixedScale = Exclude<InkScale, "rank">;

function positionOf(scale: FixedScale, weight: number): number {
  const inside = Math.min(1, Math.max(0, weight));
  if (scale === "linear") return inside;
  if (scale === "root") return Math.sqrt(inside);
  return inside <= 10 ** LOG_FROM ? 0 : 1 - Math.log10(inside) / LOG_FROM;
}

const inks = new Map<string, Ink>();

/** The ink of a theme for what an attention holds. */
export function inkOf(theme: ThemeName, kind: Attention["scale"], scale: FixedScale = "root"): Ink {
  const name = `${theme} ${kind} ${scale}`;
  const known = inks.get(name) ?? (kind === "difference" ? signedInk(theme) : plainInk(theme, scale));
  inks.set(name, known);
  return known;
}

/**
 * Ink by rank: the colour of a weight is the share of `weights` that are smaller.
 * @param weights ascending
 */
export function rankInk(theme: ThemeName, weights: Float32Array): Ink {
  const most = Math.max(1, weights.length - 1);
  return tableInk(theme, 0, (weight) => Math.min(1, smallerThan(weights, weight) / most));
}

/** How many of ascending numbers are smaller. */
function smallerThan(ascending: Float32Array, value: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function plainInk(theme: ThemeName, scale: FixedScale): Ink {
  const least = scale === "log" ? 10 ** LOG_FROM : LEAST_SHOWN;
  return tableInk(theme, least, (weight) => positionOf(scale, weight));
}

/** Ink of the theme's table: `position` of a weight in it, 0 to 1. */
function tableInk(theme: ThemeName, least: number, position: (weight: number) => number): Ink {
  const table = attentionTable(theme);
  const pixels = new Uint32Array(table.buffer.slice(0));
  const tile = packed(parseHex(COLORS[theme].tile));
  const index = (weight: number): number => Math.round(position(weight) * (TABLE_SIZE - 1));
  return {
    signed: false,
    rgb: (weight) => {
      const i = index(weight) * 4;
      return [table[i]!, table[i + 1]!, table[i + 2]!];
    },
    pixel: (weight) => (weight < least ? tile : pixels[index(weight)]!),
  };
}

function signedInk(theme: ThemeName): Ink {
  const rgb = (weight: number): Rgb => signRgb(theme, weight, FULL_DIFFERENCE);
  const tile = packed(parseHex(COLORS[theme].tile));
  return {
    signed: true,
    rgb,
    pixel: (weight) => (Math.abs(weight) < LEAST_SHOWN ? tile : packed(rgb(weight))),
  };
}

function packed([r, g, b]: Rgb): number {
  return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
}
