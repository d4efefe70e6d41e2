// The head view (Vig 2019, section 2.1): which words attend to which, for the active heads of one layer.
// Words left and right, a line per weight, numbers beside the words. Draws the visible stretch of any length.

import { type ColumnWeights, type Combine, columnTitle } from "./column-weights.ts";
import { type Edges, omission } from "./edges.ts";
import { type Active, HeadData } from "./head-view-data.ts";
import { HeadFrame } from "./head-view-frame.ts";
import { HEAD_VIEW_STYLE } from "./head-view-style.ts";
import { type LineList, type LineStyle, lineList, restingOpacity } from "./lines.ts";
import { lineAt } from "./lines-hit.ts";
import { type LinesLayout, linesLayout, rowsBetween, TITLES } from "./lines-layout.ts";
import { formatCount, headColors } from "./palette.ts";
import { clickPin, stepPin, unpin } from "./pins.ts";
import { markSentences } from "./sentence-marks.ts";
import { shadeOf } from "./shade.ts";
import { ensureStyle, themeVariables } from "./style.ts";
import { COLORS } from "./theme.ts";
import type { ColumnGestures, WordLook } from "./token-column.ts";
import type { CommonProps, Selection, View } from "./view.ts";
import { wordOf } from "./words.ts";

/** Props of the head view. */
export type HeadViewProps = CommonProps;

/** How near the pointer has to be to a line, in px. */
const NEAR = 5;

/** Milliseconds of computing per frame, and of rest after which a scrolled picture is completed. */
const FRAME = 8;
const SETTLE = 120;

type Side = Selection["side"];

/** Edges and how they are drawn; the same order in both. */
interface Drawn {
  readonly edges: Edges;
  readonly list: LineList;
}

export class HeadView implements View<HeadViewProps> {
  #props: HeadViewProps;
  readonly #frame: HeadFrame;
  readonly #resize: ResizeObserver;
  /** Null while there is nothing to show. */
  #data: HeadData | null = null;
  #layout!: LinesLayout;
  /** Rows that are drawn: first and one past last. */
  #window: readonly [number, number] = [0, 0];
  #hover: { readonly side: Side; readonly position: number } | null = null;
  /** Lines on the screen: at rest, and of pinned or hovered words. */
  #resting: Drawn | null = null;
  #strong: Drawn | null = null;
  #combine: Combine = "mean";
  /** Pending: a redraw while scrolling, the full picture after it, the rest of the mean received. */
  #redraw = 0;
  #settle = 0;
  #receive = 0;

  constructor(target: HTMLElement, props: HeadViewProps) {
    this.#props = props;
    ensureStyle(target, "head-view", HEAD_VIEW_STYLE);
    this.#frame = new HeadFrame(target, this.#gestures("query"), this.#gestures("key"));
    this.#frame.scroll.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.#frame.scroll.addEventListener("pointermove", (event) => this.#moved(event));
    this.#frame.scroll.addEventListener("pointerleave", () => this.#leaveLine());
    this.#frame.weightTitle.addEventListener("click", () => this.#switchCombine());
    this.#resize = new ResizeObserver(() => this.#resized());
    this.#resize.observe(this.#frame.root);
    this.#refresh(null);
  }

  update(changed: Partial<HeadViewProps>): void {
    const before = this.#props;
    this.#props = { ...before, ...changed };
    this.#refresh(before);
  }

  destroy(): void {
    this.#stop();
    this.#resize.disconnect();
    this.#frame.root.remove();
  }

  #refresh(before: HeadViewProps | null): void {
    const { selection, trace, theme, filter } = this.#props;
    const { block, layer } = selection;
    if (before?.theme !== theme) this.#frame.root.setAttribute("style", themeVariables(theme));
    const recorded = trace.hasAttention(block, layer);
    this.#frame.say(recorded ? "" : `Layer ${layer} was not recorded.`);
    if (!recorded) {
      this.#stop();
      this.#data = null;
      return;
    }
    const known = this.#data;
    const place =
      !known || before?.trace !== trace || before.selection.block !== block || before.filter !== filter;
    const layerChanged = before?.selection.layer !== layer;
    if (place || layerChanged) this.#data = new HeadData(this.#props, before?.trace === trace ? known : null);
    if (place) {
      this.#hover = null;
      this.#place();
    }
    const heads = before?.selection.heads.join() !== selection.heads.join();
    if (place || layerChanged || heads || before?.theme !== theme) this.#drawResting(!place && layerChanged);
    this.#drawActive();
  }

  /** Sizes of everything; the scroll position is kept. */
  #place(): void {
    const data = this.#data!;
    const { trace, selection } = this.#props;
    const { clientWidth, clientHeight } = this.#frame.root;
    this.#layout = linesLayout(clientWidth, clientHeight, data.count);
    this.#frame.place(this.#layout);
    const { queries, keys } = trace.block(selection.block);
    const left = { tokens: trace.stream(queries).tokens, shown: data.slice.queries };
    const right = { tokens: trace.stream(keys).tokens, shown: data.slice.keys };
    markSentences(this.#frame.marks, left, right, this.#layout);
    this.#window = this.#rowsInSight(true);
    this.#showWords();
  }

  #resized(): void {
    if (!this.#data) return;
    const { clientWidth, clientHeight } = this.#frame.root;
    const next = linesLayout(clientWidth, clientHeight, this.#data.count);
    const same = JSON.stringify(next) === JSON.stringify(this.#layout);
    if (same && this.#covers()) return;
    this.#place();
    this.#drawResting(false);
    this.#drawActive();
  }

  /** Rows in sight, with half a window more on each side if `wide`. */
  #rowsInSight(wide: boolean): readonly [number, number] {
    const { scrollTop, clientHeight } = this.#frame.scroll;
    const margin = wide ? Math.ceil(clientHeight / this.#layout.rowHeight / 2) : 0;
    return rowsBetween(this.#layout, this.#data!.count, scrollTop, scrollTop + clientHeight, margin);
  }

  #covers(): boolean {
    const [first, end] = this.#rowsInSight(false);
    return first >= this.#window[0] && end <= this.#window[1];
  }

  #showWords(): void {
    const { trace, selection } = this.#props;
    const { queries, keys } = trace.block(selection.block);
    const { slice } = this.#data!;
    const content = { layout: this.#layout, window: this.#window };
    this.#frame.left.show({ ...content, tokens: trace.stream(queries).tokens, shown: slice.queries });
    this.#frame.right.show({ ...content, tokens: trace.stream(keys).tokens, shown: slice.keys });
  }

  get #colors(): string[] {
    const { theme, selection, trace } = this.#props;
    const all = headColors(theme, selection.heads, trace.block(selection.block).heads);
    return selection.heads.map((head) => all[head] ?? COLORS[theme].ink);
  }

  #style(pinned: boolean): LineStyle {
    const data = this.#data!;
    return {
      layout: this.#layout,
      rows: data.count,
      heads: this.#props.selection.heads.length,
      pinned,
      height: this.#queriesHere().length * this.#layout.rowHeight,
      leftRow: (query) => data.leftRows[query]!,
      rightRow: (key) => data.rightRows[key]!,
    };
  }

  /** Queries of the drawn rows. */
  #queriesHere(): readonly number[] {
    return this.#data!.slice.queries.slice(this.#window[0], this.#window[1]);
  }

  /** Resting lines of the drawn rows; while scrolling only a part, and only of rows that are there in time. */
  #drawResting(fade: boolean, scrolling = false): void {
    clearTimeout(this.#settle);
    cancelAnimationFrame(this.#redraw);
    this.#settle = this.#redraw = 0;
    const data = this.#data!;
    const { heads } = this.#props.selection;
    const late = after(FRAME);
    const here = this.#queriesHere();
    const queries = scrolling ? here.filter((query) => data.prepare(heads, [query], late)) : here;
    const edges = data.resting(heads, queries, scrolling);
    this.#frame.lines.base(
      lineList(edges, this.#style(false)),
      this.#colors,
      this.#layout,
      this.#window,
      fade,
    );
    this.#sayOmission(edges);
    if (scrolling) this.#settleLater(SETTLE);
  }

  #sayOmission(edges: Edges): void {
    const text = omission(edges);
    const [first, end] = this.#window;
    const part = end - first < this.#data!.count;
    const words = part ? `Words ${formatCount(first)} to ${formatCount(end - 1)}: ` : "";
    this.#frame.leftOut.textContent = text === null ? "" : words + text;
  }

  #scrolled(): void {
    if (!this.#data) return;
    if (this.#settle !== 0) this.#settleLater(SETTLE);
    if (this.#redraw !== 0 || this.#covers()) return;
    this.#redraw = requestAnimationFrame(() => {
      this.#redraw = 0;
      this.#window = this.#rowsInSight(true);
      this.#showWords();
      this.#drawResting(false, true);
      this.#drawActive();
    });
  }

  /** Once the reader rests: work out missing rows a frame at a time, then draw all lines. */
  #settleLater(wait: number): void {
    clearTimeout(this.#settle);
    this.#settle = window.setTimeout(() => {
      const done = this.#data!.prepare(this.#props.selection.heads, this.#queriesHere(), after(FRAME));
      if (done) this.#drawResting(false);
      else this.#settleLater(0);
    }, wait);
  }

  #stop(): void {
    clearTimeout(this.#settle);
    clearTimeout(this.#receive);
    cancelAnimationFrame(this.#redraw);
    this.#settle = this.#receive = this.#redraw = 0;
  }

  get #active(): Active {
    const { pins, side } = this.#props.selection;
    if (this.#hover) return { side: this.#hover.side, positions: [this.#hover.position] };
    return { side, positions: pins.filter((pin) => this.#rowOf(side, pin) >= 0) };
  }

  #rowOf(side: Side, position: number): number {
    const { leftRows, rightRows } = this.#data!;
    return (side === "query" ? leftRows : rightRows)[position] ?? -1;
  }

  /** Everything that depends on pins and hover: strong lines, shading, numbers. */
  #drawActive(): void {
    const data = this.#data!;
    const active = this.#active;
    const { heads } = this.#props.selection;
    const any = active.positions.length > 0;
    const resting = any ? restingOpacity(data.count, this.#props.theme) : 1;
    const edges = any ? data.strong(heads, active, this.#queriesHere()) : null;
    this.#strong = edges && { edges, list: lineList(edges, this.#style(true)) };
    this.#frame.lines.over(this.#strong?.list ?? null, this.#colors, this.#layout, this.#window, resting);
    const weights = data.weights(heads, active, this.#queriesHere(), this.#combine, after(4 * FRAME));
    if (!weights) this.#receiveLater();
    const from = weights ? data.threshold(weights, active) : 0;
    this.#dress(active, weights, from);
    this.#showNumbers(active, weights, from);
  }

  #receiveLater(): void {
    clearTimeout(this.#receive);
    this.#receive = window.setTimeout(() => {
      if (this.#active.positions.length === 0) this.#drawActive();
    }, FRAME);
  }

  #dress(active: Active, weights: ColumnWeights | null, from: number): void {
    const { pins, side: pinSide } = this.#props.selection;
    const any = active.positions.length > 0;
    const [chosen, pinned, colors] = [new Set(active.positions), new Set(pins), this.#colors];
    const look = (side: Side, position: number): WordLook => {
      const own = side === active.side;
      const strong = any && !own && weights !== null && weights.mean[position]! >= from;
      return {
        pinned: side === pinSide && pinned.has(position),
        hovered: this.#hover?.side === side && this.#hover.position === position,
        faint: any && !(own ? chosen.has(position) : strong),
        shade: strong
          ? shadeOf(
              weights.heads.map((head) => head[position]!),
              colors,
              from,
            )
          : "",
      };
    };
    this.#frame.left.dress((position) => look("query", position));
    this.#frame.right.dress((position) => look("key", position));
  }

  #showNumbers(active: Active, weights: ColumnWeights | null, from: number): void {
    const { trace, selection } = this.#props;
    const words = active.positions.length;
    this.#showTitle(words);
    const given = weights !== null && words > 0 && active.side === "query";
    const sum = this.#combine === "sum" ? words : 1;
    this.#frame.rest.textContent = given ? this.#data!.rest(weights, from, sum) : "";
    if (!weights || (words === 0 && this.#layout.barWidth === 0)) {
      this.#frame.weights.clear();
      return;
    }
    const taken = words > 0 && active.side === "key";
    const { queries, keys } = trace.block(selection.block);
    const { tokens } = trace.stream(taken ? queries : keys);
    this.#frame.weights.show({
      weights,
      colors: this.#colors,
      layout: this.#layout,
      window: this.#window,
      shown: taken ? this.#data!.slice.queries : this.#data!.slice.keys,
      from: words === 0 ? 0 : from,
      word: (position) => wordOf(tokens[position]!),
      named: taken,
    });
  }

  #showTitle(words: number): void {
    const title = this.#frame.weightTitle;
    title.textContent = columnTitle(this.#props.selection.heads.length, words, this.#combine);
    title.disabled = words < 2;
    title.classList.toggle("hs-switch", words > 1);
    title.title = words > 1 ? `Show their ${this.#combine === "mean" ? "sum" : "mean"}` : "";
  }

  #switchCombine(): void {
    this.#combine = this.#combine === "mean" ? "sum" : "mean";
    this.#drawActive();
  }

  #gestures(side: Side): ColumnGestures {
    const select = (next: Selection): void => this.#props.onSelect?.(next);
    return {
      press: (position, adding) => select(clickPin(this.#props.selection, side, position, adding)),
      enter: (position) => this.#enter(side, position),
      step: (step, adding) => this.#step(side, step, adding),
      unpin: () => select(unpin(this.#props.selection)),
      across: () => this.#frame[side === "query" ? "right" : "left"].focus(null),
    };
  }

  #step(side: Side, step: 1 | -1, adding: boolean): void {
    const { queries, keys } = this.#data!.slice;
    const next = stepPin(this.#props.selection, side, side === "query" ? queries : keys, step, adding);
    this.#hover = null;
    this.#props.onSelect?.(next);
    const last = next.pins.at(-1);
    if (last !== undefined && this.#data) this.#frame.reveal(this.#rowOf(side, last), this.#layout.rowHeight);
  }

  #enter(side: Side, position: number | null): void {
    const now = this.#hover;
    if (position === null ? now === null : now?.side === side && now.position === position) return;
    this.#hover = position === null ? null : { side, position };
    if (!this.#data) return;
    if (position !== null) this.#frame.reveal(this.#rowOf(side, position), this.#layout.rowHeight);
    this.#drawActive();
    this.#tellHover();
  }

  /** Says which line is under the pointer. */
  #moved(event: PointerEvent): void {
    if (!this.#data || event.pointerType === "touch") return;
    const box = this.#frame.scroll.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const drawn = this.#strong ?? this.#resting;
    const line = drawn ? lineAt(drawn.list, x, y + this.#frame.scroll.scrollTop, NEAR) : -1;
    if (!drawn || line < 0) {
      this.#leaveLine();
      return;
    }
    const { selection, trace, onHover } = this.#props;
    const { queries, keys } = trace.block(selection.block);
    const word = (stream: typeof queries, at: number): string => wordOf(trace.stream(stream).tokens[at]!);
    const [query, key] = [drawn.edges.queries[line]!, drawn.edges.keys[line]!];
    const head = selection.heads[drawn.edges.heads[line]!]!;
    const title = `${word(queries, query)} → ${word(keys, key)}`;
    const detail = `head ${selection.layer}.${head}`;
    const rows = this.#data.cell(head, query, key);
    this.#frame.tip.show({ title, detail, rows, note: "" }, x, y + TITLES);
    this.#onLine = true;
    onHover?.({ layer: selection.layer, head, query, key });
  }

  #onLine = false;

  #leaveLine(): void {
    if (!this.#onLine) return;
    this.#onLine = false;
    this.#frame.tip.hide();
    this.#props.onHover?.(null);
  }

  #tellHover(): void {
    const { selection, onHover } = this.#props;
    const at = this.#hover;
    const place = {
      query: at?.side === "query" ? at.position : null,
      key: at?.side === "key" ? at.position : null,
    };
    onHover?.(at ? { layer: selection.layer, head: null, ...place } : null);
  }
}

/** A clock that says when `time` milliseconds have passed. */
function after(time: number): () => boolean {
  const end = performance.now() + time;
  return () => performance.now() > end;
}
