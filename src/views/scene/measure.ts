// How wide a text is: measured by a canvas in a page, from a table in Node, so that a picture is laid out the same
// everywhere. The table holds the advances of Helvetica (Adobe font metrics), which Arial, Liberation Sans and
// Nimbus Sans share: fonts that a paper's tools have.

import { fontOf } from "./canvas.ts";

/** Width in px of a text at a font size in px; weight 100 to 900, 450 where left out. */
export type Measure = (text: string, size: number, weight?: number) => number;

/** Widths of the printable ASCII characters from space on, in thousandths of the font size. */
const ASCII = [
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556,
  556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278,
  500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469,
  556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500,
  278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
] as const;
const OTHERS: Readonly<Record<string, number>> = {
  "…": 1000,
  "→": 1000,
  "−": 584,
  "×": 584,
  "·": 278,
  "–": 556,
  "—": 1000,
  "‘": 222,
  "’": 222,
  "“": 333,
  "”": 333,
  "√": 549,
  Σ: 618,
};
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Extended_Pictographic}\uff00-\uff60]/u;
const NO_WIDTH = /[\p{M}\p{Cf}]/u;
/** Bold letters are wider by about this much. */
const BOLD = 1.07;

function advance(character: string): number {
  const code = character.codePointAt(0)!;
  const known = ASCII[code - 32] ?? OTHERS[character];
  if (known !== undefined) return known;
  if (NO_WIDTH.test(character)) return 0;
  return WIDE.test(character) ? 1000 : 556;
}

/** A letter with marks is as wide as the letter; a syllable of Hangul would fall apart into three. */
function wholeAdvance(character: string): number {
  if (WIDE.test(character)) return advance(character);
  return [...character.normalize("NFD")].reduce((sum, part) => sum + advance(part), 0);
}

/** Widths from the table. */
export const tableMeasure: Measure = (text, size, weight = 450) => {
  let sum = 0;
  for (const character of text.normalize("NFC")) sum += wholeAdvance(character);
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
    const widths = letters.map((letter) => {
      const own = font[letter]?.[bold];
      return own === undefined ? tableMeasure(letter, size, weight) : (own * size) / 1000;
    });
    return widths.reduce((sum, width) => sum + width, 0);
  };
}

const contexts = new WeakMap<Document, CanvasRenderingContext2D | null>();

/** Widths as the page that holds `near` draws them. */
export function pageMeasure(near: Element): Measure {
  const page = near.ownerDocument;
  if (!contexts.has(page)) contexts.set(page, page.createElement("canvas").getContext("2d"));
  const context = contexts.get(page);
  if (!context) return tableMeasure;
  return (text, size, weight = 450) => {
    context.font = fontOf({ size, weight });
    return context.measureText(text).width;
  };
}

/** Width of the widest of `words`; measures the longest ones only. */
export function widest(measure: Measure, words: readonly string[], size: number): number {
  const longest = [...new Set(words)].sort((a, b) => b.length - a.length).slice(0, 20);
  return Math.max(0, ...longest.map((word) => measure(word, size)));
}
