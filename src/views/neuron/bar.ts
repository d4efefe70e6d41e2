// The line above the neuron view: which word and head it is about, and the choice between keys and values.

import type { Trace } from "../../trace/index.ts";
import { applyTheme, ensureStyle } from "../look/style.ts";
import { wordsOf } from "../read/words.ts";
import type { CommonProps, View } from "../view.ts";
import { hasValues, NO_VALUES, pinnedQuery, type Vectors } from "./picture.ts";
import { NEURON_VIEW_STYLE } from "./style.ts";

/** Props of the neuron bar. */
export interface NeuronBarProps extends Pick<CommonProps, "selection" | "theme"> {
  readonly trace: Trace;
  readonly vectors?: Vectors;
  /** The reader chose keys or values. */
  readonly onVectors?: (vectors: Vectors) => void;
}

const NAMES: Readonly<Record<Vectors, string>> = { keys: "Keys", values: "Values" };

export class NeuronBar implements View<NeuronBarProps> {
  #props: NeuronBarProps;
  readonly #root: HTMLElement;
  readonly #title: HTMLElement;
  readonly #buttons: Readonly<Record<Vectors, HTMLButtonElement>>;

  constructor(target: HTMLElement, props: NeuronBarProps) {
    this.#props = props;
    ensureStyle(target, "neuron-view", NEURON_VIEW_STYLE);
    const page = target.ownerDocument;
    this.#root = target.appendChild(page.createElement("div"));
    this.#root.className = "hs-neuron-bar";
    this.#title = this.#root.appendChild(page.createElement("span"));
    const group = this.#root.appendChild(page.createElement("div"));
    group.setAttribute("role", "radiogroup");
    group.setAttribute("aria-label", "Vectors");
    this.#buttons = { keys: this.#button(group, "keys"), values: this.#button(group, "values") };
    this.#draw();
  }

  update(changed: Partial<NeuronBarProps>): void {
    this.#props = { ...this.#props, ...changed };
    this.#draw();
  }

  destroy(): void {
    this.#root.remove();
  }

  #button(parent: HTMLElement, vectors: Vectors): HTMLButtonElement {
    const button = parent.appendChild(parent.ownerDocument.createElement("button"));
    button.type = "button";
    button.textContent = NAMES[vectors];
    button.setAttribute("role", "radio");
    button.addEventListener("click", () => this.#choose(vectors));
    button.addEventListener("keydown", (event) => {
      if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
      this.#choose(vectors === "keys" ? "values" : "keys");
      event.preventDefault();
    });
    return button;
  }

  #choose(vectors: Vectors): void {
    if (this.#buttons[vectors].getAttribute("aria-disabled") === "true") return;
    this.#buttons[vectors].focus();
    if (vectors !== (this.#props.vectors ?? "keys")) this.#props.onVectors?.(vectors);
  }

  #draw(): void {
    const { trace, selection, theme, vectors = "keys" } = this.#props;
    applyTheme(this.#root, theme);
    const query = pinnedQuery(selection);
    const head = ` attends in head ${selection.layer}.${selection.focus}`;
    const word = this.#title.ownerDocument.createElement("b");
    word.dir = "auto";
    if (query !== null)
      word.textContent = wordsOf(trace.stream(trace.block(selection.block).queries).tokens)[query]!;
    this.#title.replaceChildren(...(query === null ? [] : ["How ", word, head]));
    const missing: Record<Vectors, string> = {
      keys: "",
      values: hasValues(trace, selection) ? "" : NO_VALUES,
    };
    for (const name of ["keys", "values"] as const) {
      const button = this.#buttons[name];
      button.setAttribute("aria-checked", String(name === vectors));
      button.setAttribute("aria-disabled", String(missing[name] !== ""));
      button.title = missing[name];
      button.tabIndex = name === vectors ? 0 : -1;
    }
  }
}
