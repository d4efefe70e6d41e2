// The numbers of the cell under the pointer, beside the pointer and inside the view.

/** What is said of a cell. */
export interface TipText {
  readonly names: string;
  readonly weight: string;
  /** E.g. "score 2.31" and "rank 1 of 9". */
  readonly rest: readonly string[];
}

const SPACE = "\u2002";

/** A small label that follows the pointer. */
export class MatrixTip {
  readonly #box: HTMLElement;
  readonly #element: HTMLElement;

  constructor(box: HTMLElement) {
    this.#box = box;
    this.#element = box.ownerDocument.createElement("div");
    this.#element.className = "hs-matrix-tip";
    this.#element.setAttribute("aria-hidden", "true");
    box.append(this.#element);
  }

  /** Show a text, or nothing. */
  show(text: TipText | null): void {
    this.#element.classList.toggle("shown", text !== null);
    if (!text) return;
    const number = this.#box.ownerDocument.createElement("b");
    number.textContent = text.weight;
    this.#element.replaceChildren(text.names, SPACE, number, SPACE, text.rest.join(SPACE));
  }

  /** Right of and below a point of the box; above where there is no room. */
  moveTo({ x, y }: { readonly x: number; readonly y: number }): void {
    const { offsetWidth, offsetHeight } = this.#element;
    const left = Math.max(4, Math.min(x + 14, this.#box.clientWidth - offsetWidth - 4));
    const below = y + 18 + offsetHeight < this.#box.clientHeight;
    this.#element.style.transform = `translate(${left}px,${below ? y + 18 : y - offsetHeight - 12}px)`;
  }
}
