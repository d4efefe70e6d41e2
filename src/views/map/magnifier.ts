// The magnifier of the model map: one head larger, with its scores, beside the map and never over it.

import { sizeCanvas, snap } from "../look/canvas.ts";
import { formatNumber } from "../look/palette.ts";
import { thumbnailCodes } from "./codes.ts";
import { type CodeColors, paintAlone } from "./picture.ts";

/** A named score of a head. */
export interface HeadScore {
  readonly name: string;
  readonly value: number;
}

/** What the magnifier shows. */
export interface Magnified {
  readonly title: string;
  readonly label: string;
  readonly scores: readonly HeadScore[];
  /** Labels of rows; none where there is no room. */
  readonly words: readonly string[];
  readonly hint: readonly [string, string, string] | null;
}

/** A weight matrix to draw, [rows, columns], as thumbnail.ts gives it. */
export interface MagnifiedPicture {
  readonly weights: Float32Array | null;
  readonly rows: number;
  readonly columns: number;
  readonly colors: CodeColors;
}

const WIDTH = 268;
const INNER = 242;
const LABELS = 56;
/** Rows with labels and lines between cells; more are drawn as one picture. */
const MOST_WORDS = 18;
const DISTANCE = 8;
/** Distance from a cell under a finger. */
const FINGER = 32;

/** Side of the picture in CSS pixels. */
export function pictureSide(words: number): number {
  return words > 0 && words <= MOST_WORDS ? INNER - LABELS : INNER;
}

/** A popover in the top layer, so that no panel clips it. */
export class Magnifier {
  readonly element: HTMLElement;
  readonly #canvas: HTMLCanvasElement;
  readonly #document: Document;

  constructor(target: HTMLElement) {
    this.#document = target.ownerDocument;
    this.element = this.#document.createElement("div");
    this.element.className = "hs-magnifier";
    this.element.popover = "manual";
    this.element.setAttribute("aria-hidden", "true");
    this.#canvas = this.#document.createElement("canvas");
    target.append(this.element);
  }

  get shown(): boolean {
    return this.element.isConnected && this.element.matches(":popover-open");
  }

  /** Show a head; `map` is what must stay uncovered and `cell` where to look from, in viewport pixels. */
  show(facts: Magnified, picture: MagnifiedPicture, map: DOMRect, cell: DOMRect): void {
    const words = facts.words.length <= MOST_WORDS ? facts.words : [];
    this.element.replaceChildren(this.#heading(facts), this.#picture(picture, words), ...this.#scores(facts));
    if (!this.shown) this.element.showPopover();
    this.#place(map, cell);
  }

  hide(): void {
    if (this.shown) this.element.hidePopover();
  }

  destroy(): void {
    this.hide();
    this.element.remove();
  }

  #heading({ title, label }: Magnified): HTMLElement {
    const heading = this.#make("h3", title);
    heading.append(this.#make("span", label));
    return heading;
  }

  #picture(picture: MagnifiedPicture, words: readonly string[]): HTMLElement {
    const holder = this.#make("div", "");
    holder.className = "hs-magnifier-picture";
    if (!picture.weights) {
      holder.textContent = "Not recorded in this run.";
      return holder;
    }
    const side = pictureSide(words.length);
    if (words.length > 0) holder.append(this.#words(words, side));
    if (words.length > 0 && picture.columns <= MOST_WORDS) this.#drawCells(picture, side);
    else
      paintAlone(this.#canvas, side, { ...picture, codes: thumbnailCodes(picture.weights) }, picture.colors);
    holder.append(this.#canvas);
    return holder;
  }

  #words(words: readonly string[], side: number): HTMLElement {
    const list = this.#make("div", "");
    list.className = "hs-magnifier-words";
    const height = side / words.length;
    words.forEach((word, i) => {
      const line = this.#make("span", word);
      line.dir = "auto";
      line.style.cssText = `width:${INNER - side - 8}px;top:${i * height}px;line-height:${height}px;font-size:${Math.min(11, height)}px`;
      list.append(line);
    });
    return list;
  }

  /** Cells with a pixel between them. */
  #drawCells({ weights, rows, columns, colors }: MagnifiedPicture, side: number): void {
    const { context, ratio } = sizeCanvas(this.#canvas, side, side);
    const codes = thumbnailCodes(weights!);
    const edge = (i: number, count: number): number => snap((i * side) / count, ratio);
    codes.forEach((code, i) => {
      const [row, column] = [Math.floor(i / columns), i % columns];
      const [x, y] = [edge(column, columns), edge(row, rows)];
      context.fillStyle = cssOf(colors[code]!);
      context.fillRect(x, y, edge(column + 1, columns) - x - 1, edge(row + 1, rows) - y - 1);
    });
  }

  #scores({ scores, hint }: Magnified): HTMLElement[] {
    const list = this.#make("dl", "");
    for (const { name, value } of scores) {
      list.append(this.#make("dt", name), this.#make("dd", formatNumber(value)));
    }
    if (!hint) return scores.length > 0 ? [list] : [];
    const line = this.#make("p", hint[0]);
    if (hint[1] !== "") line.append(this.#make("kbd", hint[1]), hint[2]);
    return scores.length > 0 ? [list, line] : [line];
  }

  /** Right of the map, else left, else below or above it; where neither has room above or below the cell, inside the window. */
  #place(map: DOMRect, cell: DOMRect): void {
    const view = this.#document.defaultView!;
    const height = this.element.offsetHeight;
    const clampTop = (top: number): number => Math.max(8, Math.min(top, view.innerHeight - height - 8));
    const clampLeft = (left: number): number => Math.max(8, Math.min(left, view.innerWidth - WIDTH - 8));
    const beside = clampTop(cell.top - 16);
    if (map.right + DISTANCE + WIDTH <= view.innerWidth) this.#move(map.right + DISTANCE, beside);
    else if (map.left - DISTANCE - WIDTH >= 0) this.#move(map.left - DISTANCE - WIDTH, beside);
    else {
      const tops = [map.bottom + DISTANCE, map.top - DISTANCE - height];
      const near = [cell.top - FINGER - height, cell.bottom + FINGER];
      const inside = [...tops, ...near].find((top) => top >= 8 && top + height <= view.innerHeight - 8);
      this.#move(clampLeft(cell.left - WIDTH / 2), inside ?? clampTop(near[0]!));
    }
  }

  #move(left: number, top: number): void {
    this.element.style.left = `${left}px`;
    this.element.style.top = `${top}px`;
  }

  #make(tag: string, text: string): HTMLElement {
    const element = this.#document.createElement(tag);
    element.textContent = text;
    return element;
  }
}

/** A pixel value of a `CodeColors` table as CSS. */
function cssOf(pixel: number): string {
  return `rgb(${pixel & 255} ${(pixel >> 8) & 255} ${(pixel >> 16) & 255} / ${(pixel >>> 24) / 255})`;
}
