// The small panel that says what is under the pointer, kept inside its parent.

/** What a tip says. */
export interface Tip {
  readonly title: string;
  readonly detail: string;
  readonly rows: readonly (readonly [string, string])[];
  readonly note: string;
}

export class NeuronTip {
  readonly #parent: HTMLElement;
  readonly #element: HTMLElement;

  constructor(parent: HTMLElement) {
    this.#parent = parent;
    this.#element = parent.appendChild(parent.ownerDocument.createElement("div"));
    this.#element.className = "hs-tip";
    this.#element.setAttribute("role", "tooltip");
    this.#element.hidden = true;
  }

  hide(): void {
    this.#element.hidden = true;
  }

  /** Show `tip` beside the point (x, y) of the parent, on the side where it fits. */
  show(tip: Tip, x: number, y: number): void {
    const { ownerDocument: page } = this.#element;
    const title = page.createElement("strong");
    title.textContent = tip.title;
    const detail = page.createElement("span");
    detail.textContent = tip.detail;
    const list = page.createElement("dl");
    for (const [name, value] of tip.rows) {
      list.appendChild(page.createElement("dt")).textContent = name;
      list.appendChild(page.createElement("dd")).textContent = value;
    }
    this.#element.replaceChildren(title, detail, list);
    if (tip.note !== "") this.#element.appendChild(page.createElement("p")).textContent = tip.note;
    this.#element.hidden = false;
    this.#place(x, y);
  }

  #place(x: number, y: number): void {
    const { offsetWidth: width, offsetHeight: height } = this.#element;
    const { clientWidth, clientHeight, scrollTop } = this.#parent;
    const left = x + 14 + width <= clientWidth ? x + 14 : Math.max(4, x - 14 - width);
    const lowest = scrollTop + clientHeight - height - 4;
    this.#element.style.left = `${left}px`;
    this.#element.style.top = `${Math.max(scrollTop + 4, Math.min(y + 14, lowest))}px`;
  }
}
