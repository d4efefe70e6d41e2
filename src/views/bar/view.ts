// Chooses layer and heads: a stepper with a list, a numbered square per head in the head's colour, and All.
// Click toggles, double click leaves only this head and brings all back (as in BertViz's head view).

import { COMPACT } from "../look/compact.ts";
import { parseHex, textOn } from "../look/palette.ts";
import { applyTheme, ensureStyle } from "../look/style.ts";
import type { CommonProps, Selection, View } from "../view.ts";
import { allHeads, soloHead, stepLayer, toggleHead, toggleLayer } from "./actions.ts";
import { LayerList } from "./layer-list.ts";
import { layerName, MANY, ROW, type Square, squaresOf } from "./picture.ts";
import { HEAD_BAR_STYLE } from "./style.ts";

/** Props of the head bar; it needs no filter. */
export interface HeadBarProps
  extends Pick<CommonProps, "attention" | "selection" | "theme" | "edited" | "onSelect"> {
  /** Layers that are shown side by side; the selection's alone if left out. */
  readonly layers?: readonly number[];
  /** A layer joins those that are shown or leaves them: a shift click in the list. Left out, there is one at a time. */
  readonly onLayers?: (layers: readonly number[]) => void;
}

export class HeadBar implements View<HeadBarProps> {
  #props: HeadBarProps;
  readonly #root: HTMLElement;
  readonly #name: HTMLButtonElement;
  readonly #squares: HTMLElement;
  readonly #all: HTMLButtonElement;
  readonly #list: LayerList;
  readonly #resize: ResizeObserver;

  constructor(target: HTMLElement, props: HeadBarProps) {
    this.#props = props;
    ensureStyle(target, "head-bar", HEAD_BAR_STYLE);
    this.#root = target.appendChild(target.ownerDocument.createElement("div"));
    this.#root.className = "hs-bar";
    const stepper = this.#add(this.#root, "div", "hs-stepper");
    this.#button(stepper, "‹", "Previous layer", () => this.#step(-1));
    this.#name = this.#button(stepper, "", "", () => this.#list.toggle());
    this.#name.className = "hs-layer";
    this.#name.setAttribute("aria-haspopup", "listbox");
    this.#button(stepper, "›", "Next layer", () => this.#step(1));
    this.#list = new LayerList(stepper, this.#name, (layer, beside) => this.#chooseLayer(layer, beside));
    this.#squares = this.#add(this.#root, "div", "hs-squares");
    this.#squares.setAttribute("role", "group");
    this.#squares.setAttribute("aria-label", "Heads");
    this.#listen();
    this.#all = this.#button(this.#root, "All", "", () =>
      this.#select(allHeads(this.#props.selection, this.#count)),
    );
    this.#all.className = "hs-all";
    this.#resize = new ResizeObserver(() => this.#fit());
    this.#resize.observe(this.#root);
    this.#draw();
  }

  update(changed: Partial<HeadBarProps>): void {
    this.#props = { ...this.#props, ...changed };
    this.#draw();
  }

  destroy(): void {
    this.#resize.disconnect();
    this.#list.close();
    this.#root.remove();
  }

  get #count(): number {
    return this.#props.attention.heads(this.#props.selection.layer);
  }

  #add<Tag extends keyof HTMLElementTagNameMap>(parent: HTMLElement, tag: Tag, name: string) {
    const element = parent.appendChild(parent.ownerDocument.createElement(tag));
    element.className = name;
    return element;
  }

  #button(parent: HTMLElement, text: string, label: string, press: () => void): HTMLButtonElement {
    const button = this.#add(parent, "button", "");
    button.type = "button";
    button.textContent = text;
    if (label) button.setAttribute("aria-label", label);
    button.addEventListener("click", press);
    return button;
  }

  #select(selection: Selection): void {
    if (selection !== this.#props.selection) this.#props.onSelect?.(selection);
  }

  get #layers(): readonly number[] {
    const { layers = [], selection } = this.#props;
    return layers.length > 0 ? layers : [selection.layer];
  }

  #chooseLayer(layer: number, beside: boolean): void {
    const { onLayers, selection } = this.#props;
    if (beside && onLayers) onLayers(toggleLayer(this.#layers, layer));
    else this.#select({ ...selection, layer });
  }

  #step(step: number): void {
    const { selection, attention } = this.#props;
    this.#select(stepLayer(selection, step, attention.layers));
  }

  #listen(): void {
    const headOf = (event: Event): number | null => {
      const square = (event.target as Element).closest<HTMLElement>("[data-head]");
      return square ? Number(square.dataset.head) : null;
    };
    this.#squares.addEventListener("click", (event) => {
      const head = headOf(event);
      if (head !== null) this.#select(toggleHead(this.#props.selection, head));
    });
    this.#squares.addEventListener("dblclick", (event) => {
      const head = headOf(event);
      if (head !== null) this.#select(soloHead(this.#props.selection, head, this.#count));
    });
    this.#squares.addEventListener("keydown", (event) => {
      const head = headOf(event);
      if (head !== null && this.#key(event.key, head)) event.preventDefault();
    });
  }

  /** Arrows go from square to square, s leaves only this head. Space and Enter click, as on any button. */
  #key(key: string, head: number): boolean {
    const row = this.#squares.classList.contains("hs-many") ? ROW : this.#count;
    const moves: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: row, ArrowUp: -row };
    if (key in moves) {
      this.#focusSquare(head + moves[key]!);
      return true;
    }
    if (key !== "s" && key !== "S") return false;
    this.#select(soloHead(this.#props.selection, head, this.#count));
    return true;
  }

  #focusSquare(head: number): void {
    const square = this.#squares.children[head] as HTMLElement | undefined;
    square?.focus();
    if (square)
      for (const other of this.#squares.children) (other as HTMLElement).tabIndex = other === square ? 0 : -1;
  }

  #draw(): void {
    const { selection, attention, theme } = this.#props;
    applyTheme(this.#root, theme);
    const layers = this.#layers;
    this.#name.textContent = layerName(layers, selection);
    const recorded = (layer: number): boolean => attention.state(layer) !== "absent";
    this.#list.show(attention.layers, layers, selection.layer, recorded);
    this.#list.hint(this.#props.onLayers ? "Shift click shows a layer beside the others." : "");
    this.#makeSquares(this.#count);
    for (const square of squaresOf(this.#props, theme))
      this.#dress(this.#squares.children[square.head] as HTMLElement, square);
    const all = selection.heads.length === this.#count;
    this.#all.textContent = all ? `Only ${selection.focus}` : "All";
    this.#all.hidden = this.#count === 1;
  }

  #makeSquares(count: number): void {
    if (this.#squares.children.length === count) return;
    this.#squares.classList.toggle("hs-many", count >= MANY);
    const squares = Array.from({ length: count }, (_, head) => {
      const square = this.#squares.ownerDocument.createElement("button");
      square.type = "button";
      square.textContent = String(head);
      square.dataset.head = String(head);
      return square;
    });
    this.#squares.replaceChildren(...squares);
  }

  #dress(square: HTMLElement, { head, color, active, edited, focused: ringed }: Square): void {
    const focused = head === this.#props.selection.focus;
    square.setAttribute("aria-pressed", String(active));
    const said = `Head ${head}${focused ? ", focused" : ""}${edited ? ", edited" : ""}`;
    square.setAttribute("aria-label", said);
    square.classList.toggle("hs-edited", edited);
    square.classList.toggle("hs-focused", ringed);
    square.tabIndex = focused ? 0 : -1;
    square.style.setProperty("--head", color);
    square.style.setProperty("--on-head", textOn(parseHex(color)));
  }

  #fit(): void {
    this.#root.classList.toggle("hs-compact", this.#root.clientWidth > 0 && this.#root.clientWidth < COMPACT);
  }
}
