// The head view (Vig 2019, section 2.1): which words attend to which, for the active heads of one layer.
// Words left and right, a line per weight, numbers beside the words. Draws the visible stretch of any length.

import type { Side } from "../../trace/index.ts";
import { after } from "../look/dom.ts";
import { applyTheme, ensureStyle } from "../look/style.ts";
import { clickPin, stepPin, unpin } from "../select/pins.ts";
import type { CommonProps, Hover, Selection, View } from "../view.ts";
import { middleOf } from "./axis.ts";
import { type LineColors, lineColors, massOf, unitNote } from "./colors.ts";
import type { Combine } from "./column-weights.ts";
import { type Active, HeadData } from "./data.ts";
import { omission } from "./edges.ts";
import { editedMarks } from "./edited-lines.ts";
import { HeadFrame } from "./frame.ts";
import { showLineTips } from "./line-tip.ts";
import { restingOpacity } from "./lines.ts";
import { MissingRows } from "./missing-rows.ts";
import { Pace } from "./pace.ts";
import { notRecorded } from "./picture.ts";
import { Pointed } from "./pointed.ts";
import { type Drawn, drawnOf } from "./shown-lines.ts";
import { type Manner, Sight } from "./sight.ts";
import { HEAD_VIEW_STYLE } from "./style.ts";
import type { ColumnGestures } from "./token-column.ts";
import { hoverOf, showSpotlight } from "./word-columns.ts";

/** Props of the head view. */
export interface HeadViewProps extends CommonProps, Manner {}

/** Milliseconds of computing per frame, and of rest after which a scrolled picture is completed. */
const FRAME = 8;
const SETTLE = 120;

/** The head view. */
export class HeadView implements View<HeadViewProps> {
  #props: HeadViewProps;
  readonly #frame: HeadFrame;
  readonly #sight: Sight;
  readonly #resize: ResizeObserver;
  /** Null while there is nothing to show. */
  #data: HeadData | null = null;
  /** Layers that were shown, for this trace, block and filter. */
  readonly #known = new Map<number, HeadData>();
  readonly #pointed = new Pointed();
  readonly #pace = new Pace();
  readonly #missing: MissingRows;
  /** Lines on the screen: at rest, and of pinned or hovered words. */
  #resting: Drawn | null = null;
  #strong: Drawn | null = null;
  #combine: Combine = "mean";

  constructor(target: HTMLElement, props: HeadViewProps) {
    this.#props = props;
    ensureStyle(target, "head-view", HEAD_VIEW_STYLE);
    this.#frame = new HeadFrame(target, this.#gestures("query"), this.#gestures("key"));
    this.#sight = new Sight(this.#frame);
    this.#missing = new MissingRows(this.#frame, () => this.#drawAll());
    showLineTips(
      this.#frame,
      () => this.#data && { data: this.#data, drawn: this.#strong ?? this.#resting, props: this.#props },
      (hover) => this.#report(hover),
    );
    this.#frame.scroll.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.#frame.weightTitle.addEventListener("click", () => this.#switchCombine());
    this.#resize = new ResizeObserver(() => this.#resized());
    this.#resize.observe(this.#frame.root);
    this.#refresh(null);
  }

  update(changed: Partial<HeadViewProps>): void {
    const before = this.#props;
    this.#props = { ...before, ...changed };
    if (Object.keys(changed).every((name) => name === "hover")) {
      if (this.#follow()) this.#drawActive();
    } else this.#refresh(before);
  }

  destroy(): void {
    this.#pace.cancel(true);
    this.#missing.forget();
    this.#frame.lines.stop();
    this.#frame.minimap.destroy();
    this.#resize.disconnect();
    this.#frame.root.remove();
  }

  #refresh(before: HeadViewProps | null): void {
    const { selection, attention, theme } = this.#props;
    if (before?.theme !== theme) applyTheme(this.#frame.root, theme);
    const unrecorded = notRecorded(attention, selection);
    this.#frame.say(unrecorded);
    if (unrecorded) {
      this.#pace.cancel(true);
      this.#missing.forget();
      this.#data = null;
      return;
    }
    const { other, place, layerChanged } = this.#changes(before);
    if (before && (other || before.orientation !== this.#props.orientation)) this.#frame.startAgain();
    if (place || layerChanged) {
      if (place) this.#known.clear();
      this.#data = this.#read(other ? null : this.#data);
      this.#missing.startAgain();
    }
    this.#follow();
    if (place) {
      this.#pointed.enter(null);
      this.#place();
    }
    const heads = before?.selection.heads.join() !== selection.heads.join();
    if (place || layerChanged || heads || before?.theme !== theme) this.#drawResting(!place && layerChanged);
    this.#drawActive();
  }

  /** What is another than before: the run, where things stand, the layer. */
  #changes(before: HeadViewProps | null) {
    const { selection, attention, filter, dense, orientation } = this.#props;
    const other = before?.attention !== attention;
    const moved = before?.dense !== dense || before?.orientation !== orientation;
    const place = !this.#data || other || before?.filter !== filter || moved;
    return { other, place, layerChanged: before?.selection.layer !== selection.layer };
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
    this.#sight.place(this.#data!, this.#props, this.#props.attention.parts);
    this.#frame.sayUnit(unitNote(this.#props.attention));
    this.#revealPin();
    this.#sight.show();
    // A notebook that changes its theme hides its cells for less than a frame: no size is reported then, nor afterwards.
    if (this.#frame.root.clientWidth === 0) requestAnimationFrame(() => this.#resized());
  }

  #revealPin(): void {
    const { side, pins } = this.#props.selection;
    this.#sight.revealFirst(side, this.#rowOf(side, pins.at(-1) ?? -1));
  }

  #resized(): void {
    if (!this.#data) return;
    this.#revealPin();
    if (!this.#sight.isStale) return;
    this.#place();
    this.#drawAll();
  }

  get #colors(): LineColors {
    const { theme, selection, attention } = this.#props;
    return lineColors(attention, selection, theme);
  }

  /** Resting lines of the drawn rows; while scrolling only a part, and only of rows that are there in time. */
  #drawResting(fade: boolean, scrolling = false): void {
    this.#pace.cancel(false);
    const data = this.#data!;
    const { heads } = this.#props.selection;
    const late = after(FRAME);
    const { stretch, queries: here } = this.#sight;
    const missing = new Set(scrolling ? data.prepare(heads, here, late) : []);
    const queries = scrolling ? here.filter((query) => !missing.has(query)) : here;
    const edges = data.resting(heads, queries, scrolling);
    this.#resting = drawnOf(edges, data, stretch, this.#colors, false);
    this.#frame.lines.base(this.#resting.list, stretch, fade);
    const { attention, filter } = this.#props;
    const said = omission(edges, massOf(attention), filter.least);
    this.#frame.sayOmission(this.#sight.rows("query"), data.count, said);
    this.#ask();
    if (scrolling) this.#settleLater(SETTLE, here);
  }

  /** Ask for the rows in sight and of active words that are not here. */
  #ask(): void {
    const data = this.#data!;
    const active = this.#active;
    const here = this.#sight.queries;
    const wanted = active.side === "query" ? [...here, ...active.positions] : here;
    const rows = data.missing(this.#props.selection.heads, [...new Set(wanted)]);
    this.#missing.ask(this.#props.attention, rows);
  }

  #drawAll(): void {
    this.#drawResting(false);
    this.#drawActive();
  }

  #scrolled(): void {
    if (!this.#data) return;
    if (this.#pace.waits("settle")) this.#settleLater(SETTLE, this.#sight.queries);
    if (this.#sight.covers) return;
    // Words in one frame, lines in the next: together they would take longer than one.
    this.#pace.nextFrame(() => {
      this.#sight.show();
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

  get #active(): Active {
    const { pins, side } = this.#props.selection;
    const [word] = this.#pointed.words;
    if (word) return { side: word.side, positions: [word.position] };
    return { side, positions: pins.filter((pin) => this.#rowOf(side, pin) >= 0) };
  }

  /** Follow the pointer of another view; true if it is on other words. */
  #follow(): boolean {
    if (!this.#data) return false;
    const { hover, selection } = this.#props;
    return this.#pointed.follow(
      hover,
      selection.layer,
      ({ side, position }) => this.#rowOf(side, position) >= 0,
    );
  }

  #report(hover: Hover | null): void {
    this.#props.onHover?.(this.#pointed.reports(hover));
  }

  #rowOf(side: Side, position: number): number {
    const { leftRows, rightRows } = this.#data!;
    return (side === "query" ? leftRows : rightRows)[position] ?? -1;
  }

  /** Everything that depends on pins and hover: strong lines, shading, numbers that take `time` ms at most. */
  #drawActive(time = FRAME): void {
    const data = this.#data!;
    const { stretch, queries } = this.#sight;
    const [active, colors, combine] = [this.#active, this.#colors, this.#combine];
    const { attention, selection, theme, unmatched, edited } = this.#props;
    const any = active.positions.length > 0;
    const resting = any ? restingOpacity(data.count, theme) : 1;
    const edges = any ? data.strong(selection.heads, active, queries) : null;
    this.#strong = edges && drawnOf(edges, data, stretch, colors, true);
    this.#frame.lines.over(
      this.#strong?.list ?? null,
      stretch,
      resting,
      editedMarks(this.#props, data, this.#sight),
    );
    const weights = data.weights(selection.heads, active, queries, combine, after(time));
    const received = (): void => void (this.#active.positions.length === 0 && this.#drawActive());
    if (!weights) this.#pace.later("receive", time > 0 ? 0 : SETTLE, received);
    this.#ask();
    const hovered = this.#pointed.words;
    const spot = { attention, selection, data, active, hovered, weights, combine, unmatched, edited };
    showSpotlight(this.#frame, spot, { ...stretch, colors });
    const along = (side: Side, row: number): number => middleOf(stretch.layout, side, row);
    this.#frame.minimap.show({ spot, theme, along });
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
    this.#pointed.enter(null);
    this.#props.onSelect?.(next);
    const last = next.pins.at(-1);
    if (last !== undefined && this.#data) this.#sight.reveal(side, this.#rowOf(side, last));
  }

  #enter(side: Side, position: number | null): void {
    const word = position === null ? null : { side, position };
    if (!this.#pointed.enter(word) || !this.#data) return;
    if (word) this.#sight.reveal(side, this.#rowOf(side, word.position));
    this.#drawActive();
    this.#report(hoverOf(word, this.#props.selection.layer));
  }
}
