// The words and numbers of the neuron view as elements: a table of word, score and weight that a screen reader
// reads row by row, laid over the canvas.

import { addTo } from "../look/dom.ts";
import { type NeuronTexts, neuronTexts, type TextContent, type Written } from "./texts.ts";

export class NeuronText {
  readonly #element: HTMLElement;

  constructor(parent: HTMLElement) {
    this.#element = addTo(parent, "div", "hs-neuron-table");
    this.#element.setAttribute("role", "table");
  }

  show(content: TextContent): NeuronTexts {
    const texts = neuronTexts(content);
    const { width } = content.layout;
    this.#element.setAttribute("aria-label", texts.label);
    this.#element.replaceChildren();
    this.#row(texts.headings, width);
    this.#add(this.#element, texts.top, width);
    for (const line of texts.lines) this.#row(line, width);
    for (const text of texts.below) this.#add(this.#element, text, width);
    return texts;
  }

  #row(texts: readonly Written[], width: number): void {
    const row = addTo(this.#element, "div");
    row.setAttribute("role", "row");
    for (const text of texts) this.#add(row, text, width);
  }

  #add(parent: HTMLElement, written: Written, whole: number): void {
    const { text, look, middle, left, right, width, role, title } = written;
    const element = addTo(parent, "span", `hs-text hs-${look}${width === undefined ? "" : " hs-clip"}`, text);
    element.style.top = `${middle - 8}px`;
    if (left !== undefined) element.style.left = `${left}px`;
    if (right !== undefined) element.style.right = `${whole - right}px`;
    if (left !== undefined && right !== undefined) element.style.textAlign = "center";
    if (width !== undefined) element.style.maxWidth = `${width}px`;
    if (role) element.setAttribute("role", role);
    if (role === "rowheader") {
      element.dir = "auto";
      element.style.pointerEvents = "auto";
    }
    if (title !== undefined) element.title = title;
    if (text.includes("  ")) element.style.whiteSpace = "pre";
  }
}
