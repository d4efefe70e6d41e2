// How wide a text is, so that a picture is laid out the same everywhere: measured by a canvas in a page, from a table
// elsewhere (table-measure.ts), which a page does not load to begin with.

import { fontOf } from "./canvas.ts";

/** Width in px of a text at a font size in px; weight 100 to 900, 450 where left out. */
export type Measure = (text: string, size: number, weight?: number) => number;

/** Width of a letter in shares of its size, where a page has no canvas left to measure with. */
const USUAL_LETTER = 0.55;

const contexts = new WeakMap<Document, CanvasRenderingContext2D | null>();

/** Widths as the page that holds `near` draws them. */
export function pageMeasure(near: Element): Measure {
  const page = near.ownerDocument;
  if (!contexts.has(page)) contexts.set(page, page.createElement("canvas").getContext("2d"));
  const context = contexts.get(page);
  if (!context) return (text, size) => [...text].length * size * USUAL_LETTER;
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
