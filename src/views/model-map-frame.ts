// The document nodes of the model map over its picture: labels, frames around cells, legend, and what a screen
// reader is told. Sizes come from the layout, meanings from the grid.

import type { MapGrid } from "./model-map-grid.ts";
import { ATTENTION_RAMP, type ThemeName } from "./theme.ts";

let nextId = 0;

/** Nodes of one map. */
export class MapFrame {
  readonly root: HTMLElement;
  readonly scroll: HTMLElement;
  readonly plane: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  readonly #layers: HTMLElement;
  readonly #heads: HTMLElement;
  readonly #marks: HTMLElement;
  readonly #ring: HTMLElement;
  readonly #cursor: HTMLElement;
  readonly #row: HTMLElement;
  readonly #legend: HTMLElement;
  readonly #problem: HTMLElement;
  readonly #id = `hs-map-${nextId++}`;

  constructor(target: HTMLElement) {
    const make = <Tag extends "div" | "canvas">(name: string, parent: HTMLElement, tag: Tag) => {
      const element = target.ownerDocument.createElement(tag);
      element.className = `hs-map${name}`;
      return parent.appendChild(element);
    };
    this.root = make("", target, "div");
    this.scroll = make("-scroll", this.root, "div");
    this.plane = make("-plane", this.scroll, "div");
    this.canvas = make("-canvas", this.plane, "canvas");
    this.#layers = make("-layers", this.plane, "div");
    this.#heads = make("-heads", this.plane, "div");
    this.#marks = make("-marks", this.plane, "div");
    this.#ring = make("-ring", this.plane, "div");
    this.#cursor = make("-cursor", this.plane, "div");
    this.#row = make("-row", this.plane, "div");
    this.#legend = make("-legend", this.root, "div");
    this.#problem = make("-problem", this.root, "div");
    this.#problem.setAttribute("role", "alert");
    this.plane.tabIndex = 0;
    this.plane.setAttribute("role", "grid");
    this.#row.setAttribute("role", "row");
    for (const part of [this.canvas, this.#layers, this.#heads, this.#marks, this.#ring, this.#cursor]) {
      part.setAttribute("aria-hidden", "true");
    }
  }

  /** Size, labels, frames of selected heads; `colors` by head, null for ink. */
  show(grid: MapGrid, sorted: boolean, colors: readonly (string | null)[]): void {
    const { layout, layers, heads } = grid;
    this.plane.style.cssText = `width:${layout.width}px;height:${layout.height}px`;
    this.scroll.classList.toggle("scrolls", layout.scrolls);
    this.plane.setAttribute("aria-label", `Model map, ${layers} layers of ${heads} heads`);
    this.plane.setAttribute("aria-rowcount", String(layers));
    this.plane.setAttribute("aria-colcount", String(heads));
    this.#labels(grid, sorted);
    this.#frames(grid, colors);
  }

  /** A picture or, in its place, a table. */
  hidePicture(hidden: boolean): void {
    this.scroll.style.display = hidden ? "none" : "";
    this.#legend.style.display = hidden ? "none" : "";
  }

  #labels(grid: MapGrid, sorted: boolean): void {
    const { layout, selection, hasSelection } = grid;
    const { left, top, pitch, rowPitch, cell, labelEvery } = layout;
    const every = (count: number): number[] =>
      sorted ? [] : [...Array(count).keys()].filter((i) => i % labelEvery === 0);
    this.#layers.style.height = `${layout.height}px`;
    this.#layers.replaceChildren(
      ...every(grid.layers).map((i) =>
        this.#label(i, `top:${top + i * rowPitch + cell / 2 - 7}px`, hasSelection && i === selection.layer),
      ),
    );
    this.#heads.replaceChildren(
      ...every(grid.heads).map((i) =>
        this.#label(i, `left:${left + i * pitch + cell / 2}px`, hasSelection && i === selection.focus),
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
    const { selection, hasSelection, heads } = grid;
    const marks = (hasSelection ? selection.heads : []).map((head) => {
      const mark = this.#make("div", "hs-map-mark", "");
      frame(mark, grid, selection.layer * heads + head, 2);
      mark.style.borderColor = colors[head] ?? "";
      return mark;
    });
    this.#marks.replaceChildren(...marks);
    this.#ring.style.display = hasSelection ? "" : "none";
    this.#ring.classList.toggle("still", this.#ring.style.transform === "");
    if (hasSelection) frame(this.#ring, grid, grid.focus, 4);
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
  legend(theme: ThemeName, unit: string, score: string | null, unrecorded: boolean): void {
    const ramp = this.#make("span", "hs-map-ramp", "");
    ramp.style.background = `linear-gradient(90deg,${ATTENTION_RAMP[theme].join(",")})`;
    const tail = this.#make("span", "tail", "");
    if (unrecorded) tail.append(this.#make("span", "hollow", ""), this.#make("span", "", "not recorded"));
    if (score) tail.append(this.#make("span", "tick", ""), this.#make("span", "", score));
    this.#legend.replaceChildren(
      this.#make("span", "", "0"),
      ramp,
      this.#make("span", "", `1 ${unit}`),
      tail,
    );
  }

  /** Say what went wrong, or nothing with "". */
  problem(message: string): void {
    this.#problem.textContent = message;
  }

  #make(tag: string, name: string, text: string): HTMLElement {
    const element = this.root.ownerDocument.createElement(tag);
    element.className = name;
    element.textContent = text;
    return element;
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
