// The head view (Vig 2019, section 2.1): which words attend to which, for the active heads of one layer.
// Words left and right, a line per weight, numbers beside the words. Draws the visible stretch of any length.

import {
  type ColumnWeights,
  type Combine,
  columnOf,
  columnTitle,
  givenBy,
  numberFrom,
  restOf,
  takenBy,
} from "./column-weights.ts";
import { chooseEdges, type Edges, omission } from "./edges.ts";
import { HEAD_VIEW_STYLE } from "./head-view-style.ts";
import { CURVES_UP_TO, type LineStyle, lineList, restingOpacity } from "./lines.ts";
import { LinesCanvas } from "./lines-canvas.ts";
import { FOOT, type LinesLayout, linesLayout, rowMiddle, rowsBetween, TITLES } from "./lines-layout.ts";
import { formatCount, formatNumber, headColors } from "./palette.ts";
import { PatternRows } from "./pattern-rows.ts";
import { clickPin, stepPin, unpin } from "./pins.ts";
import { MeanReceived } from "./received.ts";
import { shadeOf } from "./shade.ts";
import { type Reach, reachOf, type Slice, sliceOf } from "./slice.ts";
import { ensureStyle, themeVariables } from "./style.ts";
import { COLORS } from "./theme.ts";
import { type ColumnContent, TokenColumn, type WordLook } from "./token-column.ts";
import type { CommonProps, Selection, View } from "./view.ts";
import { WeightColumn } from "./weight-column.ts";
import { wordOf } from "./words.ts";

/** Props of the head view. */
export type HeadViewProps = CommonProps;

/** Lines at rest: curves are dear, hairlines cheap; fewer while the reader scrolls. */
const BUDGET = { curves: 6_000, hairlines: 20_000, scrolling: 4_000, pinned: 4_000 };
/** Weights below this are no lines: resting, pinned. */
const FLOOR = { curves: 0.01, hairlines: 0.002, pinned: 0.005 };
/** Milliseconds of row computing per frame, and of rest after which a scrolled picture is completed. */
const FRAME = 8;
const SETTLE = 120;

type Side = Selection["side"];

/** The words whose lines are drawn strongly: hovered ones, else pinned ones. */
interface Active {
  readonly side: Side;
  readonly positions: readonly number[];
}

export class HeadView implements View<HeadViewProps> {
  #props: HeadViewProps;
  readonly #root: HTMLElement;
  readonly #scroll: HTMLElement;
  readonly #content: HTMLElement;
  readonly #titles: {
    readonly from: HTMLElement;
    readonly to: HTMLElement;
    readonly weight: HTMLButtonElement;
  };
  readonly #foot: { readonly left: HTMLElement; readonly right: HTMLElement };
  readonly #message: HTMLElement;
  readonly #marks: HTMLElement;
  readonly #lines: LinesCanvas;
  readonly #left: TokenColumn;
  readonly #right: TokenColumn;
  readonly #weights: WeightColumn;
  readonly #resize: ResizeObserver;
  #rows!: PatternRows;
  #reach!: Reach;
  #slice!: Slice;
  #leftRows!: Int32Array;
  #rightRows!: Int32Array;
  #keep!: Uint8Array;
  #received!: MeanReceived;
  #layout!: LinesLayout;
  #window: readonly [number, number] = [0, 0];
  #edges: Edges | null = null;
  #hover: { readonly side: Side; readonly position: number } | null = null;
  #combine: Combine = "mean";
  #timer = 0;
  #frame = 0;

  constructor(target: HTMLElement, props: HeadViewProps) {
    this.#props = props;
    const page = target.ownerDocument;
    ensureStyle(target, "head-view", HEAD_VIEW_STYLE);
    const make = (parent: HTMLElement, name: string, tag = "div"): HTMLElement => {
      const element = page.createElement(tag);
      element.className = name;
      return parent.appendChild(element);
    };
    this.#root = make(target, "hs-head");
    this.#titles = {
      from: make(this.#root, "hs-title"),
      to: make(this.#root, "hs-title"),
      weight: make(this.#root, "hs-title", "button") as HTMLButtonElement,
    };
    this.#scroll = make(this.#root, "hs-scroll");
    this.#content = make(this.#scroll, "hs-content");
    this.#lines = new LinesCanvas(this.#content);
    this.#marks = make(this.#content, "hs-marks");
    this.#left = new TokenColumn(this.#content, "left", "Words that attend", this.#gestures("query"));
    this.#right = new TokenColumn(this.#content, "right", "Words attended to", this.#gestures("key"));
    this.#weights = new WeightColumn(this.#content);
    const foot = make(this.#root, "hs-foot");
    this.#foot = { left: make(foot, "hs-left-out", "span"), right: make(foot, "hs-rest", "span") };
    this.#foot.left.setAttribute("role", "status");
    this.#message = make(this.#root, "hs-message");
    this.#scroll.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.#titles.weight.addEventListener("click", () => this.#switchCombine());
    this.#resize = new ResizeObserver(() => this.#resized());
    this.#resize.observe(this.#root);
    this.#refresh(new Set(["trace", "selection", "filter", "theme"]), null);
  }

  update(changed: Partial<HeadViewProps>): void {
    const before = this.#props;
    this.#props = { ...before, ...changed };
    const names = new Set(
      (Object.keys(changed) as (keyof HeadViewProps)[]).filter((name) => changed[name] !== before[name]),
    );
    this.#refresh(names, before.selection);
  }

  destroy(): void {
    this.#stop();
    this.#resize.disconnect();
    this.#root.remove();
  }

  #refresh(names: ReadonlySet<keyof HeadViewProps>, before: Selection | null): void {
    const { selection, trace, theme } = this.#props;
    const layer = before?.layer !== selection.layer || before.block !== selection.block;
    const heads = before?.heads.join() !== selection.heads.join();
    if (names.has("theme")) this.#root.setAttribute("style", themeVariables(theme));
    const recorded = trace.hasAttention(selection.block, selection.layer);
    this.#message.textContent = recorded ? "" : `Layer ${selection.layer} was not recorded.`;
    for (const part of [this.#scroll, this.#message]) part.hidden = (part === this.#scroll) !== recorded;
    if (!recorded) {
      this.#blank();
      return;
    }
    if (names.has("trace") || layer) this.#readLayer();
    if (names.has("trace") || names.has("filter") || layer) this.#readFilter();
    if (names.has("trace") || names.has("filter") || before?.block !== selection.block) this.#place();
    if (names.has("trace") || names.has("filter") || names.has("theme") || layer || heads) {
      this.#drawBase(layer && before !== null);
    }
    this.#drawActive();
  }

  #blank(): void {
    this.#stop();
    for (const title of Object.values(this.#titles)) title.textContent = "";
    this.#foot.left.textContent = this.#foot.right.textContent = "";
  }

  #readLayer(): void {
    const { trace, selection } = this.#props;
    this.#rows = new PatternRows(trace, selection.block, selection.layer);
    this.#reach = reachOf(trace, selection.block, selection.layer);
  }

  #readFilter(): void {
    const { trace, selection, filter } = this.#props;
    const { queries, keys } = trace.sides(selection.block);
    const before = this.#slice;
    const next = sliceOf(trace, selection.block, filter);
    this.#slice = before && sameSlice(before, next) ? before : next;
    this.#leftRows = rowOf(this.#slice.queries, queries);
    this.#rightRows = rowOf(this.#slice.keys, keys);
    this.#keep = new Uint8Array(keys);
    for (const key of this.#slice.keys) this.#keep[key] = 1;
    this.#received = new MeanReceived(this.#rows, this.#reach, this.#slice.queries);
  }

  get #count(): number {
    return Math.max(this.#slice.queries.length, this.#slice.keys.length);
  }

  /** Sizes of everything; the scroll position is kept. */
  #place(): void {
    const { clientWidth: width, clientHeight: height } = this.#root;
    this.#layout = linesLayout(width, height, this.#count);
    const { from, to, weightLeft, weightWidth } = this.#layout;
    this.#scroll.style.top = `${TITLES}px`;
    this.#scroll.style.height = `${Math.max(0, height - TITLES - FOOT)}px`;
    this.#content.style.height = `${this.#layout.height}px`;
    this.#titles.from.style.right = `${width - from + 8}px`;
    this.#titles.to.style.left = `${to + 8}px`;
    this.#titles.weight.style.right = `${width - weightLeft - weightWidth}px`;
    this.#titles.weight.style.minWidth = `${weightWidth}px`;
    this.#titles.weight.hidden = this.#layout.barWidth === 0;
    this.#foot.left.style.left = `${this.#layout.barWidth > 0 ? Math.max(12, this.#layout.lead) : 12}px`;
    const narrow = this.#layout.barWidth === 0;
    this.#foot.right.style.cssText = narrow ? "right:12px" : `left:${weightLeft}px`;
    this.#titles.from.textContent = "attends from";
    this.#titles.to.textContent = "attends to";
    this.#markSentences();
    this.#window = this.#wanted();
    this.#showWords();
  }

  #resized(): void {
    if (!this.#slice || this.#scroll.hidden) return;
    const { clientWidth, clientHeight } = this.#root;
    const next = linesLayout(clientWidth, clientHeight, this.#count);
    if (JSON.stringify(next) === JSON.stringify(this.#layout) && this.#covers()) return;
    this.#place();
    this.#drawBase(false);
    this.#drawActive();
  }

  /** Rows to have drawn: what is visible and half a window on each side. */
  #wanted(): readonly [number, number] {
    const { scrollTop, clientHeight } = this.#scroll;
    const margin = Math.ceil(clientHeight / this.#layout.rowHeight / 2);
    return rowsBetween(this.#layout, this.#count, scrollTop, scrollTop + clientHeight, margin);
  }

  #covers(): boolean {
    const { scrollTop, clientHeight } = this.#scroll;
    const [first, end] = rowsBetween(this.#layout, this.#count, scrollTop, scrollTop + clientHeight, 0);
    return first >= this.#window[0] && end <= this.#window[1];
  }

  #showWords(): void {
    const { trace, selection } = this.#props;
    const { queries, keys } = trace.block(selection.block);
    const content = { layout: this.#layout, window: this.#window };
    const column = (stream: typeof queries, shown: readonly number[]): ColumnContent => ({
      ...content,
      tokens: trace.stream(stream).tokens,
      shown,
    });
    this.#left.show(column(queries, this.#slice.queries));
    this.#right.show(column(keys, this.#slice.keys));
  }

  /** Letters and dotted lines where a second sentence begins. */
  #markSentences(): void {
    const { trace, selection } = this.#props;
    const { queries, keys } = trace.block(selection.block);
    const { from, to, tokenWidth, lead, rowHeight } = this.#layout;
    const segment = (stream: typeof queries, position: number | undefined): number | undefined =>
      position === undefined ? undefined : trace.stream(stream).tokens[position]!.segment;
    const boundary = (stream: typeof queries, shown: readonly number[]): number =>
      shown.findIndex(
        (position, row) => segment(stream, position) === 1 && segment(stream, shown[row - 1]) === 0,
      );
    const [left, right] = [boundary(queries, this.#slice.queries), boundary(keys, this.#slice.keys)];
    const page = this.#marks.ownerDocument;
    const mark = (name: string, css: string, text = ""): HTMLElement => {
      const element = page.createElement("div");
      element.className = name;
      element.style.cssText = css;
      element.textContent = text;
      return element;
    };
    const letter = (row: number, text: string): HTMLElement =>
      mark("hs-sentence", `left:${Math.max(0, lead - 12)}px;top:${rowMiddle(this.#layout, row) - 8}px`, text);
    const divider = (row: number, x: number): HTMLElement =>
      mark("hs-divider", `left:${x}px;top:${row * rowHeight - 0.5}px;width:${tokenWidth - 12}px`);
    const firstIsA = trace.stream(queries).tokens[this.#slice.queries[0] ?? 0]?.segment === 0;
    this.#marks.replaceChildren(
      ...(left > 0 && firstIsA
        ? [letter(0, "A"), letter(left, "B"), divider(left, from - tokenWidth + 8)]
        : []),
      ...(right > 0 && firstIsA ? [divider(right, to + 4)] : []),
    );
  }

  get #colors(): string[] {
    const { theme, selection, trace } = this.#props;
    const all = headColors(theme, selection.heads, trace.block(selection.block).heads);
    return selection.heads.map((head) => all[head] ?? COLORS[theme].ink);
  }

  #style(pinned: boolean): LineStyle {
    return {
      layout: this.#layout,
      rows: this.#count,
      heads: this.#props.selection.heads.length,
      pinned,
      height: this.#queriesHere().length * this.#layout.rowHeight,
      leftRow: (query) => this.#leftRows[query]!,
      rightRow: (key) => this.#rightRows[key]!,
    };
  }

  /** Queries of the drawn rows. */
  #queriesHere(): readonly number[] {
    return this.#slice.queries.slice(this.#window[0], this.#window[1]);
  }

  #choose(queries: readonly number[], keep: Uint8Array, floor: number, budget: number): Edges {
    const reach = this.#reach;
    return chooseEdges(this.#rows, {
      heads: this.#props.selection.heads,
      queries,
      keep,
      range: (query) => reach.range(query),
      cells: (query) => cellsOf(reach, query),
      strongest: this.#props.filter.strongest,
      floor,
      budget,
    });
  }

  #drawBase(fade: boolean, scrolling = false): void {
    this.#stop();
    const curves = this.#count <= CURVES_UP_TO;
    const usual = curves ? BUDGET.curves : BUDGET.hairlines;
    const queries = this.#queriesHere();
    const ready = scrolling ? queries.filter((query) => this.#compute([query], FRAME)) : queries;
    const floor = curves ? FLOOR.curves : FLOOR.hairlines;
    this.#edges = this.#choose(ready, this.#keep, floor, scrolling ? BUDGET.scrolling : usual);
    const list = lineList(this.#edges, this.#style(false));
    this.#lines.base(list, this.#colors, this.#layout, this.#window, fade);
    this.#sayOmission();
  }

  #deadline = 0;

  /** Compute rows of `queries` until this frame's time is up; true if all are there. */
  #compute(queries: readonly number[], time: number): boolean {
    const now = performance.now();
    if (now > this.#deadline + 4 * time) this.#deadline = now + time;
    for (const query of queries) {
      for (const head of this.#props.selection.heads) {
        if (this.#rows.has(head, query)) continue;
        if (performance.now() > this.#deadline) return false;
        this.#rows.row(head, query);
      }
    }
    return true;
  }

  #sayOmission(): void {
    const text = this.#edges ? omission(this.#edges) : null;
    const [first, end] = this.#window;
    const part = end - first < this.#count ? `Words ${formatCount(first)} to ${formatCount(end - 1)}: ` : "";
    this.#foot.left.textContent = text === null ? "" : part + text;
  }

  #scrolled(): void {
    if (this.#frame || this.#covers()) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#window = this.#wanted();
      this.#showWords();
      this.#drawBase(false, true);
      this.#drawActive();
      this.#timer = window.setTimeout(() => this.#settle(), SETTLE);
    });
  }

  /** After scrolling: compute what is missing a frame at a time, then draw all lines. */
  #settle(): void {
    this.#deadline = performance.now() + FRAME;
    if (this.#compute(this.#queriesHere(), FRAME)) {
      this.#drawBase(false);
      return;
    }
    this.#timer = window.setTimeout(() => this.#settle(), 0);
  }

  #stop(): void {
    clearTimeout(this.#timer);
    cancelAnimationFrame(this.#frame);
    this.#timer = this.#frame = 0;
  }

  get #active(): Active {
    const { pins, side } = this.#props.selection;
    if (this.#hover) return { side: this.#hover.side, positions: [this.#hover.position] };
    const rows = side === "query" ? this.#leftRows : this.#rightRows;
    return { side, positions: pins.filter((pin) => (rows[pin] ?? -1) >= 0) };
  }

  /** Everything that depends on pins and hover: strong lines, shading, numbers. */
  #drawActive(): void {
    const active = this.#active;
    const resting = active.positions.length > 0 ? restingOpacity(this.#count, this.#props.theme) : 1;
    const list = active.positions.length > 0 ? lineList(this.#activeEdges(active), this.#style(true)) : null;
    this.#lines.over(list, this.#colors, this.#layout, this.#window, resting);
    const weights = this.#columnWeights(active);
    const other = active.side === "query" ? this.#slice.keys : this.#slice.queries;
    const from = weights ? numberFrom(weights, other) : 0;
    this.#dress(active, weights, from);
    this.#showNumbers(active, weights, from);
  }

  #activeEdges(active: Active): Edges {
    if (active.side === "query") {
      return this.#choose(active.positions, this.#keep, FLOOR.pinned, BUDGET.pinned);
    }
    const keep = new Uint8Array(this.#keep.length);
    for (const key of active.positions) keep[key] = 1;
    return this.#choose(this.#queriesHere(), keep, FLOOR.pinned, BUDGET.pinned);
  }

  #columnWeights({ side, positions }: Active): ColumnWeights | null {
    const { heads, block } = this.#props.selection;
    const { queries, keys } = this.#props.trace.sides(block);
    if (positions.length === 0) {
      if (!this.#finishReceived()) return null;
      return columnOf(
        heads.map((head) => this.#received.of(head)),
        keys,
      );
    }
    if (side === "query") return givenBy(this.#rows, heads, positions, keys, this.#combine);
    return takenBy(this.#rows, heads, positions, this.#queriesHere(), queries, this.#combine);
  }

  /** Mean received by every key: worked out at once for stored patterns, in slices otherwise. */
  #finishReceived(): boolean {
    const end = performance.now() + 4 * FRAME;
    if (this.#received.work(this.#props.selection.heads, () => performance.now() > end)) return true;
    if (this.#timer === 0) {
      this.#timer = window.setTimeout(() => {
        this.#timer = 0;
        if (this.#active.positions.length === 0) this.#drawActive();
      }, FRAME);
    }
    return false;
  }

  #dress(active: Active, weights: ColumnWeights | null, from: number): void {
    const any = active.positions.length > 0;
    const chosen = new Set(active.positions);
    const { pins, side: pinSide } = this.#props.selection;
    const pinned = new Set(pins);
    const colors = this.#colors;
    const look = (side: Side, position: number): WordLook => {
      const own = side === active.side;
      const strong = any && !own && weights ? weights.mean[position]! >= from : false;
      const perHead = strong ? weights!.heads.map((head) => head[position]!) : [];
      return {
        pinned: side === pinSide && pinned.has(position),
        hovered: this.#hover?.side === side && this.#hover.position === position,
        faint: any && !(own ? chosen.has(position) : strong),
        shade: shadeOf(perHead, colors, from),
      };
    };
    this.#left.dress((position) => look("query", position));
    this.#right.dress((position) => look("key", position));
  }

  #showNumbers(active: Active, weights: ColumnWeights | null, from: number): void {
    const { heads } = this.#props.selection;
    const words = active.positions.length;
    const title = this.#titles.weight;
    title.textContent = columnTitle(heads.length, words, this.#combine);
    title.disabled = words < 2;
    title.classList.toggle("hs-switch", words > 1);
    title.title = words > 1 ? `Show their ${this.#combine === "mean" ? "sum" : "mean"}` : "";
    this.#foot.right.textContent =
      weights && words > 0 && active.side === "query" ? this.#rest(weights, from) : "";
    if (!weights || (words === 0 && this.#layout.barWidth === 0)) {
      this.#weights.clear();
      return;
    }
    const keySide = words > 0 && active.side === "key";
    const tokens = this.#props.trace.stream(
      this.#props.trace.block(this.#props.selection.block).queries,
    ).tokens;
    this.#weights.show({
      weights,
      colors: this.#colors,
      layout: this.#layout,
      window: this.#window,
      shown: keySide ? this.#slice.queries : this.#slice.keys,
      from: words === 0 ? 0 : from,
      name: keySide ? (position) => wordOf(tokens[position]!) : null,
    });
  }

  /** "19 others .05", and where else the mass of these words is: hidden keys, a learned sink. */
  #rest({ mean }: ColumnWeights, from: number): string {
    const { trace, selection } = this.#props;
    const rest = restOf(mean, this.#slice.keys, from);
    const sum = mean.reduce((total, weight) => total + weight, 0);
    const shown = this.#slice.keys.reduce((total, key) => total + mean[key]!, 0);
    const words = this.#combine === "sum" ? this.#active.positions.length : 1;
    const sink = trace.recipe(selection.block, selection.layer).sinks ? words - sum : 0;
    const parts = [
      rest.mass >= 0.005
        ? `${formatCount(rest.count)} ${rest.count === 1 ? "other" : "others"} ${formatNumber(rest.mass)}`
        : "",
      sum - shown >= 0.005 ? `hidden ${formatNumber(sum - shown)}` : "",
      sink >= 0.005 ? `sink ${formatNumber(sink)}` : "",
    ];
    return parts.filter((part) => part !== "").join(", ");
  }

  #switchCombine(): void {
    this.#combine = this.#combine === "mean" ? "sum" : "mean";
    this.#drawActive();
  }

  #gestures(side: Side) {
    const select = (selection: Selection): void => this.#props.onSelect?.(selection);
    return {
      press: (position: number, adding: boolean) =>
        select(clickPin(this.#props.selection, side, position, adding)),
      enter: (position: number | null) => this.#enter(side, position),
      step: (step: 1 | -1, adding: boolean) => {
        const shown = side === "query" ? this.#slice.queries : this.#slice.keys;
        const next = stepPin(this.#props.selection, side, shown, step, adding);
        this.#hover = null;
        select(next);
        this.#reveal(side, next.pins.at(-1));
      },
      unpin: () => select(unpin(this.#props.selection)),
      across: () => (side === "query" ? this.#right : this.#left).focus(null),
    };
  }

  #enter(side: Side, position: number | null): void {
    if (
      position === null
        ? this.#hover === null
        : this.#hover?.side === side && this.#hover.position === position
    )
      return;
    this.#hover = position === null ? null : { side, position };
    if (position !== null) this.#reveal(side, position);
    this.#drawActive();
    const { layer } = this.#props.selection;
    const query = side === "query" ? position : null;
    const key = side === "key" ? position : null;
    this.#props.onHover?.(position === null ? null : { layer, head: null, query, key });
  }

  /** Scroll a word into sight. */
  #reveal(side: Side, position: number | undefined): void {
    const row =
      position === undefined ? -1 : (side === "query" ? this.#leftRows : this.#rightRows)[position]!;
    if (row < 0) return;
    const { rowHeight } = this.#layout;
    const { scrollTop, clientHeight } = this.#scroll;
    if (row * rowHeight < scrollTop) this.#scroll.scrollTop = row * rowHeight;
    else if ((row + 1) * rowHeight > scrollTop + clientHeight) {
      this.#scroll.scrollTop = (row + 1) * rowHeight - clientHeight;
    }
  }
}

function cellsOf(reach: Reach, query: number): number {
  const [from, to] = reach.range(query);
  if (!reach.masked) return Math.max(0, to - from);
  let count = 0;
  for (let key = from; key < to; key++) if (reach.visible(query, key)) count++;
  return count;
}

function sameSlice(a: Slice, b: Slice): boolean {
  return a.queries.join() === b.queries.join() && a.keys.join() === b.keys.join();
}

/** Row of each position, -1 where it is not shown. */
function rowOf(shown: readonly number[], count: number): Int32Array {
  const rows = new Int32Array(count).fill(-1);
  for (const [row, position] of shown.entries()) rows[position] = row;
  return rows;
}
