// A row of buttons of which one is on, or, where there is no room for them (style.ts), a list to choose from; nothing at all
// where there is no choice.

import { addTo } from "../../views/look/dom.ts";

export class Choice<Name extends string> {
  readonly #buttons = new Map<Name, HTMLButtonElement>();
  #list: HTMLSelectElement | null = null;

  constructor(
    parent: Element,
    label: string,
    choices: readonly (readonly [Name, string])[],
    pick: (name: Name) => void,
  ) {
    if (choices.length < 2) return;
    const row = addTo(parent, "div", "hs-choice");
    row.setAttribute("role", "group");
    row.setAttribute("aria-label", label);
    for (const [name, text] of choices) {
      const button = addTo(row, "button", "", text);
      button.type = "button";
      button.addEventListener("click", () => pick(name));
      this.#buttons.set(name, button);
    }
    this.#list = addTo(row, "select", "");
    this.#list.setAttribute("aria-label", label);
    for (const [name, text] of choices) addTo(this.#list, "option", "", text).value = name;
    this.#list.addEventListener("change", () => pick(this.#list!.value as Name));
  }

  /** Say which one is on. */
  mark(name: Name): void {
    for (const [other, button] of this.#buttons) button.setAttribute("aria-pressed", String(other === name));
    if (this.#list) this.#list.value = name;
  }
}
