// The words under the pointer: in this view, or in another one that reported it.

import type { Hover } from "../view.ts";
import type { HoveredWord } from "./picture.ts";
import { wordsUnder } from "./word-columns.ts";

export class Pointed {
  #own: HoveredWord | null = null;
  /** Words that another view points at. */
  #elsewhere: readonly HoveredWord[] = [];
  /** What was reported last: it may come back as the prop. */
  #reported: Hover | null = null;

  /** Words under the pointer here, else in another view. */
  get words(): readonly HoveredWord[] {
    return this.#own ? [this.#own] : this.#elsewhere;
  }

  /** The pointer is on a word here, or on none; false where it was there already. */
  enter(word: HoveredWord | null): boolean {
    const [now, own] = [word, this.#own];
    if (now === null ? own === null : own?.side === now.side && own.position === now.position) return false;
    this.#own = word;
    return true;
  }

  /** Follow the pointer of another view; true if other words are shown for it. */
  follow(hover: Hover | null | undefined, layer: number, isShown: (word: HoveredWord) => boolean): boolean {
    const before = this.#elsewhere;
    this.#elsewhere = hover === this.#reported ? [] : wordsUnder(hover, layer).filter(isShown);
    return !this.#own && JSON.stringify(before) !== JSON.stringify(this.#elsewhere);
  }

  /** What is told now; as a prop it means nothing new. */
  reports(hover: Hover | null): Hover | null {
    this.#reported = hover;
    return hover;
  }
}
