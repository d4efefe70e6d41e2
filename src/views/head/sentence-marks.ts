// Marks of a sentence pair in the head view: A and B (or Source and Target) beside the words, a dotted line where
// the second begins.

import { type MarkedColumn, secondSentence } from "../read/sentences.ts";
import { type LinesLayout, rowMiddle } from "./lines-layout.ts";

/** Put the marks of both columns into `parent`; `names` are those of the two sentences. */
export function markSentences(
  parent: HTMLElement,
  left: MarkedColumn,
  right: MarkedColumn,
  layout: LinesLayout,
  names: readonly [string, string],
): void {
  const [from, to] = [secondSentence(left), secondSentence(right)];
  const { tokenWidth, lead, rowHeight } = layout;
  const mark = (name: string, css: string, text = ""): HTMLElement => {
    const element = parent.ownerDocument.createElement("div");
    element.className = name;
    element.style.cssText = css;
    element.textContent = text;
    return element;
  };
  const letter = (row: number, text: string): HTMLElement =>
    mark(
      "hs-sentence",
      `left:${text.length > 1 ? 2 : Math.max(0, lead - 12)}px;top:${rowMiddle(layout, row) - 8}px`,
      text,
    );
  const divider = (row: number, x: number): HTMLElement =>
    mark("hs-divider", `left:${x}px;top:${row * rowHeight - 0.5}px;width:${tokenWidth - 12}px`);
  parent.replaceChildren(
    ...(from > 0
      ? [letter(0, names[0]), letter(from, names[1]), divider(from, layout.from - tokenWidth + 8)]
      : []),
    ...(to > 0 ? [divider(to, layout.to + 4)] : []),
  );
}
