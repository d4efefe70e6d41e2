// The list beside a full matrix: where the pinned words attend, strongest first, and what is left.

import { elementFor } from "../look/dom.ts";
import { formatNumber } from "../look/palette.ts";
import type { MatrixCells } from "./cells.ts";

const MOST = 14;
const LEAST = 0.005;
const STRONG = 0.3;

/** Draw the list of the pinned `pins` (rows of `cells`) into `holder`; the mean where there are several. */
export function drawSide(
  holder: HTMLElement,
  cells: MatrixCells,
  pins: readonly number[],
  color: string,
): void {
  const [row] = pins;
  if (row === undefined) {
    holder.textContent = "Click a row to list where it attends.";
    return;
  }
  const make: Make = (tag, name, text) => elementFor(holder, tag, name, text);
  const one = pins.length === 1;
  const heading = make("h3", "", `${one ? cells.rowWords[row] : `${pins.length} words`} `);
  heading.append(make("span", "", one ? `token ${cells.slice.queries[row]}` : "mean"));
  const sentence = `${one ? "attends" : "attend"} in ${cells.name} to`;
  const list = make("ol", "", "");
  list.append(...lines(make, cells, cells.mean(pins), color));
  holder.replaceChildren(heading, make("p", "", sentence), list);
}

/** The strongest columns, and what is left. */
function lines(make: Make, cells: MatrixCells, weights: Float32Array, color: string): HTMLElement[] {
  const ranked = [...weights.keys()]
    .filter((column) => !Number.isNaN(weights[column]!))
    .sort((a, b) => weights[b]! - weights[a]!);
  const shown = ranked.slice(0, MOST).filter((column) => weights[column]! >= LEAST);
  const largest = weights[shown[0] ?? 0] ?? 1;
  const items = shown.map((at) => line(make, cells.listedWords[at]!, weights[at]!, largest, color));
  const rest = ranked.slice(shown.length);
  const mass = rest.reduce((sum, column) => sum + weights[column]!, 0);
  return rest.length > 0 ? [...items, restLine(make, rest.length, mass)] : items;
}

type Make = (tag: "h3" | "i" | "li" | "ol" | "p" | "span", name: string, text: string) => HTMLElement;

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
  const others = String(count).replace(/\B(?=(\d{3})+$)/g, ",");
  const words = make("span", "", count === 1 ? "1 other" : `${others} others`);
  item.append(words, make("span", "number", formatNumber(mass)));
  return item;
}
