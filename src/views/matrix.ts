// The matrix of the focused head: rows attend to columns. Only what is visible is computed and painted, so that
// 2,048 words cost what a screen costs. Words are text; weights are pixels with a table behind them.
// Every weight that is not masked is shown: `filter.strongest` thins out lines, not the matrix.

import type { Token } from "../trace/index.ts";
import { context2d, type Surface, sizeCanvas } from "./canvas.ts";
import { coarseFirst, MatrixCells } from "./matrix-cells.ts";
import { MatrixGestures, type Point } from "./matrix-gestures.ts";
import { drawLabels } from "./matrix-labels.ts";
import {
  type Camera,
  labelSize,
  type MatrixFit,
  type MatrixPlace,
  matrixFit,
  panBy,
  RAIL,
  span,
} from "./matrix-layout.ts";
import {
  clipped,
  drawCrossHair,
  drawNumbers,
  drawPins,
  drawSentences,
  type MarksRequest,
} from "./matrix-marks.ts";
import { paintMatrix } from "./matrix-picture.ts";
import { drawSide } from "./matrix-side.ts";
import { MATRIX_CSS } from "./matrix-style.ts";
import { MatrixTip, type TipText } from "./matrix-tip.ts";
import { PagedTable, type TableSource } from "./paged-table.ts";
import { formatNumber, headColors } from "./palette.ts";
import { clickPin } from "./pins.ts";
import { ensureStyle } from "./style.ts";
import { ATTENTION_RAMP, COLORS, FONTS } from "./theme.ts";
import type { CommonProps, View } from "./view.ts";
import { wordOf } from "./words.ts";

/** A cell for which a menu was asked, with the point of the window where it was asked. */
export interface MatrixContext {
  readonly layer: number;
  readonly head: number;
  readonly query: number;
  readonly key: number;
  readonly x: number;
  readonly y: number;
}

/** Props of the matrix; it shows the selection's focused head. */
export interface MatrixProps extends CommonProps {
  /** The matrix has the panel for itself: upright labels and a list of the pinned row. */
  readonly full?: boolean;
  /** What the weights are, for the legend; "attention" if left out. */
  readonly unit?: string;
  /** One sentence about the head, for people who cannot see the picture. */
  readonly summary?: string;
  /** A table of numbers in place of the picture. */
  readonly table?: boolean;
  /** Right click, long press or the Menu key on a cell. */
  readonly onContext?: (context: MatrixContext) => void;
}

/** Time for computing rows before the page may paint and react, in milliseconds. */
const SLICE = 12;
/** Time between two pictures while rows are computed, in milliseconds. */
const REDRAW = 80;

/** The matrix view. */
export class MatrixView implements View<MatrixProps> {
  readonly #root: HTMLElement;
  readonly #field: HTMLElement;
  readonly #canvas: HTMLCanvasElement;
  readonly #overlay: HTMLCanvasElement;
  readonly #labels: HTMLElement;
  readonly #note: HTMLElement;
  readonly #legend: HTMLElement;
  readonly #side: HTMLElement;
  readonly #spoken: HTMLElement;
  readonly #tip: MatrixTip;
  readonly #gestures: MatrixGestures;
  readonly #observer: ResizeObserver;
  #props: MatrixProps;
  #cells: MatrixCells;
  #rowWords: string[] = [];
  #columnWords: string[] = [];
  #fit: MatrixFit;
  #camera: Camera;
  #near: MatrixPlace | null = null;
  #image: ImageData | null = null;
  #imageKey = "";
  #imageCells: MatrixCells | null = null;
  /** Visible rows that are still to be computed. */
  #missing = 0;
  #table: PagedTable | null = null;
  #nextFrame = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(target: HTMLElement, props: MatrixProps) {
    ensureStyle(target, "matrix", MATRIX_CSS);
    const make = <Tag extends "div" | "canvas">(name: string, parent: HTMLElement, tag: Tag) => {
      const element = target.ownerDocument.createElement(tag);
      element.className = `hs-matrix${name}`;
      return parent.appendChild(element);
    };
    this.#props = props;
    this.#root = make("", target, "div");
    this.#field = make("-field", this.#root, "div");
    this.#canvas = make("-cells", this.#field, "canvas");
    this.#labels = make("-labels", this.#field, "div");
    this.#overlay = make("-over", this.#field, "canvas");
    this.#note = make("-note", this.#field, "div");
    this.#legend = make("-legend", this.#root, "div");
    this.#side = make("-side", this.#root, "div");
    this.#spoken = make("-spoken", this.#root, "div");
    this.#tip = new MatrixTip(this.#root);
    this.#prepareNodes();
    this.#cells = this.#read();
    this.#fit = this.#measure();
    this.#camera = this.#fit.home;
    this.#gestures = this.#listen();
    this.#draw();
    this.#observer = new ResizeObserver(() => this.#resized());
    this.#observer.observe(this.#root);
  }

  update(changed: Partial<MatrixProps>): void {
    const before = this.#props;
    this.#props = { ...before, ...changed };
    const { trace, selection, filter, full } = this.#props;
    const { block, layer, focus } = before.selection;
    const sameShape = trace === before.trace && filter === before.filter && block === selection.block;
    if (!sameShape || layer !== selection.layer || focus !== selection.focus) {
      this.#cells = this.#read();
      this.#point(null);
    }
    this.#refit(sameShape && full === before.full);
    this.#draw();
  }

  destroy(): void {
    clearTimeout(this.#timer);
    cancelAnimationFrame(this.#nextFrame);
    this.#gestures.destroy();
    this.#observer.disconnect();
    this.#root.remove();
  }

  #prepareNodes(): void {
    this.#field.tabIndex = 0;
    this.#field.setAttribute("role", "group");
    this.#canvas.setAttribute("role", "img");
    this.#overlay.setAttribute("aria-hidden", "true");
    this.#spoken.setAttribute("aria-live", "polite");
    this.#side.style.width = `${RAIL}px`;
  }

  #listen(): MatrixGestures {
    const view = this;
    return new MatrixGestures(this.#field, {
      fit: () => view.#fit,
      get camera() {
        return view.#camera;
      },
      set camera(camera) {
        view.#camera = camera;
      },
      moved: () => view.#schedule(),
      point: (place, at) => view.#point(place, at),
      near: () => view.#near,
      press: (row, add) => view.#pin(row, add),
      menu: (place, x, y) => view.#menu(place, x, y),
    });
  }

  #read(): MatrixCells {
    const { trace, selection, filter } = this.#props;
    const cells = new MatrixCells(trace, selection.block, selection.layer, selection.focus, filter);
    const [queries, keys] = this.#tokens();
    this.#rowWords = cells.slice.queries.map((i) => wordOf(queries[i]!));
    this.#columnWords = cells.slice.keys.map((i) => wordOf(keys[i]!));
    if (cells.sink) this.#columnWords.push("sink");
    return cells;
  }

  #tokens(): readonly [readonly Token[], readonly Token[]] {
    const { trace, selection } = this.#props;
    const block = trace.block(selection.block);
    return [trace.stream(block.queries).tokens, trace.stream(block.keys).tokens];
  }

  // Fitting

  #measure(): MatrixFit {
    const { rows, columns } = this.#cells;
    const fontSize = labelSize(Math.max(rows, columns));
    return matrixFit({
      width: this.#root.clientWidth,
      height: this.#root.clientHeight,
      rows,
      columns,
      rowLabel: this.#widest(this.#rowWords, fontSize),
      columnLabel: this.#widest(this.#columnWords, fontSize),
      full: this.#props.full ?? false,
      largest: (this.#root.ownerDocument.defaultView?.innerWidth ?? 0) >= 1680 ? 50 : 44,
    });
  }

  #widest(words: readonly string[], fontSize: number): number {
    const context = context2d(this.#canvas);
    context.font = `450 ${fontSize}px ${FONTS.sans}`;
    const longest = [...new Set(words)].sort((a, b) => b.length - a.length).slice(0, 20);
    return Math.max(0, ...longest.map((word) => context.measureText(word).width));
  }

  /** Fit again; what is zoomed in on stays where the matrix is the same. */
  #refit(same: boolean): void {
    const zoomed = same && this.#camera.cell > this.#fit.home.cell;
    this.#fit = this.#measure();
    const still = zoomed && this.#camera.cell > this.#fit.home.cell;
    this.#camera = still ? panBy(this.#fit, this.#camera, 0, 0) : this.#fit.home;
  }

  #resized(): void {
    const { clientWidth: width, clientHeight: height } = this.#root;
    if (width === 0 || (width === this.#fit.width && height === this.#fit.height)) return;
    this.#refit(true);
    this.#draw();
  }

  // Drawing

  #schedule(): void {
    if (this.#nextFrame === 0) this.#nextFrame = requestAnimationFrame(() => this.#draw());
  }

  #draw(): void {
    cancelAnimationFrame(this.#nextFrame);
    this.#nextFrame = 0;
    this.#showTable();
    if (this.#props.table || this.#root.clientWidth === 0) return;
    this.#describe();
    this.#prepareRows();
    this.#paint();
    this.#drawLabels();
    this.#drawLegend();
    this.#drawNote();
    this.#drawSide();
    this.#drawOverlay();
    this.#field.classList.toggle("movable", this.#camera.cell > this.#fit.home.cell);
  }

  /** Compute rows that are visible and missing; what one slice does not reach comes later. */
  #prepareRows(): void {
    clearTimeout(this.#timer);
    const { frame, rows } = this.#fit;
    const [first, end] = span(this.#camera.y, this.#camera.cell, rows, frame.top, frame.bottom);
    const missing = coarseFirst(first, end).filter((row) => !this.#cells.has(row));
    const rest = this.#compute(missing);
    this.#missing = rest.length;
    if (rest.length > 0) this.#timer = setTimeout(() => this.#computeLater(rest, performance.now()), 0);
  }

  /** Go on with rows, and draw now and then and at the end. */
  #computeLater(rows: readonly number[], drawn: number): void {
    const rest = this.#compute(rows);
    if (rest.length === 0 || performance.now() - drawn > REDRAW) this.#draw();
    else this.#timer = setTimeout(() => this.#computeLater(rest, drawn), 0);
  }

  /** Compute rows for one slice of time; the rows that are left. */
  #compute(rows: readonly number[]): readonly number[] {
    const until = performance.now() + SLICE;
    let next = 0;
    while (next < rows.length && performance.now() < until) this.#cells.fetch(rows[next++]!);
    return rows.slice(next);
  }

  #paint(): void {
    const surface = sizeCanvas(this.#canvas, this.#fit.width, this.#fit.height);
    surface.context.putImageData(this.#painted(surface), 0, 0);
    const marks = this.#marks(surface.context);
    clipped(surface.context, this.#fit.frame, 0, () => {
      if (!this.#props.filter.segments) drawSentences(marks, ...this.#borders());
      drawNumbers(marks, this.#pinned("query"));
    });
  }

  /** The cells as pixels; the last picture where nothing in it has changed, e.g. after a pin. */
  #painted(surface: Surface): ImageData {
    const cells = this.#cells;
    const { theme } = this.#props;
    const { frame } = this.#fit;
    const key = JSON.stringify([
      this.#camera,
      frame,
      theme,
      this.#missing,
      surface.width,
      surface.height,
      surface.ratio,
    ]);
    if (this.#image && this.#imageCells === cells && this.#imageKey === key) return this.#image;
    this.#imageKey = key;
    this.#imageCells = cells;
    const image = this.#emptyImage(surface);
    const { width, height } = image;
    const pixels = { data: new Uint32Array(image.data.buffer), width, height, ratio: surface.ratio };
    const readRow = (row: number, first: number, end: number, out: Float32Array): boolean => {
      const known = cells.has(row);
      if (known) cells.readRow(row, first, end, out);
      return known;
    };
    const { rows, columns } = cells;
    paintMatrix(pixels, { camera: this.#camera, frame, rows, columns, theme, readRow });
    return image;
  }

  #emptyImage({ context }: Surface): ImageData {
    const { width, height } = context.canvas;
    if (this.#image?.width !== width || this.#image.height !== height)
      this.#image = new ImageData(width, height);
    this.#image.data.fill(0);
    return this.#image;
  }

  #marks(context: CanvasRenderingContext2D): MarksRequest {
    const { theme } = this.#props;
    return { context, cells: this.#cells, fit: this.#fit, camera: this.#camera, theme };
  }

  /** First row and column of a second sentence; -1 where there is none. */
  #borders(): readonly [number, number] {
    const border = (tokens: readonly Token[], shown: readonly number[]): number =>
      shown.findIndex((i, n) => n > 0 && tokens[i]!.segment !== tokens[shown[n - 1]!]!.segment);
    const [queries, keys] = this.#tokens();
    return [border(queries, this.#cells.slice.queries), border(keys, this.#cells.slice.keys)];
  }

  #drawLabels(): void {
    drawLabels(this.#labels, {
      fit: this.#fit,
      camera: this.#camera,
      rowWord: (row) => this.#rowWords[row]!,
      columnWord: (column) => this.#columnWords[column]!,
      pinnedRows: this.#pinned("query"),
      pinnedColumns: this.#pinned("key"),
      near: this.#near,
      upright: this.#props.full ?? false,
    });
  }

  /** Rows or columns of the pinned words that are shown. */
  #pinned(side: "query" | "key"): ReadonlySet<number> {
    const { pins, side: pinnedSide } = this.#props.selection;
    const { queries, keys } = this.#cells.slice;
    const shown = side === "query" ? queries : keys;
    const places = side === pinnedSide ? pins.map((pin) => shown.indexOf(pin)) : [];
    return new Set(places.filter((place) => place >= 0));
  }

  #drawLegend(): void {
    const { theme, unit = "attention", full } = this.#props;
    const { frame, rows, columns } = this.#fit;
    const { layer, head } = this.#cells;
    const bottom = Math.min(frame.bottom, this.#camera.y + rows * this.#camera.cell);
    this.#legend.style.transform = `translate(${Math.max(frame.left, this.#camera.x)}px,${bottom + 6}px)`;
    const ramp = this.#make("i", "");
    ramp.style.background = `linear-gradient(90deg,${ATTENTION_RAMP[theme].join(",")})`;
    const size = `Rows attend to columns. ${rows} × ${columns} weights. Scroll to zoom, drag to move.`;
    const what = this.#make("span", full ? size : `head ${layer}.${head}`);
    what.className = "what";
    this.#legend.replaceChildren(this.#make("span", "0"), ramp, this.#make("span", `1 ${unit}`), what);
  }

  /** Why half of a causal matrix is empty, where there is room to say so. */
  #drawNote(): void {
    const { trace, full } = this.#props;
    const { home, rows, columns, width } = this.#fit;
    const causal = trace.recipe(this.#cells.block, this.#cells.layer).causal;
    const room = columns * home.cell > 230 && rows > 6 && home.cell > 15;
    const shown = causal && !full && room && this.#camera === home;
    this.#note.textContent = shown ? "future tokens are masked" : "";
    const right = width - home.x - columns * home.cell + 2;
    this.#note.style.cssText = `right:${right}px;top:${home.y + home.cell / 2 - 8}px`;
  }

  #drawSide(): void {
    const { full, selection, theme, trace } = this.#props;
    this.#side.style.display = full ? "" : "none";
    if (!full) return;
    const rows = [...this.#pinned("query")];
    const [row] = rows;
    if (row === undefined) {
      this.#side.textContent = "Click a row to list where it attends.";
      return;
    }
    const { layer, head, slice } = this.#cells;
    const one = rows.length === 1;
    const colors = headColors(theme, selection.heads, trace.block(selection.block).heads);
    drawSide(this.#side, {
      title: one ? this.#rowWords[row]! : `${rows.length} words`,
      detail: one ? `token ${slice.queries[row]!}` : "mean",
      sentence: `${one ? "attends" : "attend"} in head ${layer}.${head} to`,
      weights: this.#cells.mean(rows),
      word: (column) => this.#columnWords[column]!,
      color: colors[head] ?? COLORS[theme].ink,
    });
  }

  #drawOverlay(): void {
    if (this.#fit.width === 0) return;
    const { context } = sizeCanvas(this.#overlay, this.#fit.width, this.#fit.height);
    const marks = this.#marks(context);
    clipped(context, this.#fit.frame, 3, () => {
      if (this.#near) drawCrossHair(marks, this.#near);
      drawPins(marks, this.#pinned("query"), this.#pinned("key"));
    });
  }

  #make(tag: "span" | "i", text: string): HTMLElement {
    const element = this.#root.ownerDocument.createElement(tag);
    element.textContent = text;
    return element;
  }

  // Table, and words for screen readers

  #describe(): void {
    const { layer, head, rows, columns } = this.#cells;
    const label = this.#props.summary ?? `Head ${layer}.${head}: ${rows} rows attend to ${columns} columns`;
    this.#canvas.setAttribute("aria-label", label);
    this.#field.setAttribute("aria-label", `${label}. Arrow keys move through the cells.`);
  }

  #showTable(): void {
    const { table } = this.#props;
    for (const part of [this.#field, this.#legend, this.#side]) part.style.display = table ? "none" : "";
    this.#root.style.overflow = table ? "auto" : "";
    if (!table) {
      this.#table?.destroy();
      this.#table = null;
    } else if (this.#table) this.#table.update(this.#tableSource());
    else this.#table = new PagedTable(this.#root, this.#tableSource());
  }

  #tableSource(): TableSource {
    const { layer, head, rows, columns } = this.#cells;
    return {
      caption: `Head ${layer}.${head}: rows attend to columns`,
      rows,
      columns,
      rowHeader: (row) => this.#rowWords[row]!,
      columnHeader: (column) => this.#columnWords[column]!,
      cell: (row, column) => {
        const weight = this.#cells.weight(row, column);
        return Number.isNaN(weight) ? "" : formatNumber(weight, 3);
      },
    };
  }

  // What gestures report

  #pin(row: number, add: boolean): void {
    const { selection, onSelect } = this.#props;
    onSelect?.(clickPin(selection, "query", this.#cells.slice.queries[row]!, add));
  }

  #menu({ row, column }: MatrixPlace, x: number, y: number): void {
    const { query, key } = this.#cells.place(row, column);
    if (key === null || Number.isNaN(this.#cells.weight(row, column))) return;
    const { layer, head } = this.#cells;
    this.#props.onContext?.({ layer, head, query, key, x, y });
  }

  #point(place: MatrixPlace | null, at?: Point): void {
    const near = this.#near;
    const same = place?.row === near?.row && place?.column === near?.column;
    if (!same) {
      this.#near = place;
      this.#say(place);
      this.#drawOverlay();
      this.#drawLabels();
    }
    if (at) this.#tip.moveTo(at);
  }

  /** Report the cell, and give its numbers to eyes and ears. */
  #say(place: MatrixPlace | null): void {
    const { layer, head } = this.#cells;
    this.#props.onHover?.(place && { layer, head, ...this.#cells.place(place.row, place.column) });
    const text = place && this.#textOf(place);
    this.#tip.show(text?.weight === "masked" ? null : text);
    this.#spoken.textContent = text ? `${text.names}, ${text.weight}` : "";
  }

  /** The weight, the score before softmax and the rank in the row. */
  #textOf({ row, column }: MatrixPlace): TipText {
    const weight = this.#cells.weight(row, column);
    const names = `${this.#rowWords[row]} → ${this.#columnWords[column]}`;
    if (Number.isNaN(weight)) return { names, weight: "masked", rest: [] };
    const score = this.#cells.score(row, column);
    const { rank, of } = this.#cells.rank(row, column);
    const rest = [...(score === null ? [] : [`score ${formatNumber(score)}`]), `rank ${rank} of ${of}`];
    return { names, weight: formatNumber(weight, 3), rest };
  }
}
