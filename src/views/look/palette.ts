// Numbers to colours and to short text: the four colour meanings of theme.ts baked into tables.
// Tables are RGBA bytes so that pictures are painted by lookup; CSS strings are for text and lines.

import { ATTENTION_RAMP, COLORS, HEAD_COLORS, HEAD_ORDER, SIGN_RAMPS, type ThemeName } from "./theme.ts";

/** From here on a weight is set in bold. */
export const HIGH = 0.3;

/** Red, green and blue, 0 to 255. */
export type Rgb = readonly [number, number, number];

/** Entries of a colour table. */
export const TABLE_SIZE = 256;

/** The colour of a "#RRGGBB" string. */
export function parseHex(hex: string): Rgb {
  const bits = Number.parseInt(hex.slice(1), 16);
  return [bits >> 16, (bits >> 8) & 255, bits & 255];
}

/** A colour as "rgb(r,g,b)". */
export function cssColor([r, g, b]: Rgb): string {
  return `rgb(${Math.round(r)},${Math.round(g)},${Math.round(b)})`;
}

/** `share` of the way from `a` to `b`, per channel. */
export function mix(a: Rgb, b: Rgb, share: number): Rgb {
  const channel = (i: 0 | 1 | 2): number => a[i] + (b[i] - a[i]) * share;
  return [channel(0), channel(1), channel(2)];
}

/** The colour at position 0 to 1 along evenly spaced stops. */
export function rampColor(stops: readonly string[], position: number): Rgb {
  return alongStops(stops.map(parseHex), position);
}

function alongStops(stops: readonly Rgb[], position: number): Rgb {
  const place = Math.min(1, Math.max(0, position)) * (stops.length - 1);
  const low = Math.min(Math.floor(place), stops.length - 2);
  return mix(stops[low]!, stops[low + 1]!, place - low);
}

/** RGBA bytes of a ramp, [256, 4]. */
export function rampTable(stops: readonly string[]): Uint8ClampedArray {
  const colors = stops.map(parseHex);
  const table = new Uint8ClampedArray(TABLE_SIZE * 4);
  for (let i = 0; i < TABLE_SIZE; i++) {
    const [r, g, b] = alongStops(colors, i / (TABLE_SIZE - 1));
    table.set([r, g, b, 255], i * 4);
  }
  return table;
}

/** Tables of the ramps that pictures are painted with, each made when it is first needed. */
const tables = new Map<readonly string[], Uint8ClampedArray>();

function tableOf(ramp: readonly string[]): Uint8ClampedArray {
  const table = tables.get(ramp) ?? rampTable(ramp);
  tables.set(ramp, table);
  return table;
}

/** The ink ramp of a theme, [256, 4] RGBA bytes, indexed by `weightIndex`. */
export function attentionTable(theme: ThemeName): Uint8ClampedArray {
  return tableOf(ATTENTION_RAMP[theme]);
}

/** From the surface to a head's colour, [256, 4] RGBA bytes, indexed by `weightIndex`. */
export function headTable(theme: ThemeName, color: string): Uint8ClampedArray {
  return rampTable([COLORS[theme].surface, color]);
}

/** Index of an attention weight in a colour table: 255 √weight, so that small weights can be told apart. */
export function weightIndex(weight: number): number {
  return Math.round(Math.sqrt(Math.min(1, Math.max(0, weight))) * (TABLE_SIZE - 1));
}

function tableColor(table: Uint8ClampedArray, index: number): Rgb {
  return [table[index * 4]!, table[index * 4 + 1]!, table[index * 4 + 2]!];
}

/** Ink of an attention weight. */
export function attentionRgb(theme: ThemeName, weight: number): Rgb {
  return tableColor(attentionTable(theme), weightIndex(weight));
}

/** Ink of an attention weight, as CSS. */
export function attentionColor(theme: ThemeName, weight: number): string {
  return cssColor(attentionRgb(theme, weight));
}

/** Saturation, 0 to 1, of a signed value where `largest` is fully saturated: tanh(1.4 |x| / m) / tanh 1.4. */
export function signStrength(value: number, largest: number): number {
  if (largest <= 0) return 0;
  return Math.min(1, Math.tanh((1.4 * Math.abs(value)) / largest) / Math.tanh(1.4));
}

/** Blue for a positive value, orange for a negative one; the middle colour at 0. */
export function signRgb(theme: ThemeName, value: number, largest: number): Rgb {
  const { ramp, index } = signPlace(theme, value, largest);
  return tableColor(tableOf(ramp), index);
}

function signPlace(theme: ThemeName, value: number, largest: number) {
  const { pos, neg } = SIGN_RAMPS[theme];
  const index = Math.round(signStrength(value, largest) * (TABLE_SIZE - 1));
  return { ramp: value < 0 ? neg : pos, index };
}

const signNames = new Map<readonly string[], string[]>();

/** Like `signRgb`, as CSS; each text is made once, as a picture has thousands of cells. */
export function signColor(theme: ThemeName, value: number, largest: number): string {
  const { ramp, index } = signPlace(theme, value, largest);
  const names = signNames.get(ramp) ?? new Array<string>(TABLE_SIZE);
  signNames.set(ramp, names);
  names[index] ??= cssColor(tableColor(tableOf(ramp), index));
  return names[index];
}

/**
 * One colour per head of a layer, or null for ink / grey. Up to 12 heads the colour is the head's own;
 * beyond, the active heads take colours in a fixed order, and more than 12 active heads are all ink.
 */
export function headColors(theme: ThemeName, active: readonly number[], total: number): (string | null)[] {
  const colors: readonly string[] = HEAD_COLORS[theme];
  if (total <= colors.length) return colors.slice(0, total);
  const result = new Array<string | null>(total).fill(null);
  if (active.length > colors.length) return result;
  [...active]
    .sort((a, b) => a - b)
    .forEach((head, i) => {
      result[head] = colors[HEAD_ORDER[i]!]!;
    });
  return result;
}

/** Relative luminance, 0 to 1 (WCAG 2.2). */
export function luminance([r, g, b]: Rgb): number {
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}

function linear(channel: number): number {
  const c = channel / 255;
  return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
}

/** Contrast ratio of two colours, 1 to 21 (WCAG 2.2). */
export function contrast(a: Rgb, b: Rgb): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

/** The colour of text on a coloured square. */
export function textOn(background: Rgb): string {
  return luminance(background) > 0.24 ? "#17181C" : "#FFFFFF";
}

/** The sign of negative numbers. */
export const MINUS = "\u2212";

/** ".74", "1.00", "−.06", "22.93"; "0" where it would round to ".00". */
export function formatNumber(value: number, digits = 2): string {
  if (!Number.isFinite(value)) return value > 0 ? "∞" : value < 0 ? `${MINUS}∞` : "–";
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return "0";
  return (value < 0 ? MINUS : "") + text.replace(/^0\./, ".");
}

/** "65,536". */
export function formatCount(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ",");
}
