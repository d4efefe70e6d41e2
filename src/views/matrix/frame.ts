// The elements of the matrix around its cells: canvases, labels, legend, note, list, tip, and what is said aloud.

import type { Attention } from "../../trace/index.ts";
import { addTo, elementFor } from "../look/dom.ts";
import { rampLegend } from "../look/legend.ts";
import { TableSwitch } from "../look/paged-table.ts";
import { ensureStyle } from "../look/style.ts";
import type { ThemeName } from "../look/theme.ts";
import { Tip } from "../look/tip.ts";
import { RAIL } from "./layout.ts";
import { MATRIX_CSS } from "./style.ts";

/** Everything the matrix puts into its target. */
export class MatrixFrame {
  readonly root: HTMLElement;
  /** What gestures are made on. */
  readonly field: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  readonly overlay: HTMLCanvasElement;
  readonly labels: HTMLElement;
  readonly side: HTMLElement;
  readonly tip: Tip;
  readonly table: TableSwitch;
  readonly #note: HTMLElement;
  readonly #legend: HTMLElement;
  readonly #spoken: HTMLElement;

  constructor(target: HTMLElement) {
    ensureStyle(target, "matrix", MATRIX_CSS);
    this.root = addTo(target, "div", "hs-matrix");
    this.field = addTo(this.root, "div", "hs-matrix-field");
    this.canvas = addTo(this.field, "canvas", "hs-matrix-cells");
    this.labels = addTo(this.field, "div", "hs-matrix-labels");
    this.overlay = addTo(this.field, "canvas", "hs-matrix-over");
    this.#note = addTo(this.field, "div", "hs-matrix-note");
    this.#legend = addTo(this.root, "div", "hs-matrix-legend");
    this.side = addTo(this.root, "div", "hs-matrix-side");
    this.#spoken = addTo(this.root, "div", "hs-matrix-spoken");
    this.tip = new Tip(this.root);
    this.table = new TableSwitch(this.root);
    this.field.tabIndex = 0;
    this.field.setAttribute("role", "group");
    this.canvas.setAttribute("role", "img");
    this.overlay.setAttribute("aria-hidden", "true");
    this.#spoken.setAttribute("aria-live", "polite");
    this.side.style.width = `${RAIL}px`;
  }

  /** A picture, or a table in its place. */
  showTable(shown: boolean): void {
    this.root.classList.toggle("tabled", shown);
  }

  /** What the picture is called. */
  describe(label: string): void {
    this.canvas.setAttribute("aria-label", label);
    this.field.setAttribute(
      "aria-label",
      `${label}. Arrow keys move through the cells, with Shift they mark some; Enter pins the rows.`,
    );
  }

  /** Say something to people who cannot see the tip; "" for nothing. */
  speak(text: string): void {
    this.#spoken.textContent = text;
  }

  /** The legend at a point, or as far left of it as it needs to end before `right`. */
  legend(
    theme: ThemeName,
    attention: Pick<Attention, "unit" | "scale">,
    what: string,
    note: string,
    { left, top, right }: { readonly left: number; readonly top: number; readonly right: number },
  ): void {
    this.#legend.style.maxWidth = `${right}px`;
    this.#legend.title = [attention.unit, ...(note ? [note] : []), what].join(", ");
    this.#legend.replaceChildren(
      ...rampLegend(this.root, theme, attention, note),
      elementFor(this.root, "span", "what", what),
    );
    const start = Math.max(8, Math.min(left, right - this.#legend.offsetWidth));
    this.#legend.style.transform = `translate(${start}px,${top}px)`;
  }

  /** A remark in the empty half of a causal matrix; "" for none. */
  note(text: string, right: number, top: number): void {
    this.#note.textContent = text;
    this.#note.style.cssText = `right:${right}px;top:${top}px`;
  }
}
