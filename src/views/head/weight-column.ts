// The column of numbers of the head view: a bar per head and the mean as a number, in reading order.

import { addTo } from "../look/dom.ts";
import { formatNumber, HIGH } from "../look/palette.ts";
import type { ColumnWeights } from "./column-weights.ts";
import { type LinesLayout, rowMiddle } from "./lines-layout.ts";

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

/** Bars of all heads one after the other as one CSS background, a pixel between them, and their width in px. */
export function barsOf(
  lengths: readonly number[],
  colors: readonly string[],
): { readonly width: number; readonly background: string } {
  const stops: string[] = [];
  let x = 0;
  for (const [i, length] of lengths.entries()) {
    if (length === 0) continue;
    if (x > 0) stops.push(`transparent ${x}px ${++x}px`);
    stops.push(`${colors[i]} ${x}px ${x + length}px`);
    x += length;
  }
  return { width: x, background: stops.length > 0 ? `linear-gradient(90deg,${stops.join(",")})` : "" };
}

const NAME_WIDTH = 58;
const NUMBER_WIDTH = 34;

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
    const { layout, window, shown, weights, from } = content;
    this.element.style.left = `${layout.weightLeft}px`;
    this.element.style.width = `${layout.weightWidth}px`;
    this.element.style.fontSize = `${Math.min(12, layout.fontSize)}px`;
    let count = 0;
    for (let row = window[0]; row < Math.min(window[1], shown.length); row++) {
      if (weights.mean[shown[row]!]! >= from) this.#fill(this.#line(count++), row, content);
    }
    this.#keep(count);
  }

  /** Show nothing. */
  clear(): void {
    this.#keep(0);
  }

  #keep(count: number): void {
    for (const { item } of this.#lines.splice(count)) item.remove();
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

  #fill({ item, name, bars, number }: Line, row: number, content: WeightContent): void {
    const { layout, shown, weights, colors, word, named } = content;
    const position = shown[row]!;
    const mean = weights.mean[position]!;
    const text = formatNumber(mean);
    item.classList.toggle("hs-high", mean > HIGH);
    item.setAttribute("aria-label", `${word(position)} ${text}`);
    item.style.top = `${rowMiddle(layout, row) - 8}px`;
    number.textContent = text;
    const roomy = layout.barWidth > 0;
    name.hidden = !(named && roomy);
    name.textContent = name.hidden ? "" : word(position);
    bars.hidden = !roomy;
    if (!roomy) return;
    const width = named ? layout.weightWidth - NAME_WIDTH - NUMBER_WIDTH : layout.barWidth;
    const perHead = weights.heads.map((head) => head[position]!);
    const all = barsOf(barLengths(perHead, width), colors);
    bars.style.cssText = `width:${all.width}px;height:${Math.min(8, layout.rowHeight - 6)}px;background:${all.background}`;
  }
}
