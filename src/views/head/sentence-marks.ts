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
  const [from, to] = [secondSentence(left), secondSentence(right)];
  const { tokenWidth, lead, rowHeight } = layout;
  const letter = (row: number, text: string) => ({
    text,
    x: text.length > 1 ? 2 : Math.max(0, lead - 12),
    y: rowMiddle(layout, row),
  });
  return {
    letters: from > 0 ? [letter(0, names[0]), letter(from, names[1])] : [],
    dividers: [
      ...begins(left, from).map((row) => ({ x: layout.from - tokenWidth + 8, y: row * rowHeight })),
      ...begins(right, to).map((row) => ({ x: layout.to + 4, y: row * rowHeight })),
    ],
    width: tokenWidth - 12,
  };
}

/** Rows before which a line stands: that of the second sentence, else those of later turns. */
function begins(column: MarkedColumn, second: number): readonly number[] {
  return second > 0 ? [second] : turnRows(column);
}

/** Put the marks into `parent` as elements. */
export function showSentences(parent: HTMLElement, { letters, dividers, width }: SentenceMarks): void {
  const mark = (name: string, css: string, text = ""): HTMLElement => {
    const element = parent.ownerDocument.createElement("div");
    element.className = name;
    element.style.cssText = css;
    element.textContent = text;
    return element;
  };
  parent.replaceChildren(
    ...letters.map(({ x, y, text }) => mark("hs-sentence", `left:${x}px;top:${y - 8}px`, text)),
    ...dividers.map(({ x, y }) => mark("hs-divider", `left:${x}px;top:${y - 0.5}px;width:${width}px`)),
  );
}
