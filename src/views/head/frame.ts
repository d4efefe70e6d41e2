// The elements of the head view and where they stand: titles, the scrolled part, the line of what was left out.

import { addTo } from "../look/dom.ts";
import { formatCount } from "../look/palette.ts";
import { Tip } from "../look/tip.ts";
import type { LinesLayout } from "./layout.ts";
import { LinesCanvas } from "./lines-canvas.ts";
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
  readonly #content: HTMLElement;
  /** Whether somebody has scrolled or pressed since the run was shown. */
  #touched = false;
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
    this.left = new TokenColumn(this.#content, "left", "Words that attend", left);
    this.right = new TokenColumn(this.#content, "right", "Words attended to", right);
    this.weights = new WeightColumn(this.#content);
    this.#foot = addTo(this.root, "div", "hs-foot");
    this.unit = addTo(this.#foot, "span", "hs-unit");
    this.leftOut = addTo(this.#foot, "span", "hs-left-out");
    this.rest = addTo(this.#foot, "span", "hs-rest");
    this.message = addTo(this.root, "div", "hs-message");
    this.tip = new Tip(this.root);
  }

  /** Show the picture, or a sentence in its place. */
  say(message: string): void {
    this.message.textContent = message;
    this.message.hidden = message === "";
    this.scroll.hidden = message !== "";
    if (message === "") return;
    for (const text of [this.#from, this.#to, this.weightTitle, this.unit, this.leftOut, this.rest])
      text.textContent = "";
  }

  /** Put everything where `layout` says. */
  place(layout: LinesLayout): void {
    const { clientWidth: width } = this.root;
    const bars = layout.barWidth > 0;
    this.#content.style.height = `${layout.height}px`;
    this.#from.style.right = `${width - layout.from + 8}px`;
    this.#to.style.left = `${layout.to + 8}px`;
    this.weightTitle.style.right = `${width - layout.weightLeft - layout.weightWidth}px`;
    this.weightTitle.style.minWidth = `${layout.weightWidth}px`;
    this.weightTitle.hidden = !bars;
    // Under the lines, and under the numbers where there are bars.
    this.#foot.style.paddingLeft = `${bars ? Math.max(12, layout.lead) : 12}px`;
    this.rest.style.width = bars ? `${width - layout.weightLeft - 12}px` : "";
    this.#from.textContent = "attends from";
    this.#to.textContent = "attends to";
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

  /** Keep a row in sight at any size until somebody scrolls; -1 for none. */
  revealFirst(row: number, rowHeight: number): void {
    if (!this.#touched && this.scroll.clientHeight > 0 && row >= 0) this.reveal(row, rowHeight);
  }

  /** Another run is shown: its pinned row may be brought into sight again. */
  startAgain(): void {
    this.#touched = false;
  }

  #touch(): void {
    this.#touched = true;
  }

  /** Scroll a row into sight; what then stands on top stands there whole. */
  reveal(row: number, rowHeight: number): void {
    const { scrollTop, clientHeight } = this.scroll;
    if (row * rowHeight < scrollTop) this.scroll.scrollTop = row * rowHeight;
    else if ((row + 1) * rowHeight > scrollTop + clientHeight) {
      const hidden = Math.ceil((row + 1) * rowHeight - clientHeight);
      this.scroll.scrollTop = Math.min(row, Math.ceil(hidden / rowHeight)) * rowHeight;
    }
  }
}
