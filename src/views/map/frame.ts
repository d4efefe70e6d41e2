// The document nodes of the model map over its picture: labels, frames around cells, legend, and what a screen
// reader is told. Sizes come from the layout, meanings from the grid.

import type { Attention } from "../../trace/index.ts";
import { addTo, elementFor } from "../look/dom.ts";
import { nextId } from "../look/ids.ts";
import { rampLegend } from "../look/legend.ts";
import { TableSwitch } from "../look/paged-table.ts";
import { ensureStyle } from "../look/style.ts";
import type { ThemeName } from "../look/theme.ts";
import type { MapGrid } from "./grid.ts";
import { MAP_CSS } from "./style.ts";

/** What the legend says besides the ramp. */
export interface MapNotes {
  /** Name of the score marks; null where there are none. */
  readonly score: string | null;
  /** Why some squares are empty; null where none is. */
  readonly absent: string | null;
  readonly sampled: boolean;
}

const SAMPLED = "The text is long: of the rows that share a pixel, every thumbnail shows two.";

/** Nodes of one map. */
export class MapFrame {
  readonly root: HTMLElement;
  readonly scroll: HTMLElement;
  readonly plane: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  readonly table: TableSwitch;
  readonly #layers: HTMLElement;
  readonly #heads: HTMLElement;
  readonly #marks: HTMLElement;
  readonly #ring: HTMLElement;
  readonly #cursor: HTMLElement;
  readonly #row: HTMLElement;
  readonly #legend: HTMLElement;
  readonly #problem: HTMLElement;
  readonly #id = nextId("map");

  constructor(target: HTMLElement) {
    ensureStyle(target, "map", MAP_CSS);
    this.root = addTo(target, "div", "hs-map");
    this.scroll = addTo(this.root, "div", "hs-map-scroll");
    this.plane = addTo(this.scroll, "div", "hs-map-plane");
    this.canvas = addTo(this.plane, "canvas", "hs-map-canvas");
    this.#heads = addTo(this.plane, "div", "hs-map-heads");
    this.#layers = addTo(this.plane, "div", "hs-map-layers");
    this.#marks = addTo(this.plane, "div", "hs-map-marks");
    this.#ring = addTo(this.plane, "div", "hs-map-ring");
    this.#cursor = addTo(this.plane, "div", "hs-map-cursor");
    this.#row = addTo(this.plane, "div", "hs-map-row");
    this.#legend = addTo(this.root, "div", "hs-map-legend");
    this.#problem = addTo(this.root, "div", "hs-map-problem");
    this.#problem.setAttribute("role", "alert");
    this.table = new TableSwitch(this.root);
    this.plane.tabIndex = 0;
    this.plane.setAttribute("role", "grid");
    this.#row.setAttribute("role", "row");
    for (const part of [this.canvas, this.#layers, this.#heads, this.#marks, this.#ring, this.#cursor]) {
      part.setAttribute("aria-hidden", "true");
    }
  }

  /** Size, labels, frames of selected heads; `colors` by head, null for ink. */
  show(grid: MapGrid, sorted: boolean, colors: readonly (string | null)[]): void {
    const { layout } = grid;
    const [layers, heads] = [grid.cut.layers.length, grid.cut.heads.length];
    this.plane.style.cssText = `width:${layout.width}px;height:${layout.height}px`;
    this.scroll.classList.toggle("scrolls", layout.scrolls);
    this.plane.setAttribute("aria-label", `Model map, ${layers} layers of ${heads} heads`);
    this.plane.setAttribute("aria-rowcount", String(layers));
    this.plane.setAttribute("aria-colcount", String(heads));
    this.#labels(grid, sorted);
    this.#frames(grid, colors);
  }

  /** Whether thumbnails are still to come: a state that style sheets and clocks can see. */
  busy(busy: boolean): void {
    this.root.toggleAttribute("data-busy", busy);
  }

  /** A picture or, in its place, a table. */
  hidePicture(hidden: boolean): void {
    this.scroll.style.display = hidden ? "none" : "";
    this.#legend.style.display = hidden ? "none" : "";
  }

  #labels(grid: MapGrid, sorted: boolean): void {
    const { layout, selection, hasSelection } = grid;
    const { left, top, pitch, rowPitch, cell, labelEvery } = layout;
    const every = (numbers: readonly number[]) =>
      sorted ? [] : [...numbers.entries()].filter(([at]) => at % labelEvery === 0);
    this.#layers.style.height = `${layout.height}px`;
    this.#heads.hidden = sorted;
    this.#layers.replaceChildren(
      ...every(grid.cut.layers).map(([at, i]) =>
        this.#label(i, `top:${top + at * rowPitch + cell / 2 - 7}px`, hasSelection && i === selection.layer),
      ),
    );
    this.#heads.replaceChildren(
      ...every(grid.cut.heads).map(([at, i]) =>
        this.#label(i, `left:${left + at * pitch + cell / 2}px`, hasSelection && i === selection.focus),
      ),
    );
  }

  #label(text: number, style: string, current: boolean): HTMLElement {
    const label = this.#make("span", current ? "current" : "", String(text));
    label.style.cssText = style;
    return label;
  }

  /** Active heads in their colour, the focused one in a ring of ink that slides. */
  #frames(grid: MapGrid, colors: readonly (string | null)[]): void {
    const { selection, heads } = grid;
    const own = (head: number): boolean => grid.hasSelection && grid.shows(selection.layer * heads + head);
    const marks = selection.heads.filter(own).map((head) => {
      const mark = this.#make("div", "hs-map-mark", "");
      frame(mark, grid, selection.layer * heads + head, 2);
      mark.style.borderColor = colors[head] ?? "";
      return mark;
    });
    this.#marks.replaceChildren(...marks);
    this.#ring.style.display = own(selection.focus) ? "" : "none";
    this.#ring.classList.toggle("still", this.#ring.style.transform === "");
    if (own(selection.focus)) frame(this.#ring, grid, grid.focus, 4);
  }

  /** Outline the cell under pointer or keyboard; null for none. */
  point(grid: MapGrid, index: number | null): void {
    this.#cursor.classList.toggle("shown", index !== null);
    if (index !== null) frame(this.#cursor, grid, index, 1);
  }

  /** Tell a screen reader the row that holds a head, and that the head is the current one. */
  speak(grid: MapGrid, index: number, sentence: (index: number) => string): void {
    const { columns } = grid.layout;
    const row = Math.floor(grid.placeOf(index) / columns);
    this.#row.setAttribute("aria-rowindex", String(row + 1));
    const cells = [...grid.order.subarray(row * columns, (row + 1) * columns)].map((other, column) => {
      const cell = this.#make("div", "", sentence(other));
      cell.id = `${this.#id}-${other}`;
      cell.setAttribute("role", "gridcell");
      cell.setAttribute("aria-colindex", String(column + 1));
      cell.setAttribute("aria-selected", String(grid.isActive(other)));
      return cell;
    });
    this.#row.replaceChildren(...cells);
    this.plane.setAttribute("aria-activedescendant", `${this.#id}-${index}`);
  }

  /** Ramp with its unit, and what other marks mean. */
  legend(theme: ThemeName, attention: Pick<Attention, "unit" | "scale">, notes: MapNotes): void {
    const tail = this.#make("span", "tail", "");
    if (notes.sampled) tail.append(this.#make("span", "", "rows sampled"));
    if (notes.absent !== null)
      tail.append(this.#make("span", "hollow", ""), this.#make("span", "", notes.absent));
    if (notes.score) tail.append(this.#make("span", "tick", ""), this.#make("span", "", notes.score));
    this.#legend.title = notes.sampled ? SAMPLED : "";
    this.#legend.replaceChildren(...rampLegend(this.root, theme, attention), tail);
  }

  /** Say what went wrong, or nothing with "". */
  problem(message: string): void {
    this.#problem.textContent = message;
  }

  fail(error: unknown): void {
    this.problem(error instanceof Error ? error.message : String(error));
  }

  #make(tag: "div" | "span", name: string, text: string): HTMLElement {
    return elementFor(this.root, tag, name, text);
  }
}

/** Put a frame around a cell, `outset` pixels out; a little less where cells are close together. */
function frame(element: HTMLElement, grid: MapGrid, index: number, outset: number): void {
  const { x, y } = grid.cornerOf(index);
  const out = grid.layout.pitch > 24 ? outset : outset - 0.5;
  const side = Math.floor(grid.layout.cell) + 2 * out;
  element.style.width = `${side}px`;
  element.style.height = `${side}px`;
  element.style.transform = `translate(${x - out}px,${y - out}px)`;
}
