// The head view (Vig 2019, section 2.1): which words attend to which, for the active heads of one layer.
// Words left and right, a line per weight, numbers beside the words. Draws the visible stretch of any length.

import type { Attention, Side } from "../../trace/index.ts";
import { after } from "../look/dom.ts";
import { applyTheme, ensureStyle } from "../look/style.ts";
import { Asked } from "../read/asked.ts";
import type { Mark } from "../scene/scene.ts";
import { clickPin, stepPin, unpin } from "../select/pins.ts";
import type { CommonProps, Hover, Selection, View } from "../view.ts";
import { type LineColors, lineColors, massOf, unitNote } from "./colors.ts";
import type { Combine } from "./column-weights.ts";
import { type Active, HeadData } from "./data.ts";
import { omission } from "./edges.ts";
import { editedLineMarks } from "./edited-lines.ts";
import { HeadFrame } from "./frame.ts";
import { type LinesLayout, linesLayout, rowsBetween, TITLES } from "./layout.ts";
import { restingOpacity } from "./lines.ts";
import type { Stretch } from "./lines-canvas.ts";
import { Pace } from "./pace.ts";
import type { HoveredWord } from "./picture.ts";
import { sentenceMarks, showSentences } from "./sentence-marks.ts";
import { type Drawn, drawnOf, findLine } from "./shown-lines.ts";
import { HEAD_VIEW_STYLE } from "./style.ts";
import type { ColumnGestures } from "./token-column.ts";
import { hoverOf, showSpotlight, wordsUnder } from "./word-columns.ts";

/** Props of the head view. */
export interface HeadViewProps extends CommonProps {
  /** Rows are made for a mouse where the view is narrow, too: one of several side by side. */
  readonly dense?: boolean;
}

/** Milliseconds of computing per frame, and of rest after which a scrolled picture is completed. */
const FRAME = 8;
const SETTLE = 120;

/** The head view. */
export class HeadView implements View<HeadViewProps> {
  #props: HeadViewProps;
  readonly #frame: HeadFrame;
  readonly #resize: ResizeObserver;
  /** Null while there is nothing to show. */
  #data: HeadData | null = null;
  /** Layers that were shown, for this trace, block and filter. */
  readonly #known = new Map<number, HeadData>();
  #layout!: LinesLayout;
  /** Rows that are drawn: first and one past last. */
  #window: readonly [number, number] = [0, 0];
  #hover: HoveredWord | null = null;
  /** Words that another view points at. */
  #elsewhere: readonly HoveredWord[] = [];
  /** What was reported last: it may come back as the prop. */
  #reported: Hover | null = null;
  #onLine = false;
  readonly #pace = new Pace();
  readonly #asked = new Asked(
    () => this.#came(),
    (error) => this.#fail(error),
  );
  /** Lines on the screen: at rest, and of pinned or hovered words. */
  #resting: Drawn | null = null;
  #strong: Drawn | null = null;
  #combine: Combine = "mean";
  /** Why rows do not come, or "". */
  #problem = "";

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
    if (Object.keys(changed).every((name) => name === "hover")) this.#pointElsewhere();
    else this.#refresh(before);
  }

  destroy(): void {
    this.#pace.cancel(true);
    this.#asked.forget();
    this.#frame.lines.stop();
    this.#resize.disconnect();
    this.#frame.root.remove();
  }

  #refresh(before: HeadViewProps | null): void {
    const { selection, attention, theme, filter, dense } = this.#props;
    const { layer } = selection;
    if (before?.theme !== theme) applyTheme(this.#frame.root, theme);
    const unrecorded = notRecorded(attention, selection);
    this.#frame.say(unrecorded);
    if (unrecorded) {
      this.#pace.cancel(true);
      this.#asked.forget();
      this.#data = null;
      return;
    }
    const known = this.#data;
    const other = before?.attention !== attention;
    const place = !known || other || before?.filter !== filter || before?.dense !== dense;
    const layerChanged = before?.selection.layer !== layer;
    if (place) this.#known.clear();
    if (before && other) this.#frame.startAgain();
    if (place || layerChanged) {
      this.#data = this.#read(other ? null : known);
      this.#problem = "";
    }
    this.#elsewhere = this.#readElsewhere();
    if (place) {
      this.#hover = null;
      this.#place();
    }
    const heads = before?.selection.heads.join() !== selection.heads.join();
    if (place || layerChanged || heads || before?.theme !== theme) this.#drawResting(!place && layerChanged);
    this.#drawActive();
  }

  /** The selected layer; what was worked out for it is kept. */
  #read(before: HeadData | null): HeadData {
    const { layer } = this.#props.selection;
    const data = this.#known.get(layer) ?? new HeadData(this.#props, before);
    this.#known.set(layer, data);
    return data;
  }

  /** Sizes of everything; the scroll position is kept. */
  #place(): void {
    const data = this.#data!;
    const { attention } = this.#props;
    const { clientWidth, clientHeight } = this.#frame.root;
    this.#layout = linesLayout(clientWidth, clientHeight, data.count, this.#props.dense);
    this.#frame.place(this.#layout);
    this.#frame.sayUnit(unitNote(attention));
    const { left, right } = data.columns;
    showSentences(this.#frame.marks, sentenceMarks(left, right, this.#layout, attention.parts));
    this.#revealPin();
    this.#window = this.#rowsInSight(true);
    this.#showWords();
  }

  #revealPin(): void {
    const { side, pins } = this.#props.selection;
    this.#frame.revealFirst(this.#rowOf(side, pins.at(-1) ?? -1), this.#layout.rowHeight);
  }

  #resized(): void {
    if (!this.#data) return;
    this.#revealPin();
    const { clientWidth, clientHeight } = this.#frame.root;
    const next = linesLayout(clientWidth, clientHeight, this.#data.count, this.#props.dense);
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
    const { left, right } = this.#data!.columns;
    const place = { layout: this.#layout, window: this.#window };
    this.#frame.left.show({ ...place, ...left });
    this.#frame.right.show({ ...place, ...right });
  }

  get #colors(): LineColors {
    const { theme, selection, attention } = this.#props;
    return lineColors(attention, selection, theme);
  }

  get #stretch(): Stretch {
    return { layout: this.#layout, window: this.#window };
  }

  /** Queries of the drawn rows. */
  #queriesHere(): readonly number[] {
    return this.#data!.slice.queries.slice(this.#window[0], this.#window[1]);
  }

  /** Resting lines of the drawn rows; while scrolling only a part, and only of rows that are there in time. */
  #drawResting(fade: boolean, scrolling = false): void {
    this.#pace.cancel(false);
    const data = this.#data!;
    const { heads } = this.#props.selection;
    const late = after(FRAME);
    const here = this.#queriesHere();
    const missing = new Set(scrolling ? data.prepare(heads, here, late) : []);
    const queries = scrolling ? here.filter((query) => !missing.has(query)) : here;
    const edges = data.resting(heads, queries, scrolling);
    this.#resting = drawnOf(edges, data, this.#stretch, this.#colors, false);
    this.#frame.lines.base(this.#resting.list, this.#stretch, fade);
    const { attention, filter } = this.#props;
    this.#frame.sayOmission(this.#window, data.count, omission(edges, massOf(attention), filter.least));
    this.#ask();
    if (scrolling) this.#settleLater(SETTLE, here);
  }

  /** Ask for the rows in sight and of active words that are not here. */
  #ask(): void {
    const data = this.#data!;
    const active = this.#active;
    const wanted =
      active.side === "query" ? [...this.#queriesHere(), ...active.positions] : this.#queriesHere();
    const rows = data.missing(this.#props.selection.heads, [...new Set(wanted)]);
    this.#asked.ask(this.#props.attention, rows);
    if (rows.length > 0) this.#frame.sayMissing(rows.length, this.#problem);
  }

  #came(): void {
    this.#problem = "";
    this.#drawResting(false);
    this.#drawActive();
  }

  #fail(error: unknown): void {
    this.#problem = error instanceof Error ? error.message : String(error);
    this.#ask();
  }

  #scrolled(): void {
    if (!this.#data) return;
    if (this.#pace.waits("settle")) this.#settleLater(SETTLE, this.#queriesHere());
    if (this.#covers()) return;
    // Words in one frame, lines in the next: together they would take longer than one.
    this.#pace.nextFrame(() => {
      this.#window = this.#rowsInSight(true);
      this.#showWords();
      this.#drawActive(0);
      this.#pace.nextFrame(() => this.#drawResting(false, true));
    });
  }

  /** Once the reader rests: work out missing rows a frame at a time, each once, then draw all lines. */
  #settleLater(wait: number, queries: readonly number[]): void {
    this.#pace.later("settle", wait, () => {
      const rest = this.#data!.prepare(this.#props.selection.heads, queries, after(FRAME));
      if (rest.length === 0) this.#drawResting(false);
      else this.#settleLater(0, rest);
    });
  }

  /** Words under the pointer here, else in another view. */
  get #hovered(): readonly HoveredWord[] {
    return this.#hover ? [this.#hover] : this.#elsewhere;
  }

  get #active(): Active {
    const { pins, side } = this.#props.selection;
    const [word] = this.#hovered;
    if (word) return { side: word.side, positions: [word.position] };
    return { side, positions: pins.filter((pin) => this.#rowOf(side, pin) >= 0) };
  }

  /** Follow the pointer of another view. */
  #pointElsewhere(): void {
    const before = this.#elsewhere;
    this.#elsewhere = this.#readElsewhere();
    const same = JSON.stringify(before) === JSON.stringify(this.#elsewhere);
    if (this.#data && !same && !this.#hover) this.#drawActive();
  }

  #readElsewhere(): readonly HoveredWord[] {
    const { hover, selection } = this.#props;
    if (!this.#data || hover === this.#reported) return [];
    return wordsUnder(hover, selection.layer).filter(
      ({ side, position }) => this.#rowOf(side, position) >= 0,
    );
  }

  #report(hover: Hover | null): void {
    this.#reported = hover;
    this.#props.onHover?.(hover);
  }

  #rowOf(side: Side, position: number): number {
    const { leftRows, rightRows } = this.#data!;
    return (side === "query" ? leftRows : rightRows)[position] ?? -1;
  }

  /** Everything that depends on pins and hover: strong lines, shading, numbers that take `time` ms at most. */
  #drawActive(time = FRAME): void {
    const [data, layout, window] = [this.#data!, this.#layout, this.#window];
    const [active, colors, combine] = [this.#active, this.#colors, this.#combine];
    const { heads } = this.#props.selection;
    const here = this.#queriesHere();
    const any = active.positions.length > 0;
    const resting = any ? restingOpacity(data.count, this.#props.theme) : 1;
    const edges = any ? data.strong(heads, active, here) : null;
    this.#strong = edges && drawnOf(edges, data, this.#stretch, colors, true);
    this.#frame.lines.over(this.#strong?.list ?? null, this.#stretch, resting, this.#editedMarks());
    const weights = data.weights(heads, active, here, combine, after(time));
    if (!weights) this.#pace.later("receive", time > 0 ? 0 : SETTLE, () => this.#received());
    this.#ask();
    const { attention, selection, unmatched } = this.#props;
    const hovered = this.#hovered;
    const spot = { attention, selection, data, active, hovered, weights, combine, unmatched };
    showSpotlight(this.#frame, spot, { layout, window, colors });
  }

  /** Lines of the active heads that edits changed, in the drawn rows. */
  #editedMarks(): Mark[] {
    const { edited, selection, theme } = this.#props;
    const { layer, heads } = selection;
    const [first, end] = this.#window;
    const lines = heads
      .flatMap((head) => edited?.cells(layer, head) ?? [])
      .map(({ query, key }) => ({ left: this.#rowOf("query", query), right: this.#rowOf("key", key) }))
      .filter(({ left, right }) => left >= first && left < end && right >= 0);
    return editedLineMarks(lines, this.#layout, this.#data!.count, theme);
  }

  #received(): void {
    if (this.#active.positions.length === 0) this.#drawActive();
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
    this.#report(hoverOf(this.#hover, this.#props.selection.layer));
  }

  /** Says which line is under the pointer. */
  #moved(event: PointerEvent): void {
    if (!this.#data || event.pointerType === "touch") return;
    const box = this.#frame.scroll.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const drawn = this.#strong ?? this.#resting;
    const found = drawn && findLine(drawn, this.#data, this.#props, x, y + this.#frame.scroll.scrollTop);
    if (!found) {
      this.#leaveLine();
      return;
    }
    this.#frame.tip.show(found.tip, x, y + TITLES);
    this.#onLine = true;
    this.#report(found.place);
  }

  #leaveLine(): void {
    if (!this.#onLine) return;
    this.#onLine = false;
    this.#frame.tip.hide();
    this.#report(null);
  }
}

/** What is said in place of a picture of heads that were not recorded; "" where one was. */
function notRecorded(attention: Attention, { layer, heads }: Selection): string {
  if (heads.some((head) => attention.state(layer, head) !== "absent")) return "";
  const one = attention.state(layer) !== "absent" && heads.length === 1;
  return one ? `Head ${layer}.${heads[0]} was not recorded.` : `Layer ${layer} was not recorded.`;
}
