// What of the words is in sight: sizes for the box, the stretch that is drawn, and how it follows the scroll.

import type { Attention, Side } from "../../trace/index.ts";
import { COMPACT } from "../look/compact.ts";
import { secondSentence } from "../read/sentences.ts";
import { type Measure, pageMeasure } from "../scene/measure.ts";
import {
  axisOf,
  type HeadLayout,
  isFromRight,
  reachOf,
  rowsIn,
  type Stretch,
  slotsBetween,
  type Window,
} from "./axis.ts";
import type { HeadData } from "./data.ts";
import { wordsShown } from "./figure-state.ts";
import type { HeadFrame } from "./frame.ts";
import { pageColumns } from "./horizontal/page-layout.ts";
import * as horizontal from "./horizontal/places.ts";
import { ACROSS_TITLE, FOOT, linesLayout, type Orientation } from "./layout.ts";
import { sentenceElements, sentenceMarks, showMarks } from "./sentence-marks.ts";

/** How words are laid out. */
export interface Manner {
  /** Rows are made for a mouse where the view is narrow, too. */
  readonly dense?: boolean;
  /** Vertical where left out. */
  readonly orientation?: Orientation;
}

export class Sight {
  readonly #frame: HeadFrame;
  #data!: HeadData;
  #manner: Manner = {};
  #layout!: HeadLayout;
  #window: Window = [0, 0];

  constructor(frame: HeadFrame) {
    this.#frame = frame;
  }

  /** Sizes, and the slots that are drawn. */
  get stretch(): Stretch {
    return { layout: this.#layout, window: this.#window };
  }

  /** Rows of a side that are drawn. */
  rows(side: Side): Window {
    return rowsIn(this.#layout, side, this.#window, this.#data.count);
  }

  /** Queries that are drawn. */
  get queries(): readonly number[] {
    return this.#data.slice.queries.slice(...this.rows("query"));
  }

  /** Sizes of everything, for these words in this manner; the scroll position is kept. */
  place(data: HeadData, manner: Manner, parts: Attention["parts"]): void {
    this.#data = data;
    this.#manner = manner;
    this.#layout = this.#fitting();
    this.#frame.place(this.#layout);
    const { left, right } = data.columns;
    showMarks(
      this.#frame.marks,
      this.#layout.orientation === "horizontal"
        ? horizontal.sentenceElements(left, right, this.#layout, parts)
        : sentenceElements(sentenceMarks(left, right, this.#layout, parts)),
    );
  }

  /** Keep a word in sight at any size until somebody scrolls; -1 for none: then where the text begins. */
  revealFirst(side: Side, row: number): void {
    if (this.#frame.touched || this.#frame.scroll.clientHeight === 0) return;
    if (row >= 0) this.reveal(side, row);
    else if (this.#layout.orientation === "horizontal") {
      const begin = isFromRight(this.#layout, "query") ? this.#layout.width : 0;
      this.#frame.reveal("y", begin, begin, 0);
    }
  }

  /** Scroll a word into sight. */
  reveal(side: Side, row: number): void {
    this.#frame.reveal(axisOf(this.#layout), ...reachOf(this.#layout, side, row), this.#layout.rowHeight);
  }

  /** True if the box has another size than the one that is laid out, or shows words that are not drawn. */
  get isStale(): boolean {
    return JSON.stringify(this.#fitting()) !== JSON.stringify(this.#layout) || !this.covers;
  }

  /** True if all that is in sight is drawn. */
  get covers(): boolean {
    const [first, end] = this.#inSight(false);
    return first >= this.#window[0] && end <= this.#window[1];
  }

  /** Draw the words in sight, and half a window more on each side. */
  show(): void {
    this.#window = this.#inSight(true);
    const { left, right } = this.#data.columns;
    this.#frame.left.show({ layout: this.#layout, window: this.rows("query"), ...left });
    this.#frame.right.show({ layout: this.#layout, window: this.rows("key"), ...right });
  }

  #inSight(wide: boolean): Window {
    const { scrollTop, scrollLeft, clientHeight, clientWidth } = this.#frame.scroll;
    const [at, size] = axisOf(this.#layout) === "x" ? [scrollTop, clientHeight] : [scrollLeft, clientWidth];
    const margin = wide ? Math.ceil(size / this.#layout.rowHeight / 2) : 0;
    return slotsBetween(this.#layout, this.#data.count, [at, at + size], margin);
  }

  #fitting(): HeadLayout {
    const { root } = this.#frame;
    const { dense = false, orientation } = this.#manner;
    const [width, height] = [root.clientWidth, root.clientHeight];
    return orientation === "horizontal"
      ? across(this.#data, width, height, dense, pageMeasure(root))
      : linesLayout(width, height, this.#data.count, dense);
  }
}

function across(data: HeadData, width: number, height: number, dense: boolean, measure: Measure) {
  const marked = secondSentence(data.columns.left) > 0;
  const free = Math.max(0, height - 2 * ACROSS_TITLE - FOOT);
  const compact = width < COMPACT && !dense;
  return pageColumns({ width, height: free, words: wordsShown(data), marked, compact, measure });
}
