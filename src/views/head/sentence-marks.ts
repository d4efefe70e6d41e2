// Marks of a sentence pair in the head view: A and B (or Source and Target) beside the words, a dotted line where
// the second begins; and where the next turn of a chat does.

import { type MarkedColumn, secondSentence } from "../read/sentences.ts";
import { turnRows } from "../read/turns.ts";
import { type LinesLayout, rowMiddle } from "./layout.ts";

/** Letters and dotted lines, in px of the content. */
export interface SentenceMarks {
  /** Left edge and middle of each letter. */
  readonly letters: readonly { readonly text: string; readonly x: number; readonly y: number }[];
  /** Left edge and height of each dotted line. */
  readonly dividers: readonly { readonly x: number; readonly y: number }[];
  readonly width: number;
}

/** Where the marks of both columns stand; `names` are those of the two sentences. */
export function sentenceMarks(
  left: MarkedColumn,
  right: MarkedColumn,
  layout: LinesLayout,
  names: readonly [string, string],
): SentenceMarks {
  const from = secondSentence(left);
  const { tokenWidth, lead, rowHeight } = layout;
  const letter = (row: number, text: string) => ({
    text,
    x: text.length > 1 ? 6 : Math.max(4, lead - 12),
    y: rowMiddle(layout, row),
  });
  return {
    letters: from > 0 ? [letter(0, names[0]), letter(from, names[1])] : [],
    dividers: [
      ...beginsOf(left).map((row) => ({ x: layout.from - tokenWidth + 8, y: row * rowHeight })),
      ...beginsOf(right).map((row) => ({ x: layout.to + 4, y: row * rowHeight })),
    ],
    width: tokenWidth - 12,
  };
}

/** Rows before which a line stands: that of the second sentence, else those of later turns. */
export function beginsOf(column: MarkedColumn): readonly number[] {
  const second = secondSentence(column);
  return second > 0 ? [second] : turnRows(column);
}

/** Put marks into `parent` as elements, each a class, its place as CSS, and a text. */
export function showMarks(parent: HTMLElement, marks: readonly SentenceElement[]): void {
  const elements = marks.map(({ name, css, text = "" }) => {
    const element = parent.ownerDocument.createElement("div");
    element.className = name;
    element.style.cssText = css;
    element.textContent = text;
    return element;
  });
  parent.replaceChildren(...elements);
}

/** A letter or a dotted line of a page. */
export interface SentenceElement {
  readonly name: "hs-sentence" | "hs-divider";
  readonly css: string;
  readonly text?: string;
}

/** The marks of two columns as elements. */
export function sentenceElements({ letters, dividers, width }: SentenceMarks): SentenceElement[] {
  return [
    ...letters.map(
      ({ x, y, text }) => ({ name: "hs-sentence", css: `left:${x}px;top:${y - 8}px`, text }) as const,
    ),
    ...dividers.map(
      ({ x, y }) => ({ name: "hs-divider", css: `left:${x}px;top:${y - 0.5}px;width:${width}px` }) as const,
    ),
  ];
}
