// The column of numbers of the head view as elements: a bar per head and the mean as a number, in reading order.

import { addTo } from "../look/dom.ts";
import { barHeight, barLengths, barRoom, barsOf } from "./bars.ts";
import { type LineColors, partColors } from "./colors.ts";
import { type LinesLayout, rowMiddle } from "./layout.ts";
import type { HeadNumbers, NumberRow } from "./picture.ts";

/** What the column shows. */
export interface WeightContent {
  readonly numbers: HeadNumbers;
  readonly colors: LineColors;
  readonly layout: LinesLayout;
}

/** One line of the column; elements are made once and only their texts and styles change. */
interface Line {
  readonly item: HTMLElement;
  readonly name: HTMLElement;
  readonly bars: HTMLElement;
  readonly number: HTMLElement;
}

export class WeightColumn {
  readonly element: HTMLElement;
  readonly #lines: Line[] = [];

  constructor(parent: HTMLElement) {
    this.element = addTo(parent, "ul", "hs-weights");
    this.element.setAttribute("aria-label", "Attention weights");
  }

  show(content: WeightContent): void {
    const { layout, numbers } = content;
    this.element.style.left = `${layout.weightLeft}px`;
    this.element.style.width = `${layout.weightWidth}px`;
    this.element.style.fontSize = `${Math.min(12, layout.fontSize)}px`;
    for (const [i, row] of numbers.rows.entries()) this.#fill(this.#line(i), row, content);
    for (const { item } of this.#lines.splice(numbers.rows.length)) item.remove();
  }

  #line(index: number): Line {
    const known = this.#lines[index];
    if (known) return known;
    const item = addTo(this.element, "li");
    const [name, bars] = [addTo(item, "span", "hs-name"), addTo(item, "span", "hs-bars")];
    const line = { item, name, bars, number: addTo(item, "b") };
    this.#lines.push(line);
    return line;
  }

  #fill({ item, name, bars, number }: Line, row: NumberRow, content: WeightContent): void {
    const { layout, numbers, colors } = content;
    item.classList.toggle("hs-high", row.high);
    item.setAttribute("aria-label", `${row.word} ${row.text}`);
    item.style.top = `${rowMiddle(layout, row.row) - 8}px`;
    number.textContent = row.text;
    const roomy = layout.barWidth > 0;
    name.hidden = !(numbers.named && roomy);
    name.textContent = name.hidden ? "" : row.word;
    bars.hidden = !roomy;
    if (!roomy) return;
    const { width, background } = barsOf(
      barLengths(row.parts, barRoom(layout, numbers.named)),
      partColors(colors, row.parts),
    );
    bars.style.cssText = `width:${width}px;height:${barHeight(layout)}px;background:${background}`;
  }
}
