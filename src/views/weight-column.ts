// The column of numbers of the head view: a bar per head and the mean as a number, in reading order.

import type { ColumnWeights } from "./column-weights.ts";
import { type LinesLayout, rowMiddle } from "./lines-layout.ts";
import { formatNumber } from "./palette.ts";

/** What the column shows. */
export interface WeightContent {
  readonly weights: ColumnWeights;
  /** One CSS colour per active head. */
  readonly colors: readonly string[];
  readonly layout: LinesLayout;
  /** Rows in the document: first and one past last. */
  readonly window: readonly [number, number];
  /** Position at a row. */
  readonly shown: readonly number[];
  /** Weights below this get no entry; 0 gives every row one. */
  readonly from: number;
  /** The word a weight belongs to. */
  readonly word: (position: number) => string;
  /** Write the word before the bar, because the row does not stand beside it. */
  readonly named: boolean;
}

/** Bar lengths in px, one per head: weights are parts of 1 and share the bar; under .004 none. */
export function barLengths(weights: readonly number[], width: number): number[] {
  return weights.map((weight) => (weight > 0.004 ? Math.min(1, weight / weights.length) * width : 0));
}

/** From here on a number is set in bold. */
export const HIGH = 0.3;
const NAME_WIDTH = 58;
const NUMBER_WIDTH = 34;

export class WeightColumn {
  readonly element: HTMLElement;

  constructor(parent: HTMLElement) {
    this.element = parent.ownerDocument.createElement("ul");
    this.element.className = "hs-weights";
    this.element.setAttribute("aria-label", "Attention weights");
    parent.append(this.element);
  }

  show(content: WeightContent): void {
    const { layout, window, shown, weights, from } = content;
    this.element.style.left = `${layout.weightLeft}px`;
    this.element.style.width = `${layout.weightWidth}px`;
    this.element.style.fontSize = `${Math.min(12, layout.fontSize)}px`;
    const items: HTMLElement[] = [];
    for (let row = window[0]; row < Math.min(window[1], shown.length); row++) {
      if (weights.mean[shown[row]!]! >= from) items.push(this.#item(row, content));
    }
    this.element.replaceChildren(...items);
  }

  /** Show nothing. */
  clear(): void {
    this.element.replaceChildren();
  }

  #item(row: number, { layout, shown, weights, colors, word, named }: WeightContent): HTMLElement {
    const { ownerDocument: page } = this.element;
    const position = shown[row]!;
    const mean = weights.mean[position]!;
    const item = page.createElement("li");
    if (mean > HIGH) item.className = "hs-high";
    item.setAttribute("aria-label", `${word(position)} ${formatNumber(mean)}`);
    item.style.top = `${rowMiddle(layout, row) - 8}px`;
    if (named && layout.barWidth > 0) {
      const label = item.appendChild(page.createElement("span"));
      label.className = "hs-name";
      label.textContent = word(position);
    }
    const width = named ? layout.weightWidth - NAME_WIDTH - NUMBER_WIDTH : layout.barWidth;
    if (layout.barWidth > 0) {
      const perHead = weights.heads.map((head) => head[position]!);
      item.append(bars(page, barLengths(perHead, width), colors, layout));
    }
    const number = item.appendChild(page.createElement("b"));
    number.textContent = formatNumber(mean);
    return item;
  }
}

function bars(
  page: Document,
  lengths: readonly number[],
  colors: readonly string[],
  layout: LinesLayout,
): HTMLElement {
  const box = page.createElement("span");
  box.className = "hs-bars";
  box.style.height = `${Math.min(8, layout.rowHeight - 6)}px`;
  lengths.forEach((length, i) => {
    if (length === 0) return;
    const bar = box.appendChild(page.createElement("i"));
    bar.style.cssText = `width:${length}px;background:${colors[i]}`;
  });
  return box;
}
