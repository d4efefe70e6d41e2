// The list beside the neuron blocks: which neurons, pairs or words make the row, largest first.

/** One line of the ranking. */
export interface Ranked {
  readonly name: string;
  /** What the screen reader and the tooltip say more. */
  readonly title: string;
  /** Changed by an edit. */
  readonly edited: boolean;
  readonly share: number;
  /** Number as written. */
  readonly amount: string;
  /** Place of the neuron group in showing order; null for words. */
  readonly place: number | null;
}

/** What the ranking says. */
export interface RankingContent {
  readonly title: string;
  readonly items: readonly Ranked[];
  /** A second list below the first, empty for none. */
  readonly more: { readonly title: string; readonly items: readonly Ranked[] };
  readonly note: string;
  /** Whether a click does something. */
  readonly acts: boolean;
}

export class NeuronRanking {
  readonly element: HTMLElement;
  readonly #point: (place: number | null) => void;
  readonly #press: (place: number) => void;

  constructor(parent: HTMLElement, point: (place: number | null) => void, press: (place: number) => void) {
    this.element = parent.appendChild(parent.ownerDocument.createElement("aside"));
    this.element.className = "hs-ranking";
    this.#point = point;
    this.#press = press;
    this.element.addEventListener("pointerleave", () => this.#point(null));
  }

  show({ title, items, more, note, acts }: RankingContent): void {
    const { ownerDocument: page } = this.element;
    this.element.replaceChildren(...this.#list(title, items, acts));
    if (more.items.length > 0) this.element.append(...this.#list(more.title, more.items, acts));
    if (note !== "") this.element.appendChild(page.createElement("p")).textContent = note;
    const first = items[0];
    if (acts && first && first.place !== null) this.element.append(this.#scale(first.name, first.place));
  }

  #list(title: string, items: readonly Ranked[], acts: boolean): HTMLElement[] {
    const { ownerDocument: page } = this.element;
    const heading = page.createElement("h3");
    heading.textContent = title;
    const list = page.createElement("ol");
    const largest = Math.max(...items.map(({ share }) => share), 1e-9);
    for (const item of items)
      list.appendChild(page.createElement("li")).append(this.#button(item, largest, acts));
    return [heading, list];
  }

  #button(
    { name, title, edited, share, amount, place }: Ranked,
    largest: number,
    acts: boolean,
  ): HTMLElement {
    const { ownerDocument: page } = this.element;
    const button = page.createElement("button");
    button.type = "button";
    button.title = edited ? `${title}, edited` : title;
    button.classList.toggle("hs-edited", edited);
    const label = button.appendChild(page.createElement("b"));
    label.textContent = name;
    label.dir = "auto";
    const track = button.appendChild(page.createElement("span"));
    track.className = "hs-track";
    const bar = track.appendChild(page.createElement("i"));
    bar.style.width = `${Math.max(0, (100 * share) / largest)}%`;
    const number = button.appendChild(page.createElement("span"));
    number.className = "hs-amount";
    number.textContent = amount;
    if (place === null) return button;
    button.classList.toggle("hs-acts", acts);
    button.addEventListener("pointerenter", () => this.#point(place));
    button.addEventListener("focus", () => this.#point(place));
    button.addEventListener("blur", () => this.#point(null));
    if (acts) onPressOrMenu(button, () => this.#press(place));
    return button;
  }

  #scale(name: string, place: number): HTMLElement {
    const button = this.element.ownerDocument.createElement("button");
    button.type = "button";
    button.className = "hs-scale";
    button.textContent = `Scale ${name}…`;
    button.addEventListener("click", () => this.#press(place));
    return button;
  }
}

/** Calls `press` for a click, a right click or the Menu key. */
function onPressOrMenu(button: HTMLElement, press: () => void): void {
  button.addEventListener("click", press);
  button.addEventListener("contextmenu", (event) => {
    event.preventDefault();
    press();
  });
}
