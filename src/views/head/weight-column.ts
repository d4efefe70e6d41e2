// The numbers of the head view as elements: a bar per head and the mean as a number, in reading order.

import { addTo } from "../look/dom.ts";
import { pageMeasure } from "../scene/measure.ts";
import type { HeadLayout } from "./axis.ts";
import { barLengths, barRoom, barsOf } from "./bars.ts";
import { type LineColors, partColors } from "./colors.ts";
import { type HeadNumbers, type NumberRow, numberedSide } from "./picture.ts";
import { barAngle, barsCss, hasNames, leadCss, numberCss, numbersPlace } from "./word-places.ts";

/** What the column shows. */
export interface WeightContent {
  readonly numbers: HeadNumbers;
  readonly colors: LineColors;
  readonly layout: HeadLayout;
}

/** One line of the column; elements are made once and only their texts and styles change. */
interface Line {
  readonly item: HTMLElement;
  readonly name: HTMLElement;
  readonly bars: HTMLElement;
  readonly lead: HTMLElement;
  readonly number: HTMLElement;
}

export class WeightColumn {
  readonly element: HTMLElement;
  readonly #lines: Line[] = [];

  constructor(parent: HTMLElement) {
    this.element = addTo(parent, "ul");
    this.element.setAttribute("aria-label", "Attention weights");
  }

  show(content: WeightContent): void {
    const { layout, numbers } = content;
    const { css, names } = numbersPlace(layout, numberedSide(numbers));
    this.element.style.cssText = css;
    this.element.className = ["hs-weights", ...names].join(" ");
    for (const [i, row] of numbers.rows.entries()) this.#fill(this.#line(i), row, content);
    for (const { item } of this.#lines.splice(numbers.rows.length)) item.remove();
  }

  #line(index: number): Line {
    const known = this.#lines[index];
    if (known) return known;
    const item = addTo(this.element, "li");
    const [name, bars] = [addTo(item, "span", "hs-name"), addTo(item, "span", "hs-bars")];
    const line = { item, name, bars, lead: addTo(item, "i", "hs-lead"), number: addTo(item, "b") };
    this.#lines.push(line);
    return line;
  }

  #fill({ item, name, bars, lead, number }: Line, row: NumberRow, content: WeightContent): void {
    const { layout, numbers, colors } = content;
    item.classList.toggle("hs-high", row.high);
    item.setAttribute("aria-label", `${row.word} ${row.text}`);
    const side = numberedSide(numbers);
    item.style.cssText = numberCss(layout, side, row.row);
    number.textContent = row.text;
    const { element } = this;
    lead.style.cssText = leadCss(layout, side, () => pageMeasure(element)(row.word, layout.fontSize));
    name.hidden = !(numbers.named && hasNames(layout));
    name.textContent = name.hidden ? "" : row.word;
    bars.hidden = layout.barWidth === 0;
    if (bars.hidden) return;
    const room = hasNames(layout) ? barRoom(layout, numbers.named) : layout.barWidth;
    const { width, background } = barsOf(
      barLengths(row.parts, room),
      partColors(colors, row.parts),
      barAngle(layout, side),
    );
    bars.style.cssText = `${barsCss(layout, width)};background:${background}`;
  }
}
