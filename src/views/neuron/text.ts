// The words and numbers of the neuron view as real text: headings, and a table of word, score and weight
// that a screen reader reads row by row, laid over the canvas.

import type { Trace } from "../../trace/index.ts";
import { formatCount, formatNumber, HIGH } from "../look/palette.ts";
import { wordOf, wordTitle } from "../read/words.ts";
import type { Selection } from "../view.ts";
import { eachGroup } from "./draw.ts";
import type { NeuronLayout, ShownRows } from "./layout.ts";
import type { NeuronPicture } from "./picture.ts";
import { scaleTitle, scoreNote, sharedKeys } from "./words.ts";

/** What the text is about. */
export interface TextContent {
  readonly trace: Trace;
  readonly selection: Selection;
  readonly picture: NeuronPicture;
  readonly layout: NeuronLayout;
  readonly rows: ShownRows;
}

interface Place {
  readonly left?: number;
  /** Right edge, from the left. */
  readonly right?: number;
  readonly middle: number;
  readonly width?: number;
}

export class NeuronText {
  readonly #element: HTMLElement;

  constructor(parent: HTMLElement) {
    this.#element = parent.appendChild(parent.ownerDocument.createElement("div"));
    this.#element.className = "hs-neuron-table";
    this.#element.setAttribute("role", "table");
  }

  show(content: TextContent): void {
    const { picture, selection, layout, trace } = content;
    const word = wordOf(trace.stream(trace.block(selection.block).queries).tokens[picture.query]!);
    this.#element.setAttribute(
      "aria-label",
      `How ${word} attends in head ${selection.layer}.${selection.focus}`,
    );
    this.#element.replaceChildren();
    this.#headings(content);
    this.#top(content, word);
    for (const [row, place] of content.rows.places.entries()) this.#row(content, row, place);
    const below = this.#lastRows(content);
    this.#legend(content, layout.rowsTop + below * layout.rowHeight + 2);
  }

  #add(parent: HTMLElement, text: string, name: string, { left, right, middle, width }: Place): HTMLElement {
    const element = parent.appendChild(this.#element.ownerDocument.createElement("span"));
    element.className = `hs-text ${name}`;
    element.textContent = text;
    element.style.top = `${middle - 8}px`;
    if (left !== undefined) element.style.left = `${left}px`;
    if (right !== undefined) element.style.right = `${this.#width - right}px`;
    if (width !== undefined) element.style.maxWidth = `${width}px`;
    return element;
  }

  #width = 0;

  #line(parent: HTMLElement, role: string): HTMLElement {
    const line = parent.appendChild(this.#element.ownerDocument.createElement("div"));
    line.setAttribute("role", role);
    return line;
  }

  #headings({ trace, selection, picture, layout }: TextContent): void {
    this.#width = layout.width;
    const row = this.#line(this.#element, "row");
    const head = (text: string, place: Omit<Place, "middle">, name = "hs-strong"): void => {
      this.#add(row, text, name, { ...place, middle: 16 }).setAttribute("role", "columnheader");
    };
    const keys = picture.kind === "keys";
    const recipe = trace.recipe(selection.block, selection.layer);
    const block = trace.block(selection.block);
    if (layout.keys !== null) {
      head(keys ? "Key k" : "Value v", { left: layout.keys });
      const shared = sharedKeys(block, selection.focus);
      const left = layout.keys + (keys ? 42 : 54);
      const width = layout.products - left - 8;
      head(keyCaption(keys, shared, width), { left, width }, "hs-faint hs-clip");
    }
    head(keys ? "q × k" : "weight × v", { left: layout.products });
    const left = layout.products + (keys ? 42 : 72);
    const scoreTitle = keys ? scaleTitle(recipe, block.headSize) : "size";
    const end = layout.scores === null ? layout.softmax - 20 : layout.scores + 80 - scoreTitle.length * 7;
    head(captionFor(keys, end - left), { left, width: end - left }, "hs-faint hs-clip");
    if (layout.scores !== null) {
      head(scoreTitle, { right: layout.scores + 86 });
      const note = keys ? scoreNote(recipe) : "";
      if (note !== "") this.#add(row, note, "hs-small", { right: layout.scores + 86, middle: 32 });
    }
    if (layout.narrow) head("softmax", { right: layout.width - layout.padding }, "hs-small");
    else head("Softmax", { left: layout.softmax });
  }

  #top({ picture, layout }: TextContent, word: string): void {
    const keys = picture.kind === "keys";
    const place = { middle: layout.queryMiddle, right: layout.padding + layout.tokenWidth - 10 };
    if (!keys) this.#add(this.#element, "output", "hs-strong", { ...place, right: layout.products - 8 });
    else {
      const text = layout.narrow ? word : `q  ${word}`;
      const label = this.#add(this.#element, text, "hs-strong hs-clip", {
        ...place,
        width: layout.tokenWidth + 4,
      });
      label.style.whiteSpace = "pre";
    }
  }

  #row({ trace, selection, picture, layout }: TextContent, row: number, place: number): void {
    const position = picture.keys[place]!;
    const token = trace.stream(trace.block(selection.block).keys).tokens[position]!;
    const weight = picture.weights[place]!;
    const word = this.#cells(layout, row, wordOf(token), picture.amounts[place]!, weight, weight > HIGH);
    word.title = wordTitle(token, position);
    word.dir = "auto";
  }

  /** One line of the table; a score that is not a number is left out. Returns the word's element. */
  #cells(
    layout: NeuronLayout,
    row: number,
    word: string,
    score: number,
    weight: number,
    high: boolean,
  ): HTMLElement {
    const line = this.#line(this.#element, "row");
    const middle = layout.rowsTop + row * layout.rowHeight + layout.cellHeight / 2;
    const name = high ? "hs-strong" : "";
    const label = this.#add(line, word, `${name} hs-clip`, {
      right: layout.padding + layout.tokenWidth - 10,
      middle,
      width: layout.tokenWidth - 6,
    });
    label.setAttribute("role", "rowheader");
    label.style.pointerEvents = "auto";
    const cell = (text: string, right: number, more: string): void =>
      this.#add(line, text, more, { right, middle }).setAttribute("role", "cell");
    if (layout.scores !== null) cell(Number.isNaN(score) ? "" : formatNumber(score), layout.scores + 86, "");
    cell(formatNumber(weight), layout.softmax + layout.softmaxWidth - (layout.narrow ? 0 : 8), name);
    return label;
  }

  /** Lines of the others and of the sink; the number of rows so far. */
  #lastRows({ picture, layout, rows }: TextContent): number {
    let row = rows.places.length;
    if (rows.others) {
      const { count, weight } = rows.others;
      const text = `${formatCount(count)} ${count === 1 ? "other" : "others"}`;
      this.#cells(layout, row++, text, Number.NaN, weight, false).classList.add("hs-faint");
    }
    if (picture.sink) {
      const logit = picture.kind === "keys" ? picture.sink.logit : Number.NaN;
      this.#cells(layout, row++, "sink", logit, picture.sink.weight, false).classList.add("hs-faint");
    }
    return row;
  }

  #legend({ picture, layout }: TextContent, y: number): void {
    const blocks = [layout.keys, layout.products].filter((left) => left !== null);
    if (picture.rotary) {
      for (const left of blocks) this.#pairs(picture, layout, left, y + 13);
      return;
    }
    const falls = picture.groups.some((group) => group.falls);
    if (falls) {
      const place = { right: layout.products + layout.blockWidth, middle: y + 18 };
      this.#add(this.#element, "▲ product falls with distance", "hs-falls", place);
    }
    if (layout.keys !== null) {
      this.#add(this.#element, `dimensions 0–${picture.size - 1}`, "hs-small", {
        left: layout.keys,
        middle: y + 10,
      });
    }
  }

  /** Names under the brackets: every pair where there is room, else the first and the last. */
  #pairs({ groups }: NeuronPicture, layout: NeuronLayout, left: number, middle: number): void {
    const pairs = groups.filter((group) => group.dims.length > 1);
    const last = pairs.length - 1;
    const roomy = 2 * layout.cell >= 54;
    eachGroup(groups, layout.cell, (group, x, width, place) => {
      const end = place === 0 || place === last;
      if (group.dims.length < 2 || !(roomy || end)) return;
      const text = `pair ${place}${place === 0 ? ", fast" : place === last ? ", slow" : ""}`;
      if (!roomy && place === last) {
        this.#add(this.#element, text, "hs-small", { right: left + x + width, middle });
        return;
      }
      const label = this.#add(this.#element, text, "hs-small", { left: left + x, middle });
      if (roomy) label.style.cssText += `;width:${width - layout.gap}px;text-align:center`;
    });
  }
}

/** The caption of the key or value block: which heads share it comes before what stands on top. */
function keyCaption(keys: boolean, shared: string, room: number): string {
  if (!keys) return shared.replace("keys", "values");
  const both = ["query on top", shared].filter((part) => part !== "").join(", ");
  return shared !== "" && both.length * LETTER > room ? shared : both;
}

/** Mean width of a letter of a caption, in px. */
const LETTER = 6.1;

/** The longest caption of the product block that fits. */
function captionFor(keys: boolean, room: number): string {
  const captions = keys
    ? ["elementwise, bars: share of the pattern", "bars: share of the pattern", "bars: share"]
    : ["their sum, the head’s output, on top", "sum on top"];
  return captions.find((caption) => caption.length * LETTER <= room) ?? "";
}
