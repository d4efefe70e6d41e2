// The list beside a full matrix: where the pinned words attend, strongest first, and what is left.

import { formatNumber } from "./palette.ts";

/** What the list shows. */
export interface SideRequest {
  readonly title: string;
  readonly detail: string;
  readonly sentence: string;
  /** Weights by column, NaN where masked; the mean of several rows where several are pinned. */
  readonly weights: Float32Array;
  readonly word: (column: number) => string;
  readonly color: string;
}

const MOST = 14;
const LEAST = 0.005;
const STRONG = 0.3;

/** Draw the list into `holder`. */
export function drawSide(holder: HTMLElement, request: SideRequest): void {
  const ranked = [...request.weights.keys()]
    .filter((column) => !Number.isNaN(request.weights[column]!))
    .sort((a, b) => request.weights[b]! - request.weights[a]!);
  const shown = ranked.slice(0, MOST).filter((column) => request.weights[column]! >= LEAST);
  const largest = request.weights[shown[0] ?? 0] ?? 1;
  const make = maker(holder);
  const heading = make("h3", "", `${request.title} `);
  heading.append(make("span", "", request.detail));
  const list = make("ol", "", "");
  for (const column of shown) {
    list.append(line(make, request.word(column), request.weights[column]!, largest, request.color));
  }
  const rest = ranked.slice(shown.length).reduce((sum, column) => sum + request.weights[column]!, 0);
  if (ranked.length > shown.length) list.append(restLine(make, ranked.length - shown.length, rest));
  holder.replaceChildren(heading, make("p", "", request.sentence), list);
}

type Make = (tag: string, name: string, text: string) => HTMLElement;

function maker(holder: HTMLElement): Make {
  return (tag, name, text) => {
    const element = holder.ownerDocument.createElement(tag);
    element.className = name;
    element.textContent = text;
    return element;
  };
}

function line(make: Make, word: string, weight: number, largest: number, color: string): HTMLElement {
  const strong = weight > STRONG ? " strong" : "";
  const bar = make("span", "bar", "");
  const fill = make("i", "", "");
  fill.style.cssText = `width:${(100 * weight) / largest}%;background:${color}`;
  bar.append(fill);
  const item = make("li", "", "");
  const label = make("span", `word${strong}`, word);
  label.dir = "auto";
  item.append(label, bar, make("span", `number${strong}`, formatNumber(weight)));
  return item;
}

function restLine(make: Make, count: number, mass: number): HTMLElement {
  const item = make("li", "rest", "");
  const words = make("span", "", count === 1 ? "1 other" : `${count} others`);
  item.append(words, make("span", "", ""), make("span", "number", formatNumber(mass)));
  return item;
}
