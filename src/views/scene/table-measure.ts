// How wide a text is without a canvas. The table (advances.ts) holds the widths of Helvetica, which Arial, Liberation Sans
// and Nimbus Sans share: fonts that a paper's tools have.

import { advance, joinedExtra, SQUARE } from "./advances.ts";
import type { Measure } from "./measure.ts";

/** Bold letters are wider by about this much. */
const BOLD = 1.07;

/** A letter with marks is as wide as the letter; a syllable of Hangul would fall apart into three. */
function wholeAdvance(character: string): number {
  if (SQUARE.test(character)) return advance(character);
  return [...character.normalize("NFD")].reduce((sum, part) => sum + advance(part), 0);
}

/** A picture that is joined to one before it (a family, a profession) is one with it; so are two letters of a flag. */
const JOINED = /\u200d\p{Extended_Pictographic}/gu;
const FLAG = /(\p{Regional_Indicator})\p{Regional_Indicator}/gu;

function withoutJoined(text: string): string {
  return text.replace(JOINED, "").replace(FLAG, "$1");
}

/** Widths from the table. */
export const tableMeasure: Measure = (text, size, weight = 450) => {
  let sum = joinedExtra(text);
  for (const character of withoutJoined(text.normalize("NFC"))) sum += wholeAdvance(character);
  return (sum / 1000) * size * (weight >= 600 ? BOLD : 1);
};

/**
 * Widths by the fonts that a text may be drawn in, each letter's [regular, bold] in thousandths of the size: a text is in
 * the first font that lacks the fewest of its letters, and these are measured from the table.
 */
export function lettersMeasure(fonts: readonly Readonly<Record<string, readonly number[]>>[]): Measure {
  return (text, size, weight = 450) => {
    const letters = [...text];
    const lacks = fonts.map((font) => letters.filter((letter) => !font[letter]).length);
    const font = fonts[lacks.indexOf(Math.min(...lacks))]!;
    const bold = weight >= 600 ? 1 : 0;
    const own = letters.map((letter) => font[letter]?.[bold]);
    const lacking = letters.filter((_, i) => own[i] === undefined).join("");
    const sum = own.reduce<number>((total, width) => total + (width ?? 0), 0);
    return (sum * size) / 1000 + tableMeasure(lacking, size, weight);
  };
}
