// The colours of lines, stripes and bars: those of heads, or of a difference those of signs.

import { type Attention, PLAIN_UNIT } from "../../trace/index.ts";
import { headColors } from "../look/palette.ts";
import { COLORS, type ThemeName } from "../look/theme.ts";
import type { Selection } from "../view.ts";

/** The colours of a picture. */
export interface LineColors {
  /** One CSS colour per active head. */
  readonly heads: readonly string[];
  /** Colours of lines: those of heads, or of more and of less. */
  readonly palette: readonly string[];
  /** Lines have the colours of signs. */
  readonly signed: boolean;
}

/** Colours of the active heads, and of their lines. */
export function lineColors(attention: Attention, { heads, layer }: Selection, theme: ThemeName): LineColors {
  const all = headColors(theme, heads, attention.heads(layer));
  const own = heads.map((head) => all[head] ?? COLORS[theme].ink);
  if (attention.scale === "weight") return { heads: own, palette: own, signed: false };
  return { heads: own, palette: [COLORS[theme].pos, COLORS[theme].neg], signed: true };
}

/** What lines share out, for the sentence of what was left out. */
export function massOf({ scale, mass = "attention mass" }: Attention): string {
  return scale === "weight" ? mass : "change";
}

/** What the numbers are, where they are not plain attention; else "". */
export function unitNote({ unit }: Attention): string {
  return unit === PLAIN_UNIT ? "" : unit;
}

/** One colour per part: the head's own, or that of its sign. */
export function partColors(colors: LineColors, parts: readonly number[]): readonly string[] {
  return colors.signed ? parts.map((part) => colors.palette[part < 0 ? 1 : 0]!) : colors.heads;
}
