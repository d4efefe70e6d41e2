// The elements of the head view and where they stand: titles, the scrolled part, the line of what was left out.

import type { Side } from "../../trace/index.ts";
import { addTo } from "../look/dom.ts";
import { formatCount } from "../look/palette.ts";
import { Tip } from "../look/tip.ts";
import type { HeadLayout } from "./axis.ts";
import type { PageColumns } from "./horizontal/page-layout.ts";
import { ACROSS_TITLE, FOOT, type LinesLayout } from "./layout.ts";
import { LinesCanvas } from "./lines-canvas.ts";
import { Minimap } from "./minimap/view.ts";
import { type ColumnGestures, TokenColumn } from "./token-column.ts";
import { WeightColumn } from "./weight-column.ts";

/** Everything the head view puts into its target. */
export class HeadFrame {
  readonly root: HTMLElement;
  readonly scroll: HTMLElement;
  readonly lines: LinesCanvas;
  readonly marks: HTMLElement;
  readonly left: TokenColumn;
  readonly right: TokenColumn;
  readonly weights: WeightColumn;
  /** Title of the numbers; a button that switches between mean and sum where several words are pinned. */
  readonly weightTitle: HTMLButtonElement;
  /** What the numbers are, where they are not plain attention. */
  readonly unit: HTMLElement;
  readonly leftOut: HTMLElement;
  readonly rest: HTMLElement;
  readonly message: HTMLElement;
  readonly tip: Tip;
  readonly minimap: Minimap;
  readonly #content: HTMLElement;
  #touched = false;
  /** Tops of the titles beside which that of the numbers may stand; null where it stands above the numbers. */
  #titles: Readonly<Record<Side, number>> | null = null;
  /** Which way a wheel that turns down goes along words that lie. */
  #forward: 1 | -1 = 1;
  readonly #turnWheel = (event: WheelEvent): void => this.#wheel(event);
  readonly #foot: HTMLElement;
  readonly #from: HTMLElement;
  readonly #to: HTMLElement;

  constructor(target: HTMLElement, left: ColumnGestures, right: ColumnGestures) {
    this.root = addTo(target, "div", "hs-head");
    this.#from = addTo(this.root, "div", "hs-title");
    this.#to = addTo(this.root, "div", "hs-title");
    this.weightTitle = addTo(this.root, "button", "hs-title");
    this.weightTitle.type = "button";
    this.scroll = addTo(this.root, "div", "hs-scroll");
    this.scroll.tabIndex = -1;
    for (const gesture of ["wheel", "touchmove", "pointerdown", "keydown"])
      this.scroll.addEventListener(gesture, () => this.#touch(), { passive: true });
    this.#content = addTo(this.scroll, "div", "hs-content");
    this.lines = new LinesCanvas(this.#content, (busy) => this.root.toggleAttribute("aria-busy", busy));
    this.marks = addTo(this.#content, "div", "hs-marks");
    this.left = new TokenColumn(this.#content, "query", "Words that attend", left);
    this.right = new TokenColumn(this.#content, "key", "Words attended to", right);
    this.weights = new WeightColumn(this.#content);
    this.#foot = addTo(this.root, "div", "hs-foot");
    this.unit = addTo(this.#foot, "span", "hs-unit");
    this.leftOut = addTo(this.#foot, "span", "hs-left-out");
    this.rest = addTo(this.#foot, "span", "hs-rest");
    this.message = addTo(this.root, "div", "hs-message");
    this.minimap = new Minimap(this.root, this.scroll, () => this.#touch());
    this.tip = new Tip(this.root);
  }

  /** Show the picture, or a sentence in its place. */
  say(message: string): void {
    this.message.textContent = message;
    this.message.hidden = message === "";
    this.scroll.hidden = message !== "";
    if (message === "") return;
    this.minimap.show(null);
    for (const text of [this.#from, this.#to, this.weightTitle, this.unit, this.leftOut, this.rest])
      text.textContent = "";
  }

  /** Put everything where `layout` says. */
  place(layout: HeadLayout): void {
    const across = layout.orientation === "horizontal";
    this.root.classList.toggle("hs-across", across);
    this.scroll.removeEventListener("wheel", this.#turnWheel);
    if (across) this.#placeAcross(layout);
    else this.#placeDown(layout);
    this.weightTitle.hidden = layout.barWidth === 0;
    this.#from.textContent = "attends from";
    this.#to.textContent = "attends to";
  }

  #placeDown(layout: LinesLayout): void {
    const { clientWidth: width } = this.root;
    const bars = layout.barWidth > 0;
    this.#titles = null;
    this.scroll.style.overflow = "";
    this.#content.style.cssText = `height:${layout.height}px`;
    this.#from.style.cssText = `right:${width - layout.from + 8}px`;
    this.#to.style.cssText = `left:${layout.to + 8}px`;
    this.weightTitle.style.cssText = `right:${width - layout.weightLeft - layout.weightWidth}px;min-width:${layout.weightWidth}px`;
    // Under the lines, and under the numbers where there are bars.
    this.#foot.style.paddingLeft = `${bars ? Math.max(12, layout.lead) : 12}px`;
    this.rest.style.minWidth = bars ? `${width - layout.weightLeft - 12}px` : "";
  }

  #placeAcross(layout: PageColumns): void {
    const { clientWidth: width, clientHeight: height } = this.root;
    const box = Math.max(0, height - 2 * ACROSS_TITLE - FOOT);
    const below = layout.lead > 0 ? layout.height - layout.lead : box;
    this.#titles = { query: layout.lead + 4, key: ACROSS_TITLE + below };
    this.#forward = layout.rows.query.fromRight ? -1 : 1;
    // A box that is too low for all of it is scrolled down, too.
    this.scroll.style.overflow = layout.height > box ? "auto" : "auto hidden";
    if (layout.height <= box) this.scroll.addEventListener("wheel", this.#turnWheel, { passive: false });
    this.#content.style.cssText = `width:${layout.width}px;height:${layout.height}px`;
    const left = Math.max(12, Math.round(layout.left));
    this.#from.style.cssText = `left:${left}px;top:${this.#titles.query}px`;
    this.#to.style.cssText = `left:${left}px;top:${this.#titles.key}px`;
    this.weightTitle.style.cssText = `right:${Math.max(12, Math.round(width - layout.right))}px`;
    this.#foot.style.paddingLeft = `${left}px`;
    this.rest.style.minWidth = "";
  }

  /** The title of the numbers stands on the side of the words that they belong to. */
  numbersAt(side: Side): void {
    if (this.#titles) this.weightTitle.style.top = `${this.#titles[side]}px`;
  }

  /** A wheel has one axis, and a text that lies has one too. */
  #wheel(event: WheelEvent): void {
    const { scrollWidth, clientWidth } = this.scroll;
    if (event.deltaX !== 0 || event.ctrlKey || event.shiftKey || scrollWidth <= clientWidth) return;
    event.preventDefault();
    const unit = event.deltaMode === event.DOM_DELTA_LINE ? 16 : 1;
    this.scroll.scrollLeft += this.#forward * unit * event.deltaY;
  }

  /** Say what part of the weights the lines show: of all `count` rows, or of those in `window`. */
  sayOmission([first, end]: readonly [number, number], count: number, text: string | null): void {
    const part = end - first < count;
    const words = part ? `, words ${formatCount(first)} to ${formatCount(end - 1)}` : "";
    this.leftOut.textContent = this.leftOut.title = text === null ? "" : text + words;
  }

  /** Say what the numbers are; "" for plain attention. */
  sayUnit(unit: string): void {
    this.unit.textContent = this.unit.title = unit;
  }

  /** Say how many rows are still to come, or why they do not. */
  sayMissing(rows: number, problem: string): void {
    const waiting = `Waiting for ${formatCount(rows)} ${rows === 1 ? "row" : "rows"}.`;
    this.leftOut.textContent = this.leftOut.title = problem || waiting;
  }

  /** Whether somebody has scrolled or pressed since the run was shown. */
  get touched(): boolean {
    return this.#touched;
  }

  /** Another run is shown: its pinned row may be brought into sight again. */
  startAgain(): void {
    this.#touched = false;
  }

  #touch(): void {
    this.#touched = true;
  }

  /** Scroll the stretch `from` to `to` of the content into sight; a row that then stands on top stands there whole. */
  reveal(axis: "x" | "y", from: number, to: number, rowHeight: number): void {
    const { scroll } = this;
    if (axis === "y") {
      if (from < scroll.scrollLeft) scroll.scrollLeft = from;
      else if (to > scroll.scrollLeft + scroll.clientWidth) scroll.scrollLeft = to - scroll.clientWidth;
    } else if (from < scroll.scrollTop) scroll.scrollTop = from;
    else if (to > scroll.scrollTop + scroll.clientHeight) {
      const hidden = Math.ceil(to - scroll.clientHeight);
      scroll.scrollTop = Math.min(from, Math.ceil(hidden / rowHeight) * rowHeight);
    }
  }
}
