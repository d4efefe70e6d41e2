// One column of words (or row, where they lie) as a listbox: only the words near the window are in the document, so that
// a text of any length scrolls. Gestures are reported; what is pinned, faint or shaded is told from outside.

import type { Side, Token } from "../../trace/index.ts";
import { nextId } from "../look/ids.ts";
import { tiedToBefore, wordsOf, wordTitle } from "../read/words.ts";
import { pageMeasure } from "../scene/measure.ts";
import type { HeadLayout, Window } from "./axis.ts";
import type { WordColumn } from "./data.ts";
import type { WordLook } from "./picture.ts";
import { meaningOf } from "./word-keys.ts";
import { arrowsOf, listPlace, tieCss, wordCss } from "./word-places.ts";

/** What a column shows. */
export interface ColumnContent extends WordColumn {
  readonly layout: HeadLayout;
  /** Rows in the document. */
  readonly window: Window;
}

/** How one word looks, with its shading as a CSS background. */
export interface DressedWord extends Omit<WordLook, "shades"> {
  readonly shade: string;
}

/** What the reader does to a column. Positions are token positions. */
export interface ColumnGestures {
  press(position: number, adding: boolean): void;
  /** The pointer or the keyboard is on a word, or on none. */
  enter(position: number | null): void;
  step(step: 1 | -1, adding: boolean): void;
  unpin(): void;
  /** The arrow towards the other column: go there. */
  across(): void;
}

export class TokenColumn {
  readonly element: HTMLElement;
  readonly #side: Side;
  readonly #gestures: ColumnGestures;
  readonly #id: string;
  readonly #rows = new Map<number, HTMLElement>();
  readonly #looks = new Map<HTMLElement, DressedWord>();
  #content: ColumnContent | null = null;
  /** Row of the keyboard's cursor, or null. */
  #cursor: number | null = null;

  constructor(parent: HTMLElement, side: Side, label: string, gestures: ColumnGestures) {
    const { ownerDocument: page } = parent;
    this.#side = side;
    this.#gestures = gestures;
    this.#id = nextId("words");
    this.element = page.createElement("div");
    this.element.tabIndex = 0;
    this.element.setAttribute("role", "listbox");
    this.element.setAttribute("aria-label", label);
    this.element.setAttribute("aria-multiselectable", "true");
    parent.append(this.element);
    this.#listen();
  }

  /** Show other words, sizes or another stretch of rows. */
  show(content: ColumnContent): void {
    const before = this.#content;
    this.#content = content;
    if (
      before?.tokens !== content.tokens ||
      before.shown !== content.shown ||
      before.layout !== content.layout
    ) {
      this.#clear();
      this.#size(content.layout);
    }
    const [first, end] = content.window;
    for (const [row, element] of this.#rows) if (row < first || row >= end) this.#drop(row, element);
    for (let row = first; row < Math.min(end, content.shown.length); row++) {
      if (!this.#rows.has(row)) this.#rows.set(row, this.#make(row, content));
    }
  }

  /** Give every word in the document its look. */
  dress(look: (position: number) => DressedWord): void {
    for (const [row, element] of this.#rows) {
      const next = look(this.#content!.shown[row]!);
      const now = this.#looks.get(element);
      this.#looks.set(element, next);
      if (now?.pinned !== next.pinned) {
        element.classList.toggle("hs-pinned", next.pinned);
        element.setAttribute("aria-selected", String(next.pinned));
      }
      if (now?.hovered !== next.hovered) element.classList.toggle("hs-hovered", next.hovered);
      if (now?.unmatched !== next.unmatched) element.classList.toggle("hs-unmatched", next.unmatched);
      if (now?.changed !== next.changed) markChanged(element, next.changed);
      if (now?.shade !== next.shade) element.classList.toggle("hs-shaded", next.shade !== "");
      if (now?.faint !== next.faint) element.classList.toggle("hs-faint", next.faint);
      if (now?.shade !== next.shade) (element.lastElementChild as HTMLElement).style.background = next.shade;
    }
  }

  /** Put the keyboard here, on the row of `position` if there is one. */
  focus(position: number | null): void {
    const row = position === null ? -1 : (this.#content?.shown.indexOf(position) ?? -1);
    if (row >= 0) this.#cursor = row;
    this.element.focus({ preventScroll: true });
  }

  #clear(): void {
    for (const [row, element] of this.#rows) this.#drop(row, element);
  }

  #drop(row: number, element: HTMLElement): void {
    element.remove();
    this.#rows.delete(row);
    this.#looks.delete(element);
  }

  #size(layout: HeadLayout): void {
    const { css, names } = listPlace(layout, this.#side);
    this.element.style.cssText = css;
    const side = this.#side === "query" ? "hs-left" : "hs-right";
    this.element.className = ["hs-words", side, ...names].join(" ");
    this.element.setAttribute("aria-orientation", layout.orientation);
  }

  #make(row: number, { tokens, shown, written, layout }: ColumnContent): HTMLElement {
    const { ownerDocument: page } = this.element;
    const position = shown[row]!;
    const token = tokens[position]!;
    const option = page.createElement("div");
    option.id = `${this.#id}-${row}`;
    option.className = token.special ? "hs-word hs-special" : "hs-word";
    option.classList.toggle("hs-written", position >= written);
    option.classList.toggle("hs-begins", position >= written && row > 0 && shown[row - 1]! < written);
    option.style.cssText = wordCss(layout, this.#side, row);
    option.dataset.position = String(position);
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.setAttribute("aria-posinset", String(row + 1));
    option.setAttribute("aria-setsize", String(shown.length));
    if (this.#side === "query" && shown[row - 1] === position - 1)
      this.#tie(option, tokens, position, layout);
    const text = page.createElement("span");
    text.dir = "auto";
    text.textContent = wordsOf(tokens)[position]!;
    text.title = wordTitle(token, position) + (position >= written ? ", written by the model" : "");
    option.append(text);
    this.element.append(option);
    return option;
  }

  /** The bracket between two pieces of a word: arms as long as the words leave room for. */
  #tie(option: HTMLElement, tokens: readonly Token[], position: number, layout: HeadLayout): void {
    if (!tiedToBefore(tokens, position)) return;
    const measure = pageMeasure(this.element);
    const tie = option.ownerDocument.createElement("i");
    tie.className = "hs-tie";
    tie.style.cssText = tieCss(layout, (of) =>
      measure(wordsOf(tokens)[of === "own" ? position : position - 1]!, layout.fontSize),
    );
    option.append(tie);
  }

  #listen(): void {
    const { element } = this;
    element.addEventListener("click", (event) => {
      const position = positionOf(event);
      if (position !== null) this.#gestures.press(position, event.shiftKey);
    });
    element.addEventListener("pointerover", (event) => {
      if (event.pointerType !== "touch") this.#gestures.enter(positionOf(event));
    });
    element.addEventListener("pointerleave", () => this.#gestures.enter(null));
    element.addEventListener("keydown", (event) => this.#key(event));
    element.addEventListener("blur", () => this.#leave());
  }

  #leave(): void {
    if (this.#cursor === null) return;
    this.element.removeAttribute("aria-activedescendant");
    this.#gestures.enter(null);
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.#content) return;
    const done = this.#act(event.key, event.shiftKey);
    if (!done) return;
    event.preventDefault();
    event.stopPropagation();
  }

  #act(key: string, shift: boolean): boolean {
    const { layout, shown } = this.#content!;
    const at = this.#cursor ?? this.#firstPinned();
    const arrows = arrowsOf(layout, this.#side);
    const meaning = meaningOf(key, { rows: shown.length, at, entered: this.#cursor !== null, arrows });
    if (meaning === null) return false;
    if (typeof meaning === "number") this.#moveTo(meaning);
    else if (meaning === "press") this.#press(at, shift);
    else if (meaning === "next" || meaning === "before")
      this.#gestures.step(meaning === "next" ? 1 : -1, shift);
    else this.#gestures[meaning]();
    return true;
  }

  #press(row: number, adding: boolean): void {
    const position = this.#content!.shown[row];
    if (position !== undefined) this.#gestures.press(position, adding);
  }

  #moveTo(row: number): void {
    const position = this.#content!.shown[row];
    if (position === undefined) return;
    this.#cursor = row;
    this.#gestures.enter(position);
    this.element.setAttribute("aria-activedescendant", `${this.#id}-${row}`);
  }

  #firstPinned(): number {
    const pinned = [...this.#rows].find(([, element]) => this.#looks.get(element)?.pinned);
    return pinned?.[0] ?? this.#content!.window[0];
  }
}

/** A word whose stream was changed: a ring around it, and said to who cannot see it. */
function markChanged(option: HTMLElement, changed: boolean): void {
  option.classList.toggle("hs-changed", changed);
  if (changed) option.title = "changed by an edit";
  else option.removeAttribute("title");
}

function positionOf(event: Event): number | null {
  const option = (event.target as Element).closest<HTMLElement>("[data-position]");
  return option ? Number(option.dataset.position) : null;
}
