// The list that drops from the layer stepper: every layer, the current one marked, unrecorded ones pale.

import { addTo } from "../look/dom.ts";
import { nextId } from "../look/ids.ts";

export class LayerList {
  readonly #id = nextId("layers");
  readonly #anchor: HTMLButtonElement;
  readonly #list: HTMLUListElement;
  readonly #choose: (layer: number, beside: boolean) => void;
  #at = 0;
  readonly #outside = (event: Event): void => {
    // Inside a shadow root the target of a document's listener is the root's host; the path still has the list.
    const around = this.#list.parentElement;
    if (!around || !event.composedPath().includes(around)) this.close();
  };

  constructor(
    parent: HTMLElement,
    anchor: HTMLButtonElement,
    choose: (layer: number, beside: boolean) => void,
  ) {
    this.#anchor = anchor;
    this.#choose = choose;
    this.#list = addTo(parent, "ul", "hs-layers");
    this.#list.tabIndex = -1;
    this.#list.hidden = true;
    this.#list.setAttribute("role", "listbox");
    this.#list.setAttribute("aria-label", "Layers");
    this.#list.addEventListener("keydown", (event) => this.#key(event));
    this.#list.addEventListener("click", (event) => {
      const item = (event.target as Element).closest("li");
      if (item) this.#take([...this.#list.children].indexOf(item), event.shiftKey);
    });
    this.#anchor.setAttribute("aria-expanded", "false");
  }

  /** Say what the layers are. */
  show(
    layers: number,
    shown: readonly number[],
    current: number,
    recorded: (layer: number) => boolean,
  ): void {
    while (this.#list.children.length > layers) this.#list.lastChild?.remove();
    for (let layer = 0; layer < layers; layer++) {
      const item = (this.#list.children[layer] as HTMLElement | undefined) ?? this.#add(layer);
      item.setAttribute("aria-selected", String(shown.includes(layer)));
      item.classList.toggle("hs-absent", !recorded(layer));
      item.textContent = recorded(layer) ? `Layer ${layer}` : `Layer ${layer}, not recorded`;
    }
    this.#mark(current);
  }

  /** Say what else can be done here. */
  hint(text: string): void {
    this.#list.title = text;
    this.#list.setAttribute("aria-multiselectable", String(text !== ""));
  }

  /** Open or close. */
  toggle(): void {
    if (!this.#list.hidden) {
      this.close();
      return;
    }
    this.#list.hidden = false;
    this.#anchor.setAttribute("aria-expanded", "true");
    this.#list.ownerDocument.addEventListener("pointerdown", this.#outside);
    this.#list.focus();
    this.#mark([...this.#list.children].findIndex((item) => item.ariaSelected === "true"));
  }

  close(): void {
    this.#list.hidden = true;
    this.#anchor.setAttribute("aria-expanded", "false");
    this.#list.ownerDocument.removeEventListener("pointerdown", this.#outside);
  }

  #add(layer: number): HTMLElement {
    const item = addTo(this.#list, "li");
    item.setAttribute("role", "option");
    item.id = `${this.#id}-${layer}`;
    return item;
  }

  /** With `beside` the list stays open. */
  #take(layer: number, beside: boolean): void {
    if (!beside) {
      this.close();
      this.#anchor.focus();
    }
    this.#choose(layer, beside);
  }

  #mark(layer: number): void {
    this.#at = Math.max(0, Math.min(this.#list.children.length - 1, layer));
    for (const [i, item] of [...this.#list.children].entries())
      item.classList.toggle("hs-at", i === this.#at);
    this.#list.setAttribute("aria-activedescendant", `${this.#id}-${this.#at}`);
    if (!this.#list.hidden) this.#list.children[this.#at]?.scrollIntoView({ block: "nearest" });
  }

  #key(event: KeyboardEvent): void {
    const moves: Record<string, number> = {
      ArrowDown: this.#at + 1,
      ArrowUp: this.#at - 1,
      Home: 0,
      End: this.#list.children.length - 1,
    };
    if (event.key in moves) this.#mark(moves[event.key]!);
    else if (event.key === "Enter" || event.key === " ") this.#take(this.#at, event.shiftKey);
    else if (event.key === "Escape") {
      this.close();
      this.#anchor.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
